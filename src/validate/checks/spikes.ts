import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'

/** How many times the usual deviation from the neighbours counts as a spike. */
const FACTOR = 12
/** Both neighbours must agree with each other this much better than with the reading between them. */
const ALONE = 4

/** Single readings that jump away from both neighbours and back. A channel that moves in steps has no usual deviation and is not judged. */
export const checkSpikes = perChannel(({ noise }, c, { frame }) => {
  if (!(noise > 0)) return undefined
  const { values, channels } = frame
  const width = channels.length
  const limit = FACTOR * noise
  let count = 0
  let first = -1
  let largest = 0
  let before = values[c]
  let value = values[c + width]
  for (let at = c + 2 * width, i = 1; at < values.length; at += width, i++) {
    const after = values[at]
    const deviation = Math.abs(value - (before + after) / 2)
    if (
      deviation > limit &&
      deviation > ALONE * Math.abs(after - before) &&
      deviation < Number.POSITIVE_INFINITY
    ) {
      if (count++ === 0) first = i
      if (deviation > largest) largest = deviation
    }
    before = value
    value = after
  }
  if (count === 0) return undefined
  const facts = { largest: brief(largest), usual: brief(noise) }
  return { code: 'spikes', place: { start: first, end: first + 1 }, count, values: facts }
})
