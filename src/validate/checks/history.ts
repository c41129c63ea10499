import type { Check } from '../evidence.js'
import { at, perChannel } from '../evidence.js'
import { brief, percent } from '../issue.js'
import type { ValidRange } from '../options.js'
import type { DataSchema } from '../schema.js'
import { span } from '../span.js'
import { REGULAR } from '../time-profile.js'
import { unitHint } from './units.js'

/** Distance from the range of the history, in multiples of that range, from which a reading is reported. */
const BEYOND = 0.5
/** Ratio of the medians from which another unit is more likely than another state. */
const LEAST_FACTOR = 8
/** Cadences may differ by this much. */
const SAME_CADENCE = 0.05
const FAR_CADENCE = 0.5
/** Missing more than the history did, by this share and this many readings. */
const MORE_MISSING = { share: 0.05, readings: 3 }
/** Minimum samples for estimating a cadence. */
const LEAST_STEPS = 10
/** Minimum readings for a meaningful median. */
const LEAST_READINGS = 30

/** The cadence against that of the history. */
export const checkCadence: Check = ({ samples, time, schema }) => {
  const wanted = schema?.cadenceMs ?? Number.NaN
  const { cadenceMs, regularShare } = time
  // The usual step of irregular times counts where it is far from that of the history.
  const tolerance = regularShare < REGULAR ? FAR_CADENCE : SAME_CADENCE
  if (samples < LEAST_STEPS) return []
  if (!(wanted > 0) || !(cadenceMs > 0) || Math.abs(cadenceMs / wanted - 1) <= tolerance) return []
  return [{ code: 'cadence-differs', values: { got: span(cadenceMs), wanted: span(wanted) } }]
}

/** Another unit than in the history: the median is off by a large factor, far outside of the history's range. */
export const checkScale = perChannel(({ name, quartiles, tally }, _, { schema }) => {
  const known = schema?.channels.find(channel => channel.name === name)
  const median = quartiles[1]
  if (!known?.median || known.min === null || known.max === null) return undefined
  const factor = median / known.median
  const isInside = tally.count < LEAST_READINGS || (median >= known.min && median <= known.max)
  if (isInside || !(factor >= LEAST_FACTOR || (factor > 0 && factor <= 1 / LEAST_FACTOR))) return undefined
  return { code: 'scale-differs', values: { factor: brief(factor), unit: unitHint(factor) } }
})

/** Limits of the readings of a channel; undefined when the history does not define them. */
export function reachOf({ min, max }: DataSchema['channels'][number]): ValidRange | undefined {
  if (min === null || max === null || min === max) return undefined
  const reach = BEYOND * (max - min)
  return { low: min - reach, high: max + reach }
}

/** Readings far outside the range of the history. */
export const checkBeyond = perChannel(({ name, min, max, tally }, c, { readings, schema }) => {
  const known = schema?.channels.find(channel => channel.name === name)
  const reach = known && reachOf(known)
  if (reach === undefined || (min >= reach.low && max <= reach.high)) return undefined
  const { count, first } = readings.outside(c, reach)
  const range = `${brief(Number(known?.min))} to ${brief(Number(known?.max))}`
  const values = { share: percent(count / tally.count), range }
  return { code: 'beyond-history', place: at(first), count, values }
})

/** A channel that misses clearly more readings than in the history. */
export const checkMissingMore = perChannel(({ name, missingShare: share, samples, tally }, _, { schema }) => {
  const known = schema?.channels.find(channel => channel.name === name)
  const missing = samples - tally.count
  const isMore = missing >= MORE_MISSING.readings && share > (known?.missingShare ?? 1) + MORE_MISSING.share
  if (!known || !isMore) return undefined
  const values = { share: percent(share), usual: percent(known.missingShare) }
  return { code: 'missing-more', place: at(Math.max(0, tally.firstMissing)), count: missing, values }
})
