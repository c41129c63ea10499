import { at, perChannel } from '../evidence.js'
import { brief } from '../issue.js'
import type { ChannelProfile } from '../profile.js'
import { rangeOption } from './range-option.js'

/** What loggers and databases write for a reading that is missing: nines, those of Campbell, and the largest numbers. */
const SENTINEL = /^(?:-?9{3,}(?:\.9+)?|-99(?:\.9+)?|-?[67]999)$/
const LARGEST = 1e20
/** How many times the reach of the other readings a sentinel is away from their middle. */
const FAR = 15

/** Readings at one end that are a number which usually stands for a missing one, far away from all others. */
export const checkSentinel = perChannel(channel => {
  const [low, high] = [sentinelAt(channel, 'min'), sentinelAt(channel, 'max')]
  if (low === undefined && high === undefined) return undefined
  const { name, min, max, tally, quartiles } = channel
  // Beyond the end without a sentinel nothing is left out.
  const [from, to] = [low ?? 2 * min - quartiles[1], high ?? 2 * max - quartiles[1]]
  const range = rangeOption(name, { low: from, high: to })
  const [value, count, first] =
    low === undefined ? [max, tally.atMax, tally.firstMax] : [min, tally.atMin, tally.firstMin]
  return { code: 'sentinel', place: at(first), count, values: { value: brief(value), range } }
})

/** A limit between a sentinel at one end of a channel and its other readings; undefined where there is none. */
export function sentinelAt(channel: ChannelProfile, end: 'min' | 'max'): number | undefined {
  const value = channel[end]
  if (!SENTINEL.test(String(Number(value.toPrecision(7)))) && Math.abs(value) < LARGEST) return undefined
  const [lower, middle, upper] = channel.quartiles
  const [near, far, last] = end === 'min' ? [lower, upper, channel.max] : [upper, lower, channel.min]
  // Where many of the readings are the sentinel, quartiles are as well.
  const centre = [middle, far, last].find(other => other !== value)
  if (centre === undefined) return undefined
  const reach = Math.max(...[near, far].map(other => (other === value ? 0 : Math.abs(other - centre))))
  return Math.abs(value - centre) > FAR * reach ? (value + centre) / 2 : undefined
}
