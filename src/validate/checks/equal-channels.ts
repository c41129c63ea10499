import type { Check } from '../evidence.js'

/** Channels that equal an earlier one in every sample, missing readings included. Cost: early exits, O(N) per equal pair. */
export const checkEqualChannels: Check = ({ readings, channels }) => {
  // Equal channels have equal counts: only they are compared reading by reading.
  const alike = new Map<string, number[]>()
  return channels.flatMap(({ name, tally, min, max }, c) => {
    if (tally.count === 0 || min === max) return []
    const key = [tally.count, tally.min, tally.max, tally.ups, tally.firstMin, tally.firstMax].join()
    const others = alike.get(key) ?? []
    alike.set(key, [...others, c])
    const twin = others.find(other => readings.areEqual(other, c))
    return twin === undefined
      ? []
      : [{ code: 'channels-equal', channel: name, values: { other: channels[twin].name } }]
  })
}
