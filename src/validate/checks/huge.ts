import { perChannel } from '../evidence.js'
import { rangeOption } from './range-option.js'

/** The square of a difference of two such readings, and the sum of many, is finite. */
const LARGEST = 1e150

/** Readings of a history whose squares are not finite: nothing can be learnt from them. */
export const checkHuge = perChannel(({ name, min, max }, c, { readings, schema }) => {
  if (schema || (min >= -LARGEST && max <= LARGEST)) return undefined
  const range = { low: -LARGEST, high: LARGEST }
  const { count, first } = readings.outside(c, range)
  return {
    code: 'readings-huge',
    place: { start: first, end: first + 1 },
    count,
    values: { range: rangeOption(name, range) },
  }
})
