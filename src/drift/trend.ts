import type { Frame } from '../core/frame.js'
import { sampleCount } from '../core/frame.js'
import { DAY_MS } from '../core/milliseconds.js'
import { adjustPValues, fitLinearTrend, type LinearTrend, median } from '../stats/index.js'

/** A slow change of one quantity, and when it reaches a limit. */
export interface Trend {
  readonly name: string
  /** Now: on the line at the last sample. */
  readonly level: number
  /** Per ms, or per sample without times, with its 95 % confidence interval. */
  readonly slope: number
  readonly interval: readonly [low: number, high: number]
  /** Adjusted for the number of quantities that were tested. */
  readonly pValue: number
  readonly limit: number | null
  /** Null without a limit, or when the trend leads away from it. */
  readonly timeToLimit: TimeToLimit | null
}

/** In ms, or samples, from the last sample; 0 = it is reached. */
export interface TimeToLimit {
  readonly expected: number
  /** 95 % confidence interval; infinite where the data set no bound. */
  readonly low: number
  readonly high: number
}

export interface TrendOptions {
  /** Limits by name of a channel. */
  readonly limits?: Readonly<Record<string, number>>
  /** Largest p-value of a trend. Default 0.01. */
  readonly alpha?: number
}

/** Blocks that a series is cut into: enough to distinguish noise from a trend, few enough that neighbours are nearly independent. */
const BLOCKS = 40
const FEWEST_BLOCKS = 8
const FEWEST_IN_BLOCK = 4
/** A time to a limit further off than this many times the data is not given: nothing supports a line that far. */
const FARTHEST = 3

/**
 * The trends of a table: each channel is cut into blocks, of whole days where there are enough of them, and a line is fitted to their medians. Only what
 * rises or falls clearly, more than autocorrelated noise would, is given: no trend, no line.
 *
 * Missing readings are left out. The time to a limit is Fieller's interval for where the line, with the noise of a block around it, meets the limit.
 *
 * @returns channels with a trend, in the order of the frame
 * Cost O(N C log N). Source: Fieller 1954.
 * @example
 * import { findTrends } from './trend.js'
 * const wear = Float64Array.from({ length: 400 }, (_, i) => 20 + 0.1 * i + ((7 * i) % 13))
 * const frame = { timeMs: wear.map((_, i) => i), timeKind: 'index', values: wear, channels: ['wear'] }
 * const [trend] = findTrends(frame, { limits: { wear: 90 } })
 * Math.round(trend.timeToLimit.expected / 10) // => 24
 */
export function findTrends(frame: Frame, { limits = {}, alpha = 0.01 }: TrendOptions = {}): Trend[] {
  const { channels, timeMs } = frame
  const n = sampleCount(frame)
  const edges = blockEdges(frame)
  if (edges.length <= FEWEST_BLOCKS) return []
  const now = timeMs[n - 1]
  const times = edges.slice(1).map((end, k) => (edges[k] + end) / 2)
  const fits = channels.map((_, c) => fitLinearTrend(times, blockMedians(frame, c, edges), now))
  const tested = fits.filter(fit => fit !== undefined)
  const adjusted = adjustPValues(tested.map(({ pValue }) => pValue))
  return channels.flatMap((name, c): Trend[] => {
    const fit = fits[c]
    if (fit === undefined) return []
    const pValue = adjusted[tested.indexOf(fit)]
    if (!(pValue <= alpha)) return []
    const { level, slope, interval } = fit
    const limit = Object.hasOwn(limits, name) ? limits[name] : null
    const timeToLimit = limit === null ? null : timeTo(fit, limit, now - timeMs[0])
    return [{ name, level, slope, interval, pValue, limit, timeToLimit }]
  })
}

/** Borders of the blocks in time: whole days where at least eight fit, else equal parts. */
function blockEdges({ timeMs, timeKind }: Frame): number[] {
  const n = timeMs.length
  if (n < FEWEST_BLOCKS * FEWEST_IN_BLOCK) return []
  const step = (timeMs[n - 1] - timeMs[0]) / (n - 1)
  const span = step * n
  const end = timeMs[0] + span
  const count = Math.min(BLOCKS, Math.floor(n / FEWEST_IN_BLOCK))
  const isDaily = timeKind === 'utc' && span >= FEWEST_BLOCKS * DAY_MS && step < DAY_MS / 2
  const length = isDaily ? Math.ceil(span / count / DAY_MS) * DAY_MS : span / count
  const blocks = Math.floor(span / length + 1e-9)
  return Array.from({ length: blocks + 1 }, (_, k) => end - (blocks - k) * length)
}

/** The median of a channel in each block; NaN where most readings are missing. */
function blockMedians({ timeMs, values, channels }: Frame, c: number, edges: readonly number[]): number[] {
  const own: number[][] = edges.slice(1).map(() => [])
  const length = edges[1] - edges[0]
  for (let i = 0; i < timeMs.length; i++) {
    const block = own[Math.floor((timeMs[i] - edges[0]) / length)]
    const value = values[i * channels.length + c]
    if (block !== undefined && Number.isFinite(value)) block.push(value)
  }
  return own.map(block => (block.length < FEWEST_IN_BLOCK ? Number.NaN : median(Float64Array.from(block))))
}

/** Where the line meets the limit: the times t at which (level + slope t - limit)^2 <= factor^2 times its variance. */
function timeTo(fit: LinearTrend, limit: number, span: number): TimeToLimit | null {
  const { level, slope, covariance, factor, noise } = fit
  const missing = limit - level
  const expected = missing / slope
  if (expected < 0) {
    // Beyond the limit, or on the way away from it: what was once within the data has been passed.
    return expected >= -span ? { expected: 0, low: 0, high: 0 } : null
  }
  const weight = factor * factor
  const a = slope * slope - weight * covariance.slope
  const b = -missing * slope - weight * covariance.both
  const c = missing * missing - weight * (covariance.level + noise * noise)
  const root = Math.sqrt(Math.max(0, b * b - a * c))
  const [low, high] = a > 0 ? [(-b - root) / a, (-b + root) / a] : [0, Number.POSITIVE_INFINITY]
  const farthest = FARTHEST * span
  if (Math.max(0, low) > farthest) return null
  return {
    expected: expected > farthest ? Number.POSITIVE_INFINITY : expected,
    low: Math.max(0, low),
    high: high > farthest ? Number.POSITIVE_INFINITY : high,
  }
}
