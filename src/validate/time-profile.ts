import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { nearestQuantile, SAMPLED, sortedFinite, spreadPositions } from './sample.js'

/** An interval of time without samples, between `before` and the sample after it. */
export interface TimeGap {
  /** The last sample before the gap. */
  readonly before: number
  readonly fromMs: number
  readonly toMs: number
  /** Samples that the cadence lets expect in between. */
  readonly missing: number
}

/** Times out of order, and the first sample of each kind; -1 = none. */
export interface Disorder {
  readonly unreadable: number
  readonly repeated: number
  readonly backwards: number
  readonly firstUnreadable: number
  readonly firstRepeated: number
  readonly firstBackwards: number
}

/** What the time stamps of a frame look like. */
export interface TimeProfile extends Disorder {
  readonly kind: Frame['timeKind']
  readonly from: number
  readonly to: number
  /** Usual time between samples, ms: the median step; NaN without a step forward. */
  readonly cadenceMs: number
  /** Part of the steps that are within half of the cadence; below `REGULAR` gaps mean nothing. */
  readonly regularShare: number
  /** Intervals in which at least one sample is missing, by time; empty when the series is irregular or numbered. */
  readonly gaps: readonly TimeGap[]
  /** All gaps, and the samples missing in them: of a series in parts `gaps` contains only the first. */
  readonly gapCount: number
  readonly gapMissing: number
  /** Steps that differ from the cadence by more than 1 in 1000 and are no gap, and the largest difference in ms. */
  readonly jitter: number
  readonly largestJitterMs: number
}

/** Part of the steps near the cadence from which a series is taken as regular. */
export const REGULAR = 0.8

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
  const gaps = regularShare >= REGULAR ? steps.gaps : []
  return {
    kind,
    from: n > 0 ? timeMs[0] : Number.NaN,
    to: n > 0 ? timeMs[n - 1] : Number.NaN,
    cadenceMs,
    regularShare,
    ...steps,
    gaps,
    gapCount: gaps.length,
    gapMissing: gaps.reduce((sum, { missing }) => sum + missing, 0),
    unreadable,
    repeated,
    backwards,
    firstUnreadable,
    firstRepeated,
    firstBackwards,
  }
}

/** The usual time between samples, ms; NaN when the frame is numbered or irregular. Cost O(N). */
export function cadenceOf(frame: Frame): number {
  const { cadenceMs, regularShare } = profileTimes(frame)
  return regularShare >= REGULAR ? cadenceMs : Number.NaN
}

/** Median step forward, of at most 4096 spread over the series. */
function usualStep(timeMs: Float64Array): number {
  const positions = spreadPositions(Math.max(0, timeMs.length - 1), SAMPLED)
  return medianStep(Float64Array.from(positions, i => timeMs[i + 1] - timeMs[i]))
}

/** Median of the steps forward. */
export function medianStep(steps: ArrayLike<number>): number {
  return nearestQuantile(
    sortedFinite(steps).filter(step => step > 0),
    0.5,
  )
}

/** What a step forward is at a cadence: the samples missing in it make it a gap; else how far it is off, whether near, whether jitter. */
export function classifyStep(step: number, cadenceMs: number) {
  const offMs = Math.abs(step - cadenceMs)
  const isGap = step >= 1.5 * cadenceMs
  return {
    missing: isGap ? Math.round(step / cadenceMs) - 1 : 0,
    isGap,
    isNear: !isGap && offMs <= cadenceMs / 2,
    isJitter: !isGap && offMs > cadenceMs / 1000,
    offMs,
  }
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
    const { missing, isGap, isNear, isJitter, offMs } = classifyStep(step, cadenceMs)
    if (isGap) gaps.push({ before: i - 1, fromMs: timeMs[i - 1], toMs: timeMs[i], missing })
    if (isNear) near++
    if (isJitter) {
      jitter++
      largestJitterMs = Math.max(largestJitterMs, offMs)
    }
  }
  return { gaps, near, forward, jitter, largestJitterMs }
}

/** Where the time breaks by more than `maxGap` missing samples: the first sample after each such gap. */
export function timeBreaks({ gaps }: Pick<TimeProfile, 'gaps'>, maxGap: number): number[] {
  return gaps.filter(({ missing }) => missing > maxGap).map(({ before }) => before + 1)
}

/** Breaks of two kinds as one list. */
export function inOrder(breaks: readonly number[], borders: readonly number[]): number[] {
  return borders.length === 0 ? [...breaks] : [...breaks, ...borders].sort((a, b) => a - b)
}

/** The samples on both sides of a gap. */
export function aroundGap({ before }: TimeGap): Interval {
  return { start: before, end: before + 2 }
}
