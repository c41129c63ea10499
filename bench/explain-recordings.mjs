// How often explanations name the channels that people named, on recordings of servers: `npm run bench:explain-recordings -- FOLDER [--detectors pca-q]
// [--series SMD/machine-1-6,ASD/omi-1]`. FOLDER holds interpretation.json (`{ "SMD/machine-1-6": [{ start, end, dims }] }`, dims from 1), MANIFEST.json and the
// tables. Labels score the rankings, and nothing else: models are trained on the rows before the test part.
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { sliceFrame } from '../dist/core/frame.js'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { byLargestZ, bySquaredError, eventsAt, hitRate } from './explain-hits.mjs'
import { halfOf, readManifest, readSeries } from './quality/series.mjs'

const { values, positionals } = readArguments(
  import.meta,
  {
    detectors: { type: 'string', default: 'pca-q' },
    series: { type: 'string' },
    limit: { type: 'string' },
  },
  [1, 1],
)
const [folder] = positionals
if (folder === undefined) {
  console.error('error: give the folder of the recordings')
  process.exit(2)
}
const named = JSON.parse(readFileSync(join(folder, 'interpretation.json'), 'utf8'))
const entries = new Map(readManifest(folder).map(entry => [`${entry.dataset}/${entry.name}`, entry]))
const names = values.series?.split(',') ?? Object.keys(named)
const METHODS = ['decomposition', 'standardised', 'movement', 'repair']
const SETTINGS = { alignment: 'two-sided', validationLevel: 'permissive' }

/** A recording as a frame of row numbers. */
function frameOf(entry) {
  const { values, rows, dims } = readSeries(folder, entry)
  const channels = Array.from({ length: dims }, (_, c) => `m${c + 1}`)
  return { timeMs: Float64Array.from({ length: rows }, (_, i) => i), timeKind: 'index', values, channels }
}

const table = {}
for (const detector of values.detectors.split(',')) {
  const totals = {}
  const events = { all: 0, confirming: 0 }
  for (const name of names) {
    const entry = entries.get(name)
    const frame = frameOf(entry)
    const rows = entry.trainRows
    const limit = Number(values.limit ?? rows)
    const history = sliceFrame(frame, Math.max(0, rows - limit), rows)
    const model = await trainModel(history, { detector, seed: 1 })
    const scored = await detect(model, sliceFrame(frame, rows), { ...SETTINGS, expected: true })
    const wanted = named[name].map(({ start, end, dims }) => ({ start: start - rows, end: end - rows, dims }))
    const inTest = wanted.filter(({ start, end }) => start >= 0 && end > start)
    const chosen = eventsAt(scored, inTest)
    // The ranking of `movement` was chosen on the other half.
    const sets = ['all', 'confirming'].filter(set => set === 'all' || halfOf(entry) === set)
    for (const set of sets) events[set] += chosen.length
    const orders = {
      'raw squared error': chosen.map(event => bySquaredError(model, scored, event)),
      'largest |z|': chosen.map(event => byLargestZ(history, scored, event)),
    }
    for (const method of METHODS) {
      const found = await explainEvents(model, scored, chosen, chosen, { session: SETTINGS, method })
      orders[method] = found.map(({ channels }) =>
        channels.map(channel => frame.channels.indexOf(channel.name)),
      )
    }
    for (const [method, all] of Object.entries(orders)) {
      const rows = (totals[method] ??= { all: [0, 0], confirming: [0, 0] })
      all.forEach((order, k) => {
        const dims = inTest[k].dims.map(dim => dim - 1)
        for (const set of sets)
          for (const [place, share] of [1, 1.5].entries()) rows[set][place] += hitRate(order, dims, share)
      })
    }
    console.log(`${detector}: ${name}, ${events.all} events so far`)
  }
  for (const [method, rows] of Object.entries(totals))
    for (const [set, sums] of Object.entries(rows))
      (table[method] ??= {})[`${detector}, ${set}`] = sums
        .map(sum => (sum / events[set]).toFixed(3))
        .join(' / ')
  console.table(table)
}
console.log(`HitRate@100 % / @150 %, load average ${loadavg()[0].toFixed(1)}`)
