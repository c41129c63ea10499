import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { nearestQuantile, spreadPositions } from './sample.js'

/** A stretch of time without samples, between `before` and the sample after it. */
export interface TimeGap {
  /** The last sample before the gap. */
  readonly before: number
  readonly fromMs: number
  readonly toMs: number
  /** Samples that the cadence lets expect in between. */
  readonly missing: number
}

/** What the time stamps of a frame look like. */
export interface TimeProfile {
  readonly kind: Frame['timeKind']
  readonly from: number
  readonly to: number
  /** Usual time between samples, ms: the median step; NaN without a step forward. */
  readonly cadenceMs: number
  /** Part of the steps that are within half of the cadence; below `REGULAR` gaps mean nothing. */
  readonly regularShare: number
  /** Stretches in which at least one sample is missing, by time; empty when the series is irregular or numbered. */
  readonly gaps: readonly TimeGap[]
  /** Steps that differ from the cadence by more than 1 in 1000 and are no gap, and the largest difference in ms. */
  readonly jitter: number
  readonly largestJitterMs: number
  readonly unreadable: number
  readonly repeated: number
  readonly backwards: number
  readonly firstUnreadable: number
  readonly firstRepeated: number
  readonly firstBackwards: number
}

/** Part of the steps near the cadence from which a series is taken as regular. */
export const REGULAR = 0.8
const SAMPLED = 4096

/**
 * Looks at the time stamps of a frame. Cost O(N).
 *
 * @param borders samples that do not follow on the one before them: the step to them says nothing
 */
export function profileTimes(frame: Frame, borders: readonly number[] = []): TimeProfile {
  const { timeMs, timeKind: kind } = frame
  const n = sampleCount(frame)
  let unreadable = 0
  let repeated = 0
  let backwards = 0
  let firstUnreadable = -1
  let firstRepeated = -1
  let firstBackwards = -1
  for (let i = 0; i < n; i++) {
    const step = i === 0 ? 1 : timeMs[i] - timeMs[i - 1]
    if (!Number.isFinite(timeMs[i])) {
      if (unreadable++ === 0) firstUnreadable = i
    } else if (step === 0) {
      if (repeated++ === 0) firstRepeated = i
    } else if (step < 0) {
      if (backwards++ === 0) firstBackwards = i
    }
  }
  const cadenceMs = kind === 'utc' ? usualStep(timeMs) : Number.NaN
  const { near, forward, ...steps } = compareSteps(timeMs, cadenceMs, borders)
  const regularShare = forward === 0 ? 1 : near / forward
  return {
    kind,
    from: n > 0 ? timeMs[0] : Number.NaN,
    to: n > 0 ? timeMs[n - 1] : Number.NaN,
    cadenceMs,
    regularShare,
    ...steps,
    gaps: regularShare >= REGULAR ? steps.gaps : [],
    unreadable,
    repeated,
    backwards,
    firstUnreadable,
    firstRepeated,
    firstBackwards,
  }
}

/** Median step forward, of at most 4096 spread over the series. */
function usualStep(timeMs: Float64Array): number {
  const steps = new Float64Array(SAMPLED)
  let count = 0
  for (const i of spreadPositions(Math.max(0, timeMs.length - 1), SAMPLED)) {
    const step = timeMs[i + 1] - timeMs[i]
    if (step > 0 && Number.isFinite(step)) steps[count++] = step
  }
  return nearestQuantile(steps.subarray(0, count).sort(), 0.5)
}

function compareSteps(timeMs: Float64Array, cadenceMs: number, borders: readonly number[] = []) {
  const isBorder = new Set(borders)
  const gaps: TimeGap[] = []
  let near = 0
  let forward = 0
  let jitter = 0
  let largestJitterMs = 0
  for (let i = 1; i < timeMs.length && cadenceMs > 0; i++) {
    const step = timeMs[i] - timeMs[i - 1]
    if (!(step > 0) || isBorder.has(i)) continue
    forward++
    const difference = Math.abs(step - cadenceMs)
    if (step >= 1.5 * cadenceMs) {
      const missing = Math.round(step / cadenceMs) - 1
      gaps.push({ before: i - 1, fromMs: timeMs[i - 1], toMs: timeMs[i], missing })
    } else {
      if (difference <= cadenceMs / 2) near++
      if (difference > cadenceMs / 1000) {
        jitter++
        if (difference > largestJitterMs) largestJitterMs = difference
      }
    }
  }
  return { gaps, near, forward, jitter, largestJitterMs }
}

/** Where the time breaks by more than `maxGap` missing samples: the first sample after each such gap. */
export function timeBreaks({ gaps }: Pick<TimeProfile, 'gaps'>, maxGap: number): number[] {
  return gaps.filter(({ missing }) => missing > maxGap).map(({ before }) => before + 1)
}

/** The same for a part of a series whose cadence is known; NaN = it has none. */
export function timeBreaksAt(timeMs: Float64Array, cadenceMs: number, maxGap: number): number[] {
  return timeBreaks(compareSteps(timeMs, cadenceMs), maxGap)
}

/** Breaks of two kinds as one list. */
export function inOrder(breaks: readonly number[], borders: readonly number[]): number[] {
  return borders.length === 0 ? [...breaks] : [...breaks, ...borders].sort((a, b) => a - b)
}

/** The samples on both sides of a gap. */
export function aroundGap({ before }: TimeGap): Interval {
  return { start: before, end: before + 2 }
}
