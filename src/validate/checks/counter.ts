import { at, perChannel } from '../evidence.js'

const LEAST_STEPS = 20
/** Steps upwards for each step downwards. */
const UPWARDS = 100
/** A fall that is a reset is this many times a usual step. */
const FAR = 10

/** A sum that grows and may fall back to its beginning: an operating hour meter, an energy counter. */
export const checkCounter = perChannel(({ tally }, _, { schema }) => {
  const { ups, downs, rises, falls, firstDown } = tally
  if (ups < LEAST_STEPS) return undefined
  if (downs === 0) return schema ? undefined : { code: 'counter-growing' }
  const isReset = falls / downs > (FAR * rises) / ups
  return ups >= UPWARDS * downs && isReset
    ? { code: 'counter-reset', place: at(firstDown), count: downs }
    : undefined
})
