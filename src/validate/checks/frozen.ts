import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'

/** Readings at a level outside of its longest run, as a part of that run, from which it is a usual level. */
const REST = 0.5

/** A run of equal readings that is longer than expected from the other runs of the channel. */
export const checkFrozen = perChannel((channel, _, { schema }) => {
  const { name, longestRun, usualRun, min, max, tally } = channel
  const count = longestRun.end - longestRun.start
  const level = tally.longestRunValue
  const values = { value: brief(level) }
  const known = schema?.channels.find(other => other.name === name)
  if (known) {
    const usual = Math.max(known.longestRun, known.usualRun)
    return count > usual
      ? { code: 'frozen-longer', place: longestRun, count, values: { ...values, usual } }
      : undefined
  }
  if (count <= usualRun || min === max) return undefined
  // A level at the end of the range to which the channel keeps coming back is where the machine rests.
  const atLevel = level === min ? tally.atMin : level === max ? tally.atMax : count
  if (atLevel - count >= count * REST) return undefined
  return { code: 'frozen-run', place: longestRun, count, values: { ...values, limit: usualRun } }
})
