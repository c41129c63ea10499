import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'

/** A stretch of equal readings that is longer than the other runs of the channel let expect. */
export const checkFrozen = perChannel(({ name, longestRun, usualRun, min, max }, c, { frame, schema }) => {
  const count = longestRun.end - longestRun.start
  const values = { value: brief(frame.values[longestRun.start * frame.channels.length + c]) }
  const known = schema?.channels.find(channel => channel.name === name)
  if (known) {
    const usual = Math.max(known.longestRun, known.usualRun)
    return count > usual
      ? { code: 'frozen-longer', place: longestRun, count, values: { ...values, usual } }
      : undefined
  }
  if (count <= usualRun || min === max) return undefined
  return { code: 'frozen-run', place: longestRun, count, values: { ...values, limit: usualRun } }
})
