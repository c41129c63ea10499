// A folder of labelled series: MANIFEST.json and one CSV (or CSV.gz) per series, `time, channels..., label`.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** The entries of the manifest, narrowed to what the protocol reads. */
export function readManifest(folder) {
  const { series } = JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8'))
  return series.map(entry => ({
    dataset: entry.dataset,
    name: entry.name,
    file: entry.file,
    rows: entry.rows,
    dims: entry.dims,
    trainRows: entry.train_rows,
    vusWindow: entry.vus_window,
    sampling: entry.sampling,
  }))
}

/** Half of the series on which settings are chosen, and half on which they are confirmed: by the name alone, whatever else the folder holds. */
export const HALVES = ['choosing', 'confirming']
export function halfOf({ dataset, name }) {
  return HALVES[createHash('sha256').update(`${dataset}/${name}`).digest()[0] % 2]
}

/** Values row by row `[rows * dims]`, labels and times `[rows]` (no times: undefined), and the usual step between samples (NaN when it is not a time). */
export function readSeries(folder, entry) {
  const bytes = readFileSync(join(folder, entry.file))
  const text = (entry.file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
  const lines = text.trimEnd().split('\n')
  const rows = lines.length - 1
  const dims = lines[0].split(',').length - 2
  if (rows !== entry.rows || dims !== entry.dims)
    throw new Error(
      `${entry.file} has ${rows} rows and ${dims} channels, the manifest says ${entry.rows} and ${entry.dims}`,
    )
  const values = new Float64Array(rows * dims)
  const labels = new Uint8Array(rows)
  const stamps = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const cells = lines[i + 1].split(',')
    stamps[i] = stampOf(cells[0])
    for (let c = 0; c < dims; c++) values[i * dims + c] = Number(cells[c + 1])
    labels[i] = Number(cells[dims + 1])
  }
  const timeMs = stamps.every((stamp, i) => i === 0 || stamp > stamps[i - 1]) ? stamps : undefined
  return { ...entry, values, labels, timeMs, stepMs: stepOf(stamps) || samplingMs(entry.sampling) }
}

/** ms since the epoch of `2020-02-08 18:10:42`; NaN for row numbers. */
function stampOf(text) {
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN
}

/** Median distance between stamps; NaN when they are row numbers. */
function stepOf(stamps) {
  const steps = stamps
    .subarray(1)
    .map((stamp, i) => stamp - stamps[i])
    .sort()
  return steps[steps.length >> 1]
}

const UNIT_MS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }

/** `5 min typical` -> 300000, `64 Hz` -> 15.625; NaN for what is no time, such as flight cycles. */
function samplingMs(text = '') {
  const [, number, unit] = /^([\d.]+) (ms|s|min|h|Hz)\b/.exec(text) ?? []
  return unit === 'Hz' ? 1000 / Number(number) : Number(number) * UNIT_MS[unit]
}
