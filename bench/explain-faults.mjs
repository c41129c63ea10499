import { createRandom } from '../dist/core/random.js'
import {
  channelRange,
  FAULT_CATALOGUE,
  FAULT_KINDS,
  generatePlant,
  injectFaults,
} from '../dist/simulate/index.js'

const SEVERITIES = ['easy', 'medium', 'hard']
const SLOT = 300

/** Faults one after the other in their slots: every kind, 1 and 2 channels, severities in turn. */
function faultsIn(frame, seed, slots) {
  const random = createRandom(seed).fork('faults')
  const moving = frame.channels.filter(name => channelRange(frame, name).spread > 0)
  const all = FAULT_KINDS.flatMap(kind => [1, 2].map(count => ({ kind, count })))
  return Array.from({ length: slots }, (_, k) => {
    const { kind, count } = all[k % all.length]
    const { duration, magnitude } = FAULT_CATALOGUE[kind]
    const length = Math.min(160, duration[0] + random.integer(duration[1] - duration[0] + 1))
    const pool = [...moving]
    const channels = Array.from({ length: count }, () => pool.splice(random.integer(pool.length), 1)[0])
    const start = 100 + k * SLOT
    const size = magnitude[SEVERITIES[(k + seed) % 3]]
    return { id: `f${k}`, kind, start, end: start + length, channels, magnitude: size }
  })
}

/**
 * A plant with a history of `rows` samples, and a test part of which every slot of 300 samples holds a fault.
 *
 * @returns `history`, `test` and the faults
 */
export function faultyPlant({ rows, channels, seed, slots = 2 * FAULT_KINDS.length }) {
  const plant = generatePlant({ rows: Math.max(rows, 200 + slots * SLOT), channels, seed, faults: 0 })
  const history = {
    ...plant.train,
    timeMs: plant.train.timeMs.subarray(0, rows),
    values: plant.train.values.subarray(0, rows * channels),
  }
  const faults = faultsIn(plant.test, seed, slots)
  return { history, faults, test: injectFaults(plant.test, faults, createRandom(seed), plant.train) }
}
