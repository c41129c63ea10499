// How often explanations name the channels that people named, on recordings of servers: `npm run bench:explain-recordings -- FOLDER [--detectors pca-q]
// [--series SMD/machine-1-6,ASD/omi-1]`. FOLDER holds interpretation.json (`{ "SMD/machine-1-6": [{ start, end, dims }] }`, dims from 1), MANIFEST.json and the
// tables. Labels score the rankings, and nothing else: models are trained on the rows before the test part.
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sliceFrame } from '../dist/core/frame.js'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { byLargestZ, bySquaredError, eventsAt, hitRate } from './explain-hits.mjs'
import { readManifest, readSeries } from './quality/series.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    detectors: { type: 'string', default: 'pca-q' },
    series: { type: 'string' },
    limit: { type: 'string' },
  },
})
const [folder] = positionals
if (folder === undefined) {
  console.error('error: give the folder of the recordings')
  process.exit(2)
}
const named = JSON.parse(readFileSync(join(folder, 'interpretation.json'), 'utf8'))
const entries = new Map(readManifest(folder).map(entry => [`${entry.dataset}/${entry.name}`, entry]))
const names = values.series?.split(',') ?? Object.keys(named)
const METHODS = ['decomposition', 'standardised', 'repair']
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
  let events = 0
  for (const name of names) {
    const entry = entries.get(name)
    const frame = frameOf(entry)
    const rows = entry.trainRows
    const limit = Number(values.limit ?? rows)
    const history = sliceFrame(frame, Math.max(0, rows - limit), rows)
    const model = await trainModel(history, { detector, seed: 1 })
    const scored = await detect(model, sliceFrame(frame, rows), SETTINGS)
    const wanted = named[name].map(({ start, end, dims }) => ({ start: start - rows, end: end - rows, dims }))
    const inTest = wanted.filter(({ start, end }) => start >= 0 && end > start)
    const chosen = eventsAt(scored, inTest)
    events += chosen.length
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
      const row = (totals[method] ??= { all: 0, more: 0 })
      all.forEach((order, k) => {
        const dims = inTest[k].dims.map(dim => dim - 1)
        row.all += hitRate(order, dims, 1)
        row.more += hitRate(order, dims, 1.5)
      })
    }
    console.log(`${detector}: ${name}, ${events} events so far`)
  }
  for (const [method, { all, more }] of Object.entries(totals))
    (table[method] ??= {})[detector] = `${(all / events).toFixed(3)} / ${(more / events).toFixed(3)}`
  console.table(table)
}
console.log(`HitRate@100 % / @150 %, load average ${loadavg()[0].toFixed(1)}`)
