// What it costs to explain the 100 worst events of a file, beside scoring that file: `npm run bench:explain-cost [-- --rows 40000 --detectors auto,pca-q]`.
// Plants of 12 channels with a fault in each 300 samples, so that there are 100 events; the least of `--times` runs of each, in turn, in seconds of
// the processor, which the load of the machine changes less than those of the clock.
import { loadavg } from 'node:os'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { faultyPlant } from './explain-faults.mjs'

const { values } = readArguments(import.meta, {
  rows: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '91' },
  times: { type: 'string', default: '3' },
  detectors: { type: 'string', default: 'auto,pca-q,committee,lstm-autoencoder' },
  alignments: { type: 'string', default: 'two-sided,causal' },
  method: { type: 'string' },
})
const [rows, seed] = [Number(values.rows), Number(values.seed)]
const DETECTORS = {
  'lstm-autoencoder': { detector: 'autoencoder', window: 20, units: 24, latent: 8, epochs: 15 },
}
const EVENTS = 100
const method = values.method

const { history, test } = faultyPlant({ rows: 4000, channels: 12, seed, slots: Math.floor(rows / 300) - 1 })
const timed = async work => {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: (user + system) / 1e6 }
}
const table = {}
for (const name of values.detectors.split(',')) {
  const model = await trainModel(history, { seed, ...(DETECTORS[name] ?? { detector: name }) })
  for (const alignment of values.alignments.split(',')) {
    const session = { alignment }
    let [scoring, explaining, evaluations, count] = [Infinity, Infinity, 0, 0]
    for (let k = 0; k < Number(values.times); k++) {
      const { result: scored, seconds } = await timed(() =>
        detect(model, test, { ...session, validationLevel: 'permissive' }),
      )
      const chosen = [...scored.events].sort((a, b) => b.score - a.score).slice(0, EVENTS)
      const explained = await timed(() =>
        explainEvents(model, scored, scored.events, chosen, { session, method }),
      )
      scoring = Math.min(scoring, seconds)
      explaining = Math.min(explaining, explained.seconds)
      count = chosen.length
      evaluations = explained.result.reduce((sum, { repair }) => sum + (repair?.evaluations ?? 0), 0)
    }
    table[`${name} ${alignment}`] = {
      events: count,
      'scorings/event': Number((evaluations / count).toFixed(2)),
      'scoring s': Number(scoring.toFixed(3)),
      'explaining s': Number(explaining.toFixed(3)),
      ratio: Number((explaining / scoring).toFixed(2)),
    }
  }
  console.table(table)
}
console.log(`load average ${loadavg()[0].toFixed(1)}`)
