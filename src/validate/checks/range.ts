import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'

/** Readings outside of the valid range that the user gave. */
export const checkRange = perChannel(({ min, max }, c, { readings, ranges }) => {
  const range = ranges[c]
  if (range === undefined || (min >= range.low && max <= range.high)) return undefined
  const { count, first } = readings.outside(c, range)
  const values = { range: `${brief(range.low)} to ${brief(range.high)}` }
  return { code: 'out-of-range', place: { start: first, end: first + 1 }, count, values }
})
