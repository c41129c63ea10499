import { splitAt } from '../../window/index.js'
import type { Check } from '../evidence.js'
import { inOrder, timeBreaks } from '../time-profile.js'

/** Part of the samples that must lie in intervals of at least a window. */
const LEAST_SHARE = 0.5

/** Whether gaps leave intervals that are long enough for windows. */
export const checkWindows: Check = ({ samples: n, time, window, maxGap, borders = [] }) => {
  if (window === undefined || n < window) return []
  const stretches = splitAt(n, inOrder(timeBreaks(time, maxGap), borders))
  const count = stretches.reduce((sum, { start, end }) => sum + (end - start >= window ? end - start : 0), 0)
  return count < LEAST_SHARE * n ? [{ code: 'windows-few', count, values: { window } }] : []
}

/** Windows from which on a history shows more than a few cycles. */
export const LEAST_WINDOWS = 10

/** Whether the history is long enough for its windows. */
export const checkHistoryLength: Check = ({ samples, window, schema }) => {
  if (schema || window === undefined || samples < window || samples >= LEAST_WINDOWS * window) return []
  const windows = Math.floor(samples / window)
  return [
    {
      code: 'history-short',
      count: samples,
      values: { windows, window, wanted: LEAST_WINDOWS, most: Math.floor(samples / LEAST_WINDOWS) },
    },
  ]
}
