import type { Alignment } from '../../core/contracts.js'
import type { Frame, Interval } from '../../core/frame.js'
import { scoredCount } from '../../detect/index.js'
import { brief, type Issue, toIssue } from '../../validate/index.js'
import type { TrainOptions } from '../settings/train-options.js'
import { rangesFor } from './exclude.js'

/** Intervals that stand out from everything else; more are a way in which the machine operates. */
const MOST_INTERVALS = 3
/** One day in a week is a fault, not a way to operate. */
const MOST_SHARE = 0.2
/** The level without them is at most this part of the level with them. */
const LEAST_EFFECT = 0.5

/** Intervals of a history without which its threshold would be less than half. */
export interface Outlying {
  /** Raw score that becomes 1.0, with them and without them. */
  readonly level: number
  readonly without: number
  readonly intervals: readonly OutlyingInterval[]
}

interface OutlyingInterval {
  /** Half-open. */
  readonly from: number
  readonly to: number
  /** The one with the largest errors. */
  readonly channel: string
}

/** Scores of normal data in time order, and where they are from. */
export interface CalibrationScores {
  /** `[n]` raw; NaN = no score. */
  readonly scores: Float32Array
  /** `[n * C]` standardised errors. */
  readonly residuals: Float32Array
  /** The samples of the scores, one frame after the other. */
  readonly frames: readonly Frame[]
}

/**
 * Intervals of a history that alone set its threshold; often they are a fault that was not left out. Undefined where nothing stands out like that.
 * Cost: that of a fit of the threshold.
 *
 * @param levelOf the level of scores by the rule of the threshold
 * @param gap samples; intervals at most this far apart are one
 */
export function outlyingIntervals(
  { scores, residuals, frames }: CalibrationScores,
  level: number,
  levelOf: (scores: Float32Array) => number,
  gap: number,
): Outlying | undefined {
  const rest = scores.slice()
  const cores: Interval[] = []
  let without = level
  while (without > LEAST_EFFECT * level) {
    if (cores.length === MOST_INTERVALS) return undefined
    const core = highestInterval(rest, gap)
    if (core === undefined) return undefined
    cores.push(core)
    const length = cores.reduce((sum, { start, end }) => sum + end - start, 0)
    if (length > MOST_SHARE * scoredCount(scores)) return undefined
    rest.fill(Number.NaN, Math.max(0, core.start - gap), core.end + gap)
    without = levelOf(rest)
  }
  const intervals = cores
    .sort((a, b) => a.start - b.start)
    .map(core => {
      const interval = widened(core, scores, without)
      return { ...timesOf(frames, interval), channel: mostUnusual(residuals, interval, frames) }
    })
  return { level, without, intervals }
}

/**
 * What there is to say about them, and the option that leaves them out.
 *
 * @param options those of the training: what is left out already stays so
 */
export function outlyingIssue(
  { level, without, intervals }: Outlying,
  {
    alignment,
    timeKind,
    device,
  }: {
    readonly alignment: Alignment
    readonly timeKind: Frame['timeKind']
    readonly device: string | undefined
  },
  { exclude: excluded, validationLevel }: Pick<TrainOptions, 'exclude' | 'validationLevel'>,
): Issue | undefined {
  const ranges = intervals.map(({ from, to }) =>
    timeKind === 'index' ? `${from}:${to}` : `${instantText(from)}..${instantText(to)}`,
  )
  const values = {
    intervals: intervals.map(({ channel }, i) => `${ranges[i]} (most in ${channel})`).join(', '),
    ranges: [...(excluded === undefined ? [] : [excluded]), rangesFor(ranges, device)].join(),
    alignment,
    level: brief(level),
    without: brief(without),
  }
  return toIssue({ code: 'history-outlying', count: intervals.length, values }, validationLevel)
}

function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** The samples around the highest score with more than half of it, up to `gap` apart; undefined when nothing is scored. */
function highestInterval(scores: Float32Array, gap: number): Interval | undefined {
  let peak = -1
  scores.forEach((score, i) => {
    if (score > (peak < 0 ? Number.NEGATIVE_INFINITY : scores[peak])) peak = i
  })
  if (peak < 0) return undefined
  const isHigh = (i: number) => scores[i] > scores[peak] / 2
  let [first, last] = [peak, peak]
  for (let i = peak - 1; i >= 0 && first - i - 1 <= gap; i--) if (isHigh(i)) first = i
  for (let i = peak + 1; i < scores.length && i - last - 1 <= gap; i++) if (isHigh(i)) last = i
  return { start: first, end: last + 1 }
}

/** The interval up to where scores are usual again. */
function widened({ start, end }: Interval, scores: Float32Array, usual: number): Interval {
  let [first, last] = [start, end]
  while (first > 0 && scores[first - 1] > usual) first--
  while (last < scores.length && scores[last] > usual) last++
  return { start: first, end: last }
}

/** The time of the first sample, and that of the one after the last. */
function timesOf(frames: readonly Frame[], { start, end }: Interval): { from: number; to: number } {
  const times = frames.map(({ timeMs }) => timeMs)
  const timeAt = (i: number): number | undefined => {
    let at = i
    for (const time of times) {
      if (at < time.length) return time[at]
      at -= time.length
    }
    return undefined
  }
  const last = timeAt(end - 1)!
  // After the last sample of all the next one would come.
  const next = last + Math.max(1, last - (timeAt(end - 2) ?? last))
  return { from: timeAt(start)!, to: timeAt(end) ?? next }
}

function mostUnusual(
  residuals: Float32Array,
  { start, end }: Interval,
  [{ channels }]: readonly Frame[],
): string {
  const sums = new Float64Array(channels.length)
  for (let at = start * sums.length; at < end * sums.length; at++) {
    const square = residuals[at] ** 2
    if (!Number.isNaN(square)) sums[at % sums.length] += square
  }
  return channels[sums.indexOf(Math.max(...sums))]
}
