import { pickChannels } from '../dist/core/channels.js'
import { createRandom } from '../dist/core/random.js'
import {
  channelRange,
  FAULT_CATALOGUE,
  FAULT_KINDS,
  generatePlant,
  injectFaults,
} from '../dist/simulate/index.js'

export const SEVERITIES = ['easy', 'medium', 'hard']
const SLOT = 300

/** Kinds of faults beside those of the catalogue; `apply` changes readings in place, `history` are sorted readings of the channel without faults. */
const FURTHER_KINDS = {
  /** A sensor that was exchanged or set up wrongly: readings times the magnitude. */
  'unit-jump': {
    duration: [40, 160],
    magnitude: { easy: 10, medium: 3.6, hard: 1.8 },
    apply: (reading, magnitude) => reading * magnitude,
  },
  /** A transmitter at the end of its range: readings above a quantile of the history, the magnitude, are cut off. */
  saturation: {
    duration: [60, 160],
    magnitude: { easy: 0.25, medium: 0.5, hard: 0.75 },
    apply: (reading, magnitude, history) =>
      Math.min(reading, history[Math.floor(magnitude * history.length)]),
  },
}
const KINDS = { ...FAULT_CATALOGUE, ...FURTHER_KINDS }

/** A copy of a frame with faults of every kind in it. */
function withFaults(frame, faults, seed, history) {
  const isFurther = ({ kind }) => Object.hasOwn(FURTHER_KINDS, kind)
  const known = faults.filter(fault => !isFurther(fault))
  const faulty = injectFaults(frame, known, createRandom(seed), history)
  const width = frame.channels.length
  for (const { kind, start, end, channels, magnitude } of faults.filter(isFurther))
    for (const c of channels.map(name => frame.channels.indexOf(name))) {
      const sorted = history.values.filter((_, at) => at % width === c).sort()
      for (let at = start * width + c; at < end * width; at += width)
        faulty.values[at] = FURTHER_KINDS[kind].apply(faulty.values[at], magnitude, sorted)
    }
  return faulty
}

/**
 * Faults one after the other in slots of equal length, in channels that move.
 *
 * @param wanted kind, severity and number of channels of each
 * @param place first sample, length of a slot, most samples of a fault, and its duration where that of the kind is not meant
 */
function faultsIn(frame, seed, wanted, { first, slot, longest, duration }) {
  const random = createRandom(seed).fork('faults')
  const moving = frame.channels.filter(name => channelRange(frame, name).spread > 0)
  return wanted.map(({ kind, severity, count }, k) => {
    const { magnitude } = KINDS[kind]
    const [least, most] = duration ?? KINDS[kind].duration
    const length = Math.min(longest, least + random.integer(most - least + 1))
    const pool = [...moving]
    const channels = Array.from({ length: count }, () => pool.splice(random.integer(pool.length), 1)[0])
    const start = first + k * slot
    return {
      id: `f${k}`,
      kind,
      severity,
      start,
      end: start + length,
      channels,
      magnitude: magnitude[severity],
    }
  })
}

/** Kinds that one channel can have, at two severities each. */
const oneEach = kinds =>
  kinds.flatMap(kind => ['easy', 'medium'].map(severity => ({ kind, severity, count: 1 })))
const SINGLE_KINDS = oneEach([...FAULT_KINDS.filter(kind => kind !== 'correlation-break'), 'unit-jump'])
const LASTING_KINDS = oneEach(['level-shift', 'drift', 'frozen', 'dropout'])

/**
 * Single channels of a plant, each on its own: every third of 12, for the next seed another third. Each has a history and two test parts: `clear`, with every kind that one channel can have, and
 * `lasting`, with faults of 400 to 700 samples.
 */
export function singleChannels({ rows, seed }) {
  const plant = generatePlant({ rows, channels: 12, seed, faults: 0 })
  const names = plant.train.channels.filter((_, c) => c % 3 === seed % 3)
  return names.map(name => {
    const [history, twin] = [plant.train, plant.test].map(frame => pickChannels(frame, [name]))
    const make = (wanted, duration) => {
      const slot = Math.floor((rows - 300) / wanted.length)
      const faults = faultsIn(twin, seed, wanted, { first: 200, slot, longest: slot - 60, duration })
      return { faults, test: withFaults(twin, faults, seed, history) }
    }
    return { history, clear: make(SINGLE_KINDS), lasting: make(LASTING_KINDS, [400, 700]) }
  })
}

/** The test part of a plant without other faults, with clear ones: every kind at two severities in 1 and, where that is usual for the kind, 2 channels. */
export function clearFaults({ rows, channels, seed }) {
  const plant = generatePlant({ rows, channels, seed, faults: 0 })
  const wanted = FAULT_KINDS.flatMap(kind =>
    ['easy', 'medium'].flatMap(severity =>
      (FAULT_CATALOGUE[kind].channels > 1 ? [1, 2] : [1]).map(count => ({ kind, severity, count })),
    ),
  )
  const slot = Math.floor((plant.test.timeMs.length - 300) / wanted.length)
  const faults = faultsIn(plant.test, seed, wanted, { first: 200, slot, longest: slot - 60 })
  return { faults, test: injectFaults(plant.test, faults, createRandom(seed), plant.train) }
}

/**
 * A plant with a history of `rows` samples, and a test part of which every slot of 300 samples holds a fault: every kind, 1 and 2 channels, severities in turn.
 *
 * @returns `history`, `test`, the faults, and `twin`: the test part without them
 */
export function faultyPlant({ rows, channels, seed, slots = 2 * Object.keys(KINDS).length }) {
  const plant = generatePlant({ rows: Math.max(rows, 200 + slots * SLOT), channels, seed, faults: 0 })
  const history = {
    ...plant.train,
    timeMs: plant.train.timeMs.subarray(0, rows),
    values: plant.train.values.subarray(0, rows * channels),
  }
  const all = Object.keys(KINDS).flatMap(kind => [1, 2].map(count => ({ kind, count })))
  const wanted = Array.from({ length: slots }, (_, k) => ({
    ...all[k % all.length],
    severity: SEVERITIES[(k + seed) % 3],
  }))
  const faults = faultsIn(plant.test, seed, wanted, { first: 100, slot: SLOT, longest: 160 })
  return { history, faults, twin: plant.test, test: withFaults(plant.test, faults, seed, plant.train) }
}
