import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'
import { rangeOption } from './range-option.js'

/** How many times the usual deviation from the neighbours counts as a spike. */
const FACTOR = 12

/** Single readings that jump away from both neighbours and back. A channel that moves in steps has no usual deviation and is not checked. */
export const checkSpikes = perChannel(({ name, noise, quartiles: [low, , high] }, c, { readings }) => {
  if (!(noise > 0)) return undefined
  const { count, first, largest, sustained } = readings.spikes(c, FACTOR * noise)
  if (count === 0) return undefined
  // Far out, as the outer fences of a box plot are: three interquartile ranges beyond the quartiles.
  const beyond = Math.max(3 * (high - low), FACTOR * noise)
  // An interval that lasts is an event of the machine, however far out it is: the range holds it.
  const range = {
    low: Math.min(low - beyond, sustained.low - FACTOR * noise),
    high: Math.max(high + beyond, sustained.high + FACTOR * noise),
  }
  const facts = { largest: brief(largest), usual: brief(noise), range: rangeOption(name, range) }
  const isRemoved = readings.outside(c, range).count > 0
  return {
    code: isRemoved ? 'spikes' : 'spikes-within',
    place: { start: first, end: first + 1 },
    count,
    values: facts,
  }
})
