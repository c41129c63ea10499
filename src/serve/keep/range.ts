import { createError, TelltaleError } from '../../core/errors.js'
import { parseTime } from '../../core/parse-time.js'

/** A range of time, ms since the epoch; `toMs` is exclusive. */
export interface Range {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The range that a query asks for: `to` and `from` in ms or ISO 8601, by default the newest samples.
 *
 * @param newestMs time of the newest sample; the clock when there is none
 * @param lengthMs of the default range
 * @throws `request-invalid`
 */
export function rangeOf(
  query: { readonly from?: string; readonly to?: string },
  newestMs: number,
  lengthMs: number,
): Range {
  const toMs = query.to === undefined ? newestMs + 1 : instant(query.to, 'query/to')
  const fromMs = query.from === undefined ? toMs - lengthMs : instant(query.from, 'query/from')
  if (fromMs < toMs) return { fromMs, toMs }
  throw createError('request-invalid', { where: 'query/from', reason: 'is not before `to`' })
}

function instant(text: string, where: string): number {
  const ms = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : timeOf(text)
  if (ms !== undefined && Math.abs(ms) <= 8.64e15) return ms
  throw createError('request-invalid', {
    where,
    reason: 'is no time: it must be ms since the epoch or ISO 8601',
  })
}

function timeOf(text: string): number | undefined {
  try {
    return parseTime(text)
  } catch (error) {
    if (error instanceof TelltaleError) return undefined
    throw error
  }
}
