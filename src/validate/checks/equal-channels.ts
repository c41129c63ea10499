import type { Check } from '../evidence.js'

/** Channels that equal an earlier one in every sample, missing readings included. Cost: early exits, O(N) per equal pair. */
export const checkEqualChannels: Check = ({ frame, channels }) => {
  const { values } = frame
  const width = channels.length
  const equal = (a: number, b: number) => {
    for (let row = 0; row < values.length; row += width)
      if (!Object.is(values[row + a], values[row + b]) && values[row + a] !== values[row + b]) return false
    return true
  }
  // Equal channels have equal counts: only they are compared reading by reading.
  const alike = new Map<string, number[]>()
  return channels.flatMap(({ name, tally, min, max }, c) => {
    if (tally.count === 0 || min === max) return []
    const key = [tally.count, tally.min, tally.max, tally.ups, tally.firstMin, tally.firstMax].join()
    const others = alike.get(key) ?? []
    alike.set(key, [...others, c])
    const twin = others.find(other => equal(other, c))
    return twin === undefined
      ? []
      : [{ code: 'channels-equal', channel: name, values: { other: channels[twin].name } }]
  })
}
