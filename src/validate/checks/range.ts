import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'
import { isOutside } from '../repair.js'

/** Readings outside of the valid range that the user gave. */
export const checkRange = perChannel(({ min, max }, c, { frame, ranges }) => {
  const range = ranges[c]
  if (range === undefined || (min >= range.low && max <= range.high)) return undefined
  const width = frame.channels.length
  let count = 0
  let first = -1
  for (let at = c, i = 0; at < frame.values.length; at += width, i++) {
    if (Number.isFinite(frame.values[at]) && isOutside(frame.values[at], range) && count++ === 0) first = i
  }
  const values = { range: `${brief(range.low)} to ${brief(range.high)}` }
  return { code: 'out-of-range', place: { start: first, end: first + 1 }, count, values }
})
