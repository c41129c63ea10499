import { createError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import { readingOfModels, type SeriesChannels, trainedMapping } from '../../live/index.js'
import type { ModelInfo } from '../../model/index.js'
import { type Advice, createMessageClock, type Reading } from '../../sources/index.js'

/** What helps those who send a series. */
export const SERIES_ADVICE: Advice = {
  noTime: 'each row needs its time',
  noDevice: 'each row needs its device',
  holder: field => `put those in ${field} into the row itself`,
  timeFormat: 'send times such as 2024-01-31T06:00:00Z, or milliseconds since 1970-01-01',
  timeUnit: 'send milliseconds since 1970-01-01',
  decimal: 'send a point before the decimals',
}

/** A cell as a reading: null is NaN. @throws `request-invalid` for an infinite number, and for a text where the model learnt numbers */
export function readingIn(
  cell: unknown,
  { states }: Pick<SeriesChannels, 'states'>,
  name: string,
  where: string,
): Reading {
  if (cell === null || cell === undefined) return Number.NaN
  if (states.has(name)) return String(cell)
  if (typeof cell === 'number' && Math.abs(cell) !== Number.POSITIVE_INFINITY) return cell
  if (typeof cell === 'boolean' || typeof cell === 'bigint') return Number(cell)
  throw createError('request-invalid', {
    where: `body/${where}`,
    reason: `has ${typeof cell === 'number' ? cell : JSON.stringify(cell).slice(0, 60)} for ${name}, which is no number: send a number, or null where there is none`,
  })
}

/**
 * The times of a series, read as the messages of a stream are.
 *
 * @param times `[N]`; undefined where samples are known by their number
 * @throws `request-invalid` for one that cannot be read
 */
export function seriesTimes(
  info: Pick<ModelInfo, 'channels' | 'options' | 'timeColumn'>,
  rows: number,
  times: ArrayLike<unknown> | undefined,
): Pick<Frame, 'timeMs' | 'timeKind'> {
  if (times === undefined)
    return { timeKind: 'index', timeMs: Float64Array.from({ length: rows }, (_, i) => i) }
  const clock = createMessageClock(trainedMapping(readingOfModels([info]), {}).form.times)
  const msOf = (time: unknown, i: number) => {
    const ms =
      time instanceof Date
        ? time.getTime()
        : typeof time === 'number'
          ? time
          : typeof time === 'string'
            ? clock(time, '')
            : Number.NaN
    if (Math.abs(ms) <= LATEST_MS) return ms
    throw createError('request-invalid', {
      where: `body/times/${i}`,
      reason: `is ${JSON.stringify(time)?.slice(0, 60)}, which is no time: ${SERIES_ADVICE.timeFormat}`,
    })
  }
  return { timeKind: 'utc', timeMs: Float64Array.from({ length: rows }, (_, i) => msOf(times[i], i)) }
}

const LATEST_MS = 8.64e15
