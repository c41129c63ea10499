// npm run bench:quality -- --data DIR [--detectors a,b] [--causal] [--seed N] [--only SET,SET/NAME] [--out F] [--fresh] [--processes N]
// Runs detectors over a folder of labelled series; rows go to F (one JSON per line), the summary to standard output.
import { fork } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DETECTORS } from './detectors.mjs'
import { readManifest } from './series.mjs'
import { summary } from './summary.mjs'

const { values: given } = parseArgs({
  options: {
    data: { type: 'string' },
    detectors: { type: 'string', default: Object.keys(DETECTORS).join(',') },
    causal: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    out: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
})
const say = text => process.stderr.write(`${text}\n`)
const stop = text => {
  say(text)
  process.exit(2)
}

if (given.data === undefined) stop('--data DIR is needed: a folder with a MANIFEST.json')
const folder = resolve(given.data)
const detectors = given.detectors.split(',')
const unknown = detectors.filter(name => !(name in DETECTORS))
if (unknown.length > 0)
  stop(`unknown detector ${unknown.join(', ')}; known are ${Object.keys(DETECTORS).join(', ')}`)
const only = given.only?.split(',')
const options = { causal: given.causal, seed: Number(given.seed) }
const series = readManifest(folder).filter(
  ({ dataset, name }) => !only || only.includes(dataset) || only.includes(`${dataset}/${name}`),
)

const keyOf = ({ dataset, name, detector, causal, seed }) => [dataset, name, detector, causal, seed].join('|')
const rows = new Map()
if (given.out !== undefined) {
  mkdirSync(dirname(resolve(given.out)), { recursive: true })
  if (given.fresh) rmSync(given.out, { force: true })
  if (existsSync(given.out)) for (const row of readRows(given.out)) rows.set(keyOf(row), row)
}

/** The rows kept by an earlier run; a line cut short by its end is left out. */
function readRows(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap(line => {
      try {
        return [JSON.parse(line)]
      } catch {
        return []
      }
    })
}

// The longest series first, so that no process is left alone with one at the end.
const jobs = series
  .map(entry => ({
    entry,
    detectors: detectors.filter(detector => !rows.has(keyOf({ ...entry, detector, ...options }))),
  }))
  .filter(job => job.detectors.length > 0)
  .sort((a, b) => b.entry.rows * b.entry.dims - a.entry.rows * a.entry.dims)
const total = jobs.reduce((sum, job) => sum + job.detectors.length, 0)
const failures = []
let finished = 0
say(`${total} rows to compute, ${rows.size} kept from before`)

function work() {
  return new Promise((fulfil, reject) => {
    const child = fork(new URL('worker.mjs', import.meta.url), { execArgv: ['--expose-gc'] })
    child.on('error', reject)
    child.on('exit', code => (code ? reject(new Error(`a process ended with ${code}`)) : fulfil()))
    child.on('message', ({ row, failure, done }) => {
      if (done) {
        const job = jobs.shift()
        if (job) child.send({ folder, options, ...job })
        else child.disconnect()
        return
      }
      if (failure) failures.push(failure)
      else {
        rows.set(keyOf(row), row)
        if (given.out !== undefined) appendFileSync(given.out, `${JSON.stringify(row)}\n`)
      }
      const { dataset, name, detector } = row ?? failure
      say(
        `${++finished}/${total} ${dataset}/${name} ${detector} ${failure ? 'FAILED' : `${row.seconds.toFixed(2)} s`}`,
      )
    })
  })
}

await Promise.all(Array.from({ length: Math.min(Number(given.processes), jobs.length) }, work))

// In the order of the manifest, whatever process was faster.
const ordered = [...rows.values()]
const place = new Map(readManifest(folder).map(({ dataset, name }, i) => [`${dataset}/${name}`, i]))
ordered.sort(
  (a, b) =>
    place.get(`${a.dataset}/${a.name}`) - place.get(`${b.dataset}/${b.name}`) ||
    keyOf(a).localeCompare(keyOf(b)),
)
if (given.out !== undefined) writeFileSync(given.out, ordered.map(row => `${JSON.stringify(row)}\n`).join(''))
const asked = ordered.filter(
  row => row.causal === options.causal && row.seed === options.seed && detectors.includes(row.detector),
)
process.stdout.write(summary(asked, detectors))
for (const { dataset, name, detector, error } of failures) say(`${dataset}/${name} ${detector}: ${error}`)
if (failures.length > 0) process.exitCode = 1
