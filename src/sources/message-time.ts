import { createTimeParser } from '../core/time-format.js'
import { createTextParser, type DateOrder, scanTime, type TimeReading } from '../core/time-text.js'
import { epochMs, epochUnitOf, type TimeUnit } from '../core/time-unit.js'
import { createZoneClock, type ZoneClock } from '../core/zone-clock.js'
import { isYear, yearMs } from '../ingest/index.js'

/** How the times of messages are written: as those of the table of the training. */
export interface MessageTimes {
  /** Tried first. */
  readonly timeFormat?: string | undefined
  /** Of times that name none. Default: UTC. */
  readonly timeZone?: string | undefined
  /** Of times that are numbers. Default: by their size. */
  readonly timeUnit?: TimeUnit | undefined
  /** Of day and month where a date leaves it open. Default: such a date is no time. */
  readonly order?: DateOrder | undefined
  /** Numbers of 1900 to 2101 are years, with a part of one. Default: they are no times, as they can be seconds as well, unless the unit is given. */
  readonly hasYears?: boolean
}

/** Ms since the epoch of the time of a message; NaN for what is none. */
export type MessageClock = (time: number | string, device: string) => number

/** Devices whose last time is known: it decides about the hour that a clock shows twice. */
const MOST_DEVICES = 100_000
const DIGITS = /^\d+$/

/** Reads the times of messages. Of the hour that a clock shows twice a device has the second when its first one has passed. Errors: `option-invalid`. */
export function createMessageClock({
  timeFormat,
  timeZone,
  timeUnit,
  order,
  hasYears = false,
}: MessageTimes): MessageClock {
  const plain = createTextParser(order, timeZone !== undefined)
  const formatted = timeFormat === undefined ? undefined : createTimeParser(timeFormat)
  const parse = (text: string) => formatted?.(text) ?? plain(text)
  const clocks = new Map<string, ZoneClock>()
  const clockOf = (zone: string) => {
    const clock = clocks.get(zone) ?? createZoneClock(zone)
    clocks.set(zone, clock)
    return clock
  }
  const own = timeZone ?? 'UTC'
  clockOf(own)
  const last = new Map<string, number>()
  const instantOf = ({ ms, hasOffset, zone }: TimeReading, device: string) => {
    if (hasOffset) return ms
    const utc = clockOf(zone ?? own).toUtc(ms, last.get(device) ?? Number.NEGATIVE_INFINITY)
    if (last.size >= MOST_DEVICES && !last.has(device)) last.clear()
    last.set(device, Math.max(utc, last.get(device) ?? utc))
    return utc
  }
  return (time, device) => {
    const text = String(time).trim()
    const isEpoch = timeFormat === undefined && (timeUnit !== undefined || !isStamp(text))
    const number =
      typeof time === 'number'
        ? time
        : DIGITS.test(text) || /^\d+\.\d+$/.test(text)
          ? Number(text)
          : Number.NaN
    if (isEpoch && timeUnit === undefined && isYear(number)) {
      const ms = hasYears ? yearMs(text) : undefined
      return ms === undefined ? Number.NaN : instantOf({ ms, hasOffset: false }, device)
    }
    if (isEpoch && !Number.isNaN(number)) return epochMs(number, timeUnit ?? epochUnitOf(number))
    const reading = parse(text)
    return reading === undefined ? Number.NaN : instantOf(reading, device)
  }
}

/** Digits that are a date, such as 20240503061500. */
function isStamp(text: string): boolean {
  return DIGITS.test(text) && scanTime(text) !== undefined
}
