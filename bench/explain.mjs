// How often explanations name a faulty channel first, and the right kind: `npm run bench:explain [-- --seeds 11..14 --rows 10000 --channels 12]`. Detector `auto`;
// events that hold exactly one fault count. Two sets: `plants` with faults of medium difficulty where and as they come, and `clear`, every kind of the catalogue at
// easy and medium severity, apart from each other, in 1 and, where that is usual for the kind, 2 channels. A verdict is wrong when it says machine for 1 faulty channel,
// or sensor for 2.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { createRandom } from '../dist/core/random.js'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import {
  channelRange,
  FAULT_CATALOGUE,
  FAULT_KINDS,
  generatePlant,
  injectFaults,
} from '../dist/simulate/index.js'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '11..14' },
    rows: { type: 'string', default: '10000' },
    channels: { type: 'string', default: '12' },
  },
})
const [from, to = from] = values.seeds.split('..').map(Number)
const [rows, channels] = [Number(values.rows), Number(values.channels)]
const METHODS = ['repair', 'decomposition']
/** Kinds of faults that explanations give another name. */
const NAMES = { 'noise-burst': 'noise-change', oscillation: 'noise-change' }
const SESSION = { alignment: 'two-sided' }

/** Every kind at two severities in 1 and 2 channels, one after the other. */
function clearFaults(seed) {
  const plant = generatePlant({ rows, channels, seed, faults: 0 })
  const random = createRandom(seed).fork('faults')
  const moving = plant.test.channels.filter(name => channelRange(plant.test, name).spread > 0)
  const all = FAULT_KINDS.flatMap(kind =>
    ['easy', 'medium'].flatMap(severity =>
      (FAULT_CATALOGUE[kind].channels > 1 ? [1, 2] : [1]).map(count => ({ kind, severity, count })),
    ),
  )
  const slot = Math.floor((plant.test.timeMs.length - 300) / all.length)
  const faults = all.map(({ kind, severity, count }, k) => {
    const { duration, magnitude } = FAULT_CATALOGUE[kind]
    const length = duration[0] + random.integer(duration[1] - duration[0] + 1)
    const pool = [...moving]
    const named = Array.from({ length: count }, () => pool.splice(random.integer(pool.length), 1)[0])
    const start = 200 + k * slot
    const end = start + Math.min(length, slot - 60)
    return { id: `f${k}`, kind, start, end, channels: named, magnitude: magnitude[severity] }
  })
  return { test: injectFaults(plant.test, faults, createRandom(seed), plant.train), events: faults }
}

function emptyTotals() {
  const first = Object.fromEntries(METHODS.map(method => [method, 0]))
  return { events: 0, right: 0, wrongVerdict: 0, evaluations: 0, seconds: 0, first, kinds: {} }
}

async function explainAll(model, { test, events: faults }, totals) {
  const scored = await detect(model, test, { validationLevel: 'permissive' })
  const faultsOf = ({ start, end }) => faults.filter(fault => fault.start < end && fault.end > start)
  const chosen = scored.events.filter(event => faultsOf(event).length === 1)
  totals.events += chosen.length
  for (const method of METHODS) {
    const started = performance.now()
    const found = await explainEvents(model, scored, scored.events, chosen, { session: SESSION, method })
    for (const { event, channels, kind, verdict, repair } of found) {
      const [fault] = faultsOf(event)
      totals.first[method] += fault.channels.includes(channels[0].name) ? 1 : 0
      if (method !== 'repair') continue
      totals.right += kind === (NAMES[fault.kind] ?? fault.kind) ? 1 : 0
      totals.wrongVerdict += verdict === (fault.channels.length === 1 ? 'machine' : 'sensor') ? 1 : 0
      totals.evaluations += repair?.evaluations ?? 0
      const row = (totals.kinds[fault.kind] ??= {})
      row[kind] = (row[kind] ?? 0) + 1
    }
    if (method === 'repair') totals.seconds += (performance.now() - started) / 1000
  }
}

function show(name, { events, right, wrongVerdict, evaluations, seconds, first }) {
  const share = count => (count / events).toFixed(3)
  const named = METHODS.map(method => `${method} ${share(first[method])}`).join(', ')
  const cost = `${(evaluations / events).toFixed(1)} scorings and ${((1000 * seconds) / events).toFixed(0)} ms per event`
  console.log(
    `${name}: ${events} events; first channel: ${named}; kind ${share(right)}; wrong verdict ${share(wrongVerdict)}; ${cost}`,
  )
}

const sets = { plants: emptyTotals(), clear: emptyTotals() }
for (let seed = from; seed <= to; seed++) {
  const plant = generatePlant({ rows, channels, seed })
  const model = await trainModel(plant.train, { detector: 'auto' })
  await explainAll(model, plant, sets.plants)
  await explainAll(model, clearFaults(seed), sets.clear)
  console.log(`seeds ${from}..${seed}`)
  for (const [name, totals] of Object.entries(sets)) show(name, totals)
}
for (const { kinds } of Object.values(sets)) console.table(kinds)
console.log(`load average ${loadavg()[0].toFixed(1)}`)
