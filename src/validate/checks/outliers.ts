import { perChannel } from '../evidence.js'
import { brief, percent } from '../issue.js'

const LIMIT = 0.2
/** Fences mean nothing for a switch or a coarse channel. */
const LEAST_DISTINCT = 20

/** A large share of readings beyond Tukey's fences: more than one population. */
export const checkOutliers = perChannel(
  ({ quartiles, distinct, tally, min, max }, c, { readings, schema }) => {
    const [lower, , upper] = quartiles
    const reach = 1.5 * (upper - lower)
    const low = lower - reach
    const high = upper + reach
    if (schema || !(reach > 0) || distinct < LEAST_DISTINCT || (min >= low && max <= high)) return undefined
    const { count } = readings.outside(c, { low, high })
    const share = count / tally.count
    if (share <= LIMIT) return undefined
    return {
      code: 'outliers-many',
      count,
      values: { share: percent(share), low: brief(low), high: brief(high) },
    }
  },
)
