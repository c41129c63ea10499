import { type FittedDetector, REASONS, type ScoreOptions, type Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import {
  type Issue,
  isValid,
  type MissingOptions,
  type MissingPolicy,
  type Prepared,
  type ValidateContext,
  type ValidationLevel,
  validateFrame,
} from '../validate/index.js'

/** The stretches of a frame that are scored, each on its own, and the readings that do not count. */
export interface Stretches {
  readonly segments: readonly Interval[]
  /** `[N * C]` 1 = filled, not to be counted. */
  readonly masked?: Uint8Array
}

/**
 * Scores every segment of a scaled frame as if it were a series of its own, so that no window spans a gap. A masked reading has no residual,
 * and the score of its sample is the mean over the other channels.
 */
export async function scoreSegments(
  detector: FittedDetector,
  frame: Frame,
  { segments, masked }: Stretches,
  options: ScoreOptions = {},
): Promise<Scores> {
  const n = sampleCount(frame)
  const c = frame.channels.length
  if (segments.length === 1 && segments[0].end - segments[0].start === n && !masked)
    return detector.score(frame, options)
  const scores: Scores = {
    score: new Float32Array(n).fill(Number.NaN),
    residual: new Float32Array(n * c).fill(Number.NaN),
    reason: new Uint8Array(n).fill(REASONS.indexOf('missing')),
  }
  const fewest = detector.fewestSamples ?? detector.contextLength
  for (const { start, end } of segments) {
    if (end - start < fewest) {
      scores.reason.fill(REASONS.indexOf('gap'), start, end)
      continue
    }
    const onProgress = (done: number) => options.onProgress?.(start + done, n)
    const part = await detector.score(sliceFrame(frame, start, end), { ...options, onProgress })
    scores.score.set(part.score, start)
    scores.residual.set(part.residual, start * c)
    scores.reason.set(part.reason, start)
  }
  if (masked) leaveOutMasked(scores, masked, c)
  return scores
}

/** Takes masked readings out of scores: in place, sample by sample. `masked`: `[N * C]`. */
export function leaveOutMasked({ score, residual, reason }: Scores, masked: Uint8Array, c: number): void {
  for (let i = 0; i < score.length; i++) {
    let sum = 0
    let count = 0
    for (let at = i * c; at < (i + 1) * c; at++) {
      if (masked[at]) residual[at] = Number.NaN
      else {
        sum += residual[at]
        count++
      }
    }
    if (count === c || Number.isNaN(score[i])) continue
    score[i] = sum / count
    if (count === 0) reason[i] = REASONS.indexOf('missing')
  }
}

/** How missing readings are treated: as the options say, else as the model was trained, else `error`. */
export function missingOf(
  options: Partial<MissingOptions>,
  trained: Readonly<Record<string, unknown>> = {},
): MissingOptions {
  const first = <T>(key: keyof MissingOptions, otherwise: T) =>
    (options[key] ?? trained[key] ?? otherwise) as T
  return {
    missing: first<MissingPolicy>('missing', 'error'),
    missingByChannel: first<readonly string[]>('missingByChannel', []),
    maxGap: first('maxGap', 5),
  }
}

/**
 * The issues of a frame at a level; data to be scored are judged against the schema of the history.
 *
 * @throws DataError `data-invalid` when one of them is an error
 */
export function requireValid(
  frame: Frame,
  purpose: string,
  level: ValidationLevel,
  context: Pick<ValidateContext, 'schema' | 'window' | 'borders'>,
): readonly Issue[] {
  const { issues } = validateFrame(frame, { validationLevel: level }, context).health
  refuseErrors(issues, purpose, level)
  return issues
}

/** The frame without readings where a channel has none of its own: filled throughout, it must not pass for a channel at rest. */
export function withoutFilling({ frame, masked }: Pick<Prepared, 'frame' | 'masked'>): Frame {
  if (masked === undefined) return frame
  const width = frame.channels.length
  const hasReadings = new Uint8Array(width)
  masked.forEach((mask, at) => {
    if (mask === 0) hasReadings[at % width] = 1
  })
  if (hasReadings.every(Boolean)) return frame
  return { ...frame, values: frame.values.map((value, at) => (hasReadings[at % width] ? value : Number.NaN)) }
}

/**
 * Refuses data with errors; `issues` begins with them.
 *
 * @throws DataError `data-invalid`
 */
export function refuseErrors(issues: readonly Issue[], purpose: string, level: ValidationLevel): void {
  if (isValid(issues)) return
  const [{ channel, message }] = issues
  throw createError('data-invalid', {
    purpose,
    level,
    count: issues.filter(({ severity }) => severity === 'error').length,
    first: channel === undefined ? message : `${channel}: ${message}`,
  })
}
