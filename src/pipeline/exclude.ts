import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'

/**
 * The stretches of a history that the user wants left out: `A:B` in samples, or `FROM..TO` in times (ISO 8601, UTC when no offset is given),
 * several with commas between. Both are half-open, and either side may be empty.
 *
 * @throws OptionError `option-invalid`
 */
export function parseExclusions(text: string | undefined, frame: Frame): Interval[] {
  return text === undefined ? [] : parseRanges(text, frame, '--exclude')
}

/** The same for ranges that another option gives; errors name it. */
export function parseRanges(text: string, frame: Frame, option: string): Interval[] {
  const refuse = (got: string, wanted: string) =>
    createError('option-invalid', { name: option, got: got.trim(), where: 'the command', wanted })
  return text.split(',').map(range => {
    const rows = /^\s*(\d*):(\d*)\s*$/.exec(range)
    const times = /^\s*(.*?)\.\.(.*?)\s*$/.exec(range)
    const interval =
      rows !== null
        ? { start: Number(rows[1]), end: rows[2] === '' ? sampleCount(frame) : Number(rows[2]) }
        : times !== null
          ? {
              start: sampleAt(times[1], 0, frame, reason => refuse(range, reason)),
              end: sampleAt(times[2], sampleCount(frame), frame, reason => refuse(range, reason)),
            }
          : undefined
    if (interval !== undefined && interval.end > interval.start) return interval
    throw refuse(
      range,
      interval === undefined ? 'A:B or FROM..TO is wanted' : 'it holds no sample of the history',
    )
  })
}

/** First sample at or after the time. */
function sampleAt(text: string, whenEmpty: number, frame: Frame, refuse: (wanted: string) => Error): number {
  if (text === '') return whenEmpty
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text)
  const time = Date.parse(/T|\s/.test(text) && !hasZone ? `${text}Z` : text)
  if (frame.timeKind === 'index')
    throw refuse('the history has no times, so a range of samples A:B is wanted')
  if (Number.isNaN(time)) throw refuse('a time such as 2024-05-01T12:00 is wanted')
  const found = frame.timeMs.findIndex(value => value >= time)
  return found < 0 ? sampleCount(frame) : found
}
