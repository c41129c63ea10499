// How often explanations name a faulty channel first, and the right kind: `npm run bench:explain [-- --seeds 11..14 --rows 10000 --channels 12]`. Detector `auto`;
// events that hold exactly one fault count. Two sets: `plants` with faults of medium difficulty where and as they come, and `clear`, every kind of the catalogue at
// easy and medium severity, apart from each other, in 1 and, where that is usual for the kind, 2 channels. A verdict is wrong when it says machine for 1 faulty channel,
// or sensor for 2. With `--channels 1` single channels of plants, each on its own: `clear` faults of usual length, and `lasting` ones.
import { loadavg } from 'node:os'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { generatePlant } from '../dist/simulate/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { clearFaults, singleChannels } from './explain-faults.mjs'

const { values } = readArguments(import.meta, {
  seeds: { type: 'string', default: '11..14' },
  rows: { type: 'string', default: '10000' },
  channels: { type: 'string', default: '12' },
})
const [from, to = from] = values.seeds.split('..').map(Number)
const [rows, channels] = [Number(values.rows), Number(values.channels)]
const METHODS = ['repair', 'decomposition']
/** Kinds of faults that explanations give another name. */
const NAMES = { 'noise-burst': 'noise-change', oscillation: 'noise-change' }
const SESSION = { alignment: 'two-sided' }

function emptyTotals() {
  const first = Object.fromEntries(METHODS.map(method => [method, 0]))
  return {
    events: 0,
    right: 0,
    rightVerdict: 0,
    wrongVerdict: 0,
    evaluations: 0,
    seconds: 0,
    first,
    kinds: {},
  }
}

async function explainAll(model, { test, faults }, totals) {
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
      totals.rightVerdict += verdict === (fault.channels.length === 1 ? 'sensor' : 'machine') ? 1 : 0
      totals.wrongVerdict += verdict === (fault.channels.length === 1 ? 'machine' : 'sensor') ? 1 : 0
      totals.evaluations += repair?.evaluations ?? 0
      const row = (totals.kinds[fault.kind] ??= {})
      row[kind] = (row[kind] ?? 0) + 1
    }
    if (method === 'repair') totals.seconds += (performance.now() - started) / 1000
  }
}

function show(name, { events, right, rightVerdict, wrongVerdict, evaluations, seconds, first }) {
  const share = count => (count / events).toFixed(3)
  const named = METHODS.map(method => `${method} ${share(first[method])}`).join(', ')
  const cost = `${(evaluations / events).toFixed(1)} scorings and ${((1000 * seconds) / events).toFixed(0)} ms per event`
  console.log(
    `${name}: ${events} events; first channel: ${named}; kind ${share(right)}; verdict right ${share(rightVerdict)}, wrong ${share(wrongVerdict)}; ${cost}`,
  )
}

/** Histories, each with test parts by the name of their set. */
function casesOf(seed) {
  if (channels === 1) return singleChannels({ rows, seed })
  const plant = generatePlant({ rows, channels, seed })
  const plants = { test: plant.test, faults: plant.events }
  return [{ history: plant.train, plants, clear: clearFaults({ rows, channels, seed }) }]
}

const sets = {}
for (let seed = from; seed <= to; seed++) {
  for (const { history, ...parts } of casesOf(seed)) {
    const model = await trainModel(history, { detector: 'auto' })
    for (const [name, part] of Object.entries(parts))
      await explainAll(model, part, (sets[name] ??= emptyTotals()))
  }
  console.log(`seeds ${from}..${seed}`)
  for (const [name, totals] of Object.entries(sets)) show(name, totals)
}
for (const { kinds } of Object.values(sets)) console.table(kinds)
console.log(`load average ${loadavg()[0].toFixed(1)}`)
