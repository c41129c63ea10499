import { type OnlineOptions, REASONS, type Reason, type Scores } from '../core/contracts.js'
import { sampleCount, sliceFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import type { Model } from '../model/index.js'
import type { Prepared } from '../validate/index.js'
import { leaveOutMasked } from './masks.js'
import { createScoring, joinPieces } from './scoring.js'

/** Hooks of a long loop over samples. */
export interface LoopHooks extends Pauses {
  onProgress?(done: number, total: number): void
}

/** Readings of a slice: small enough that a slice takes a few milliseconds, and at least this many samples. */
const SLICE = { readings: 2 ** 14, samples: 256 }

/** Samples of a slice by the number of channels: what is done between two turns of the event loop. */
export function sliceLength(channels: number): number {
  return Math.max(SLICE.samples, Math.floor(SLICE.readings / channels))
}

/**
 * Scores before any threshold of a prepared history, its segments each as a series of its own. The event loop gets its turns between slices.
 *
 * @returns scores of all samples of the frame
 * @throws `interrupted` when the signal aborts
 */
export async function rawScores(
  stages: Pick<Model, 'detector' | 'scaler'>,
  { frame, segments, masked }: Prepared,
  options: OnlineOptions,
  hooks: LoopHooks = {},
): Promise<Scores> {
  const n = sampleCount(frame)
  const c = frame.channels.length
  const usable = new Uint8Array(n)
  const begins = new Uint8Array(n)
  for (const { start, end } of segments) {
    usable.fill(1, start, end)
    begins[start] = 1
  }
  const scoring = createScoring(stages, options)
  const parts: Scores[] = []
  const length = sliceLength(c)
  for (let start = 0; start < n; start += length) {
    await breathe(hooks, 'scoring')
    const end = Math.min(n, start + length)
    const [here, fresh] = [usable.subarray(start, end), begins.subarray(start, end)]
    parts.push(scoring.push({ frame: sliceFrame(frame, start, end), usable: here, begins: fresh }))
    hooks.onProgress?.(end, n)
  }
  parts.push(scoring.finish())
  const scores = spread(joinPieces(parts), usable, c)
  if (masked) leaveOutMasked(scores, masked, c)
  return scores
}

const MISSING = REASONS.indexOf('missing' satisfies Reason)

/** Scores of all samples from those of the usable ones. */
function spread(scores: Scores, usable: Uint8Array, c: number): Scores {
  const n = usable.length
  if (scores.score.length === n) return scores
  const all: Scores = {
    score: new Float32Array(n).fill(Number.NaN),
    residual: new Float32Array(n * c).fill(Number.NaN),
    reason: new Uint8Array(n).fill(MISSING),
  }
  for (let i = 0, k = 0; i < n; i++) {
    if (!usable[i]) continue
    all.score[i] = scores.score[k]
    all.reason[i] = scores.reason[k]
    all.residual.set(scores.residual.subarray(k * c, (k + 1) * c), i * c)
    k++
  }
  return all
}
