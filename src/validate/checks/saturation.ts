import { at, perChannel } from '../evidence.js'
import { brief, percent } from '../issue.js'
import type { ChannelProfile } from '../profile.js'
import { sentinelAt } from './sentinel.js'

/** Minimum share of readings exactly at an extreme that counts as saturation. */
const LEAST_SHARE = 0.005
const LEAST_COUNT = 10
/** A channel with fewer distinct values is a switch or a setpoint, which is often at its extremes. */
const LEAST_DISTINCT = 50
/** A saturated value occurs at least this many times as often as the average value of the channel. */
const CROWDED = 10

/** Readings that accumulate exactly at the largest or smallest value. At 0 it is a machine at rest, not saturation. */
export const checkSaturation = perChannel(channel => {
  const { max, min, tally } = channel
  if (isRail(channel, tally.atMax) && max !== 0 && sentinelAt(channel, 'max') === undefined)
    return rail(channel, 'upper end', max, tally.atMax, tally.firstMax)
  if (isRail(channel, tally.atMin) && min !== 0 && sentinelAt(channel, 'min') === undefined)
    return rail(channel, 'lower end', min, tally.atMin, tally.firstMin)
  return undefined
})

function isRail({ distinct, tally }: ChannelProfile, count: number): boolean {
  const share = count / tally.count
  return (
    count >= LEAST_COUNT && distinct >= LEAST_DISTINCT && share >= Math.max(LEAST_SHARE, CROWDED / distinct)
  )
}

function rail({ tally }: ChannelProfile, side: string, value: number, count: number, first: number) {
  const values = { side, value: brief(value), share: percent(count / tally.count) }
  return { code: 'saturation', place: at(first), count, values } as const
}
