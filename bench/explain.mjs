// How often explanations name a faulty channel first, and the right kind: `npm run bench:explain [-- --seeds 11..14 --rows 10000 --channels 12]`.
// Generated plants with faults of medium difficulty, detector `auto`; events that hold exactly one fault count.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { generatePlant } from '../dist/simulate/index.js'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '11..14' },
    rows: { type: 'string', default: '10000' },
    channels: { type: 'string', default: '12' },
  },
})
const [from, to = from] = values.seeds.split('..').map(Number)
const METHODS = ['repair', 'decomposition']
/** Kinds of faults that explanations give another name. */
const NAMES = { 'noise-burst': 'noise-change', oscillation: 'noise-change' }

const first = Object.fromEntries(METHODS.map(method => [method, 0]))
const kinds = {}
let [events, right, evaluations, seconds] = [0, 0, 0, 0]
for (let seed = from; seed <= to; seed++) {
  const plant = generatePlant({ rows: Number(values.rows), channels: Number(values.channels), seed })
  const model = await trainModel(plant.train, { detector: 'auto' })
  const scored = await detect(model, plant.test)
  const session = { alignment: 'two-sided' }
  const faultsOf = ({ start, end }) => plant.events.filter(fault => fault.start < end && fault.end > start)
  const chosen = scored.events.filter(event => faultsOf(event).length === 1)
  events += chosen.length
  for (const method of METHODS) {
    const started = performance.now()
    const found = await explainEvents(model, scored, scored.events, chosen, { session, method })
    for (const { event, channels, kind, repair } of found) {
      const [fault] = faultsOf(event)
      first[method] += fault.channels.includes(channels[0].name) ? 1 : 0
      if (method !== 'repair') continue
      const isRight = kind === (NAMES[fault.kind] ?? fault.kind)
      right += isRight ? 1 : 0
      evaluations += repair?.evaluations ?? 0
      const row = (kinds[fault.kind] ??= { events: 0, right: 0 })
      row.events++
      row.right += isRight ? 1 : 0
    }
    if (method === 'repair') seconds += (performance.now() - started) / 1000
  }
  const share = count => (count / events).toFixed(3)
  const named = METHODS.map(method => `${method} ${share(first[method])}`).join(', ')
  console.log(
    `seeds ${from}..${seed}: ${events} events; first channel: ${named}; kind ${share(right)}; ${(evaluations / events).toFixed(1)} scorings and ${((1000 * seconds) / events).toFixed(0)} ms per event`,
  )
}
console.table(kinds)
console.log(`load average ${loadavg()[0].toFixed(1)}`)
