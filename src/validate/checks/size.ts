import type { Check } from '../evidence.js'

/** Minimum samples for a meaningful mean, and for learning anything about time. */
const LEAST_ROWS = 10
const LEAST_SERIES = 30

/** Rows, columns and whether there are enough of them. Data to be scored may be as short as they like. */
export const checkSize: Check = ({ samples: n, channels, schema }) => {
  if (channels.length === 0) return [{ code: 'channels-none' }]
  if (n === 0) return [{ code: 'rows-none' }]
  if (schema || n >= LEAST_SERIES) return []
  return [{ code: 'rows-few', count: n, values: { wanted: n < LEAST_ROWS ? LEAST_ROWS : LEAST_SERIES } }]
}
