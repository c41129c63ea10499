import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import type { Frame } from '../core/frame.js'
import { DAY_MS } from '../core/milliseconds.js'
import type { Trend } from '../drift/index.js'
import type { Row } from './rows.js'
import { formatInstant, formatNumber } from './units.js'

/** Without times a rate is per this many samples. */
const SAMPLES = 1000

/**
 * One row per trend: level now, change per day (or 1000 samples) with its 95 % confidence interval, limit and the time until it is reached.
 *
 * @param last time of the last sample
 */
export function trendRows(trends: readonly Trend[], timeKind: Frame['timeKind'], last: number): Row[] {
  const unit = timeKind === 'utc' ? DAY_MS : SAMPLES
  const rate = (perUnit: number) => formatNumber(perUnit * unit, 3)
  return trends.map(({ name, level, slope, interval: [low, high], limit, timeToLimit }) => ({
    channel: name,
    now: Number(formatNumber(level)),
    [timeKind === 'utc' ? 'change per day' : `change per ${SAMPLES} samples`]: rate(slope),
    '95 % interval': `${rate(low)} to ${rate(high)}`,
    limit: limit ?? '',
    'time to limit': limit === null ? '' : timeText(timeToLimit, timeKind),
    'limit reached': limit === null || !timeToLimit ? '' : whenText(timeToLimit.expected, timeKind, last),
  }))
}

function timeText(time: Trend['timeToLimit'], timeKind: Frame['timeKind']): string {
  if (time === null) return 'not in sight'
  if (time.expected === 0 && time.high === 0) return 'reached'
  const text = (length: number) =>
    timeKind === 'utc' ? formatDuration(length) : counted(Math.round(length), 'row')
  const [expected, high] = [time.expected, time.high].map(length =>
    Number.isFinite(length) ? text(length) : '',
  )
  const range =
    high === '' ? `at least ${text(time.low)}` : `${time.low === 0 ? 'now' : text(time.low)} to ${high}`
  return expected === '' ? range : `${expected} (${range})`
}

function whenText(expected: number, timeKind: Frame['timeKind'], last: number): string {
  if (!Number.isFinite(expected)) return ''
  const instant = formatInstant(Math.round(last + expected), timeKind)
  return timeKind === 'utc' ? instant.slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ') : instant
}
