import { REASONS, type Reason, type Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import { NEEDS_FEWER } from '../core/needs-fewer.js'
import { checkState, type State, vector } from '../core/state.js'

const WARM_UP = REASONS.indexOf('warm-up' satisfies Reason)
/** The reason of a sample that lacks a reading. */
export const MISSING = REASONS.indexOf('missing' satisfies Reason)

/** Standardised readings reach 50 standard deviations and no further: one wild reading must not silence all that follow in a window. */
export const LARGEST_READING = 50

/** A scaled reading as float32, held to +-50; NaN stays. */
export function clip(value: number): number {
  return Math.max(-LARGEST_READING, Math.min(LARGEST_READING, Math.fround(value)))
}

/** A float32 copy of scaled readings, held to +-50; NaN stays. */
export function clipped(values: Float32Array | Float64Array): Float32Array {
  const kept = new Float32Array(values.length)
  for (let i = 0; i < kept.length; i++)
    kept[i] = Math.max(-LARGEST_READING, Math.min(LARGEST_READING, values[i]))
  return kept
}

/** Scores of `n` samples, none of them scored yet. */
export function unscored(n: number, channels: number, expected = false): Scores {
  return {
    score: new Float32Array(n).fill(Number.NaN),
    residual: new Float32Array(n * channels).fill(Number.NaN),
    reason: new Uint8Array(n),
    ...(expected && { expected: new Float32Array(n * channels).fill(Number.NaN) }),
  }
}

/** Samples `[start, end)` of scores, as a view. */
export function sliceScores(
  { score, residual, reason, expected, sharp }: Scores,
  start: number,
  end: number,
): Scores {
  const channels = score.length === 0 ? 0 : residual.length / score.length
  return {
    score: score.subarray(start, end),
    residual: residual.subarray(start * channels, end * channels),
    reason: reason.subarray(start, end),
    ...(expected && { expected: expected.subarray(start * channels, end * channels) }),
    ...(sharp && { sharp: sharp.subarray(start, end) }),
  }
}

/** Scores of series that follow one another; `expected` and `sharp` when the first has them. */
export function joinScores(parts: readonly Scores[]): Scores {
  const of = <K extends keyof Scores>(name: K) => parts.map(part => part[name] as Required<Scores>[K])
  return {
    score: joined(of('score'), Float32Array),
    residual: joined(of('residual'), Float32Array),
    reason: joined(of('reason'), Uint8Array),
    ...(parts[0]?.expected && { expected: joined(of('expected'), Float32Array) }),
    ...(parts[0]?.sharp && { sharp: joined(of('sharp'), Float32Array) }),
  }
}

function joined<A extends Float32Array | Uint8Array>(parts: readonly A[], make: new (n: number) => A): A {
  const all = new make(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const SCORES = 'scores'

/** Scores as part of a state. */
export function scoresState({ score, residual, reason, expected }: Scores): State {
  const own = { score: vector(score), residual: vector(residual), reason: vector(Float32Array.from(reason)) }
  return {
    kind: SCORES,
    version: 1,
    options: {},
    arrays: { ...own, ...(expected && { expected: vector(expected) }) },
  }
}

/**
 * Restores what `scoresState` gave.
 *
 * @throws ArtefactError `state-unfit`
 */
export function savedScores(state: State, channels: number, withExpected: boolean): Scores {
  const { score } = checkState(state, SCORES, 1, { score: null }).arrays
  const n = score.data.length
  const perChannel = n * channels
  checkState(state, SCORES, 1, {
    residual: perChannel,
    reason: n,
    ...(withExpected && { expected: perChannel }),
  })
  const { residual, reason, expected } = state.arrays
  return {
    score: Float32Array.from(score.data),
    residual: Float32Array.from(residual.data),
    reason: Uint8Array.from(reason.data),
    ...(withExpected && { expected: Float32Array.from(expected.data) }),
  }
}

/** Sets the score of sample `i` to the mean of its residuals over channels. */
export function scoreFromResidual({ score, residual }: Scores, i: number, channels: number): void {
  let sum = 0
  for (let c = i * channels; c < (i + 1) * channels; c++) sum += residual[c]
  score[i] = sum / channels
}

/** Whether row `i` of `values` has a reading in every channel. */
export function isWhole(values: Float32Array, channels: number, i: number): boolean {
  for (let at = i * channels; at < (i + 1) * channels; at++) if (Number.isNaN(values[at])) return false
  return true
}

/**
 * The intervals of samples that end a whole window: `context` consecutive samples with a reading in every channel.
 *
 * @param from first sample that is asked about; those before it only fill its window
 */
export function wholeWindows(
  values: Float32Array,
  channels: number,
  context: number,
  from: number = 0,
): Interval[] {
  const found: { start: number; end: number }[] = []
  const n = values.length / channels
  let known = 0
  for (let i = Math.max(0, from - context + 1); i < n; i++) {
    known = isWhole(values, channels, i) ? known + 1 : 0
    if (known < context || i < from) continue
    const last = found[found.length - 1]
    if (last?.end === i) last.end = i + 1
    else found.push({ start: i, end: i + 1 })
  }
  return found
}

/** How many samples have a score. */
export function scoredCount(score: Float32Array): number {
  return score.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
}

/** Why sample `i` of a series has no score when its window of `context` samples is not whole. */
export function silence(i: number, context: number): number {
  return i < context - 1 ? WARM_UP : MISSING
}

/** Raises `data-too-short` unless `found` whole windows of `window` samples are at least `wanted`. */
export function requireWindows(found: number, wanted: number, window: number): void {
  if (found < wanted)
    throw createError('data-too-short', {
      rows: found,
      purpose: 'training (only whole windows count)',
      wanted,
      window: ` with a window of ${window}`,
      remedy: NEEDS_FEWER,
    })
}
