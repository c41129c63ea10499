// node bench/quality/starts.mjs --data DIR [--alignment two-sided]   (after `npm run build`)
// How far the starts of events lie from the labelled starts of open series: of events as `detect` places them, and of the same flags joined without placement.
// Every labelled event that an event overlaps counts once, with the first of these.
import { sliceFrame } from '../../dist/core/frame.js'
import { intervalsOf } from '../../dist/evaluate/labels.js'
import { findEvents } from '../../dist/events/index.js'
import { detect, trainModel } from '../../dist/pipeline/index.js'
import { readArguments } from '../../scripts/arguments.mjs'
import { readManifest, readSeries } from './series.mjs'
import { table } from './table.mjs'

const { values: given } = readArguments(import.meta, {
  data: { type: 'string' },
  alignment: { type: 'string', default: 'two-sided' },
})
const { data, alignment } = given

function frameOf({ values, dims, rows }) {
  return {
    timeMs: Float64Array.from({ length: rows }, (_, i) => i),
    timeKind: 'index',
    values,
    channels: Array.from({ length: dims }, (_, c) => `c${c}`),
  }
}

/** Distances of starts, samples. */
const distances = (events, labelled) =>
  labelled.flatMap(fault => {
    const event = events.find(({ start, end }) => start < fault.end && fault.start < end)
    return event ? [Math.abs(event.start - fault.start)] : []
  })

const found = []
for (const entry of readManifest(data).filter(({ trainRows }) => trainRows > 0)) {
  try {
    const series = readSeries(data, entry)
    const frame = frameOf(series)
    const options = { missing: 'drop', validationLevel: 'permissive' }
    const model = await trainModel(sliceFrame(frame, 0, entry.trainRows), options)
    const { score, flag, residual, events } = await detect(
      model,
      sliceFrame(frame, entry.trainRows, entry.rows),
      {
        alignment,
        missing: 'drop',
      },
    )
    const labelled = intervalsOf(series.labels.subarray(entry.trainRows))
    const later = sliceFrame(frame, entry.trainRows, entry.rows)
    found.push({
      set: entry.dataset,
      labels: labelled.length,
      placed: distances(events, labelled),
      joined: distances(findEvents(later, score, flag, residual), labelled),
    })
    process.stderr.write(`${entry.dataset}/${entry.name}: ${labelled.length} labelled events\n`)
  } catch (error) {
    process.stderr.write(`${entry.dataset}/${entry.name}: ${error.message}\n`)
  }
}
const middle = all => all.sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN
const rowOf = (name, rows) => {
  const [placed, joined] = ['placed', 'joined'].map(key => rows.flatMap(row => row[key]))
  const labels = rows.reduce((sum, row) => sum + row.labels, 0)
  return [name, `${placed.length} of ${labels}`, middle(placed), middle(joined)]
}
const sets = [...new Set(found.map(({ set }) => set))].sort()
process.stdout.write(
  table(
    ['set', 'labelled events found', 'median distance of start, samples', 'of flags joined'],
    [
      ...sets.map(set =>
        rowOf(
          set,
          found.filter(row => row.set === set),
        ),
      ),
      rowOf('all', found),
    ],
  ),
)
