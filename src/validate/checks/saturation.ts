import { at, perChannel } from '../evidence.js'
import { brief, percent } from '../issue.js'
import type { ChannelProfile } from '../profile.js'

/** Share of readings exactly at an extreme from which it looks like a rail. */
const LEAST_SHARE = 0.005
const LEAST_COUNT = 10
/** A channel with fewer different values is a switch or a setting, and stands at its extremes by nature. */
const LEAST_DISTINCT = 50
/** A rail holds this many times what the channel's values hold on average. */
const CROWDED = 10

/** Readings that pile up exactly at the largest or smallest value. A pile at 0 is a machine at rest, not a rail. */
export const checkSaturation = perChannel(channel => {
  const { max, min, tally } = channel
  if (isRail(channel, tally.atMax) && max !== 0)
    return rail(channel, 'upper end', max, tally.atMax, tally.firstMax)
  if (isRail(channel, tally.atMin) && min !== 0)
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
