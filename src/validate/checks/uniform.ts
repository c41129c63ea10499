import type { Check } from '../evidence.js'

/** Readings that only scatter around one level: their deviation from it is that from the mean of two neighbours, over the square root of 1.5. */
const SCATTER = 1.3 / Math.sqrt(1.5)
/** A switch is in one of its states, whatever its pattern. */
const LEAST_DISTINCT = 20
/** Minimum samples for knowing that nothing else happens. */
const LEAST_SAMPLES = 100

/** A history in which no channel does more than scatter around one level: the machine is seen in one operating state. */
export const checkUniform: Check = ({ samples, channels, schema }) => {
  const moving = channels.filter(({ tally, min, max }) => tally.count > 0 && min < max)
  if (schema || samples < LEAST_SAMPLES || moving.length === 0) return []
  return moving.every(({ sd, noise, distinct }) => distinct >= LEAST_DISTINCT && sd <= SCATTER * noise)
    ? [{ code: 'history-uniform' }]
    : []
}
