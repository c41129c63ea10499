// npm run bench:quality -- --data DIR [--detectors a,b] [--causal] [--out F] ...   (README.md beside this file lists all options)
// Runs detectors over a folder of labelled series; rows go to F, the summary to standard output, progress to standard error.
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { readArguments } from '../../scripts/arguments.mjs'
import { BASELINES, DETECTORS, USUAL } from './detectors.mjs'
import { falseAlarmSummary } from './false-alarms.mjs'
import { PROTOCOLS } from './protocol.mjs'
import { keyOf, openRows } from './rows.mjs'
import { scoreFileDetectors } from './score-files.mjs'
import { HALVES, halfOf, readManifest } from './series.mjs'
import { skabSummary } from './skab.mjs'
import { summary } from './summary.mjs'

const say = text => process.stderr.write(`${text}\n`)
const stop = text => {
  say(text)
  process.exit(2)
}

const { values: given } = readArguments(import.meta, {
  data: { type: 'string' },
  detectors: { type: 'string' },
  scores: { type: 'string' },
  protocol: { type: 'string', default: 'standard' },
  causal: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  'event-length': { type: 'string' },
  only: { type: 'string' },
  half: { type: 'string' },
  every: { type: 'string', default: '1' },
  against: { type: 'string' },
  out: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  processes: { type: 'string', default: String(availableParallelism()) },
})
if (given.data === undefined) stop('--data DIR is needed: a folder with a MANIFEST.json')
if (!Object.hasOwn(PROTOCOLS, given.protocol))
  stop(`unknown protocol ${given.protocol}; known are ${Object.keys(PROTOCOLS).join(', ')}`)
for (const name of ['seed', 'processes', 'every', 'event-length'])
  if (given[name] !== undefined && !/^[1-9]\d*$/.test(given[name]))
    stop(`--${name} is ${given[name]}, wanted a positive whole number`)
if (given.half !== undefined && !HALVES.includes(given.half))
  stop(`--half is ${given.half}, wanted ${HALVES.join(' or ')}`)
if (given.scores !== undefined && !existsSync(given.scores)) stop(`--scores ${given.scores} is no folder`)
const scores = given.scores && resolve(given.scores)
const fromFiles = Object.keys(scoreFileDetectors(scores))
const known = [...Object.keys(DETECTORS), ...fromFiles]
const detectors = given.detectors?.split(',') ?? [...USUAL, ...fromFiles]
const unknown = detectors.filter(name => !known.includes(name))
if (unknown.length > 0) stop(`unknown detector ${unknown.join(', ')}; known are ${known.join(', ')}`)

const folder = resolve(given.data)
const { protocol } = given
const options = {
  protocol,
  causal: given.causal || PROTOCOLS[protocol].causal,
  seed: Number(given.seed),
  eventLength: given['event-length'] && Number(given['event-length']),
  scores,
}
const manifest = readManifest(folder)
const only = given.only?.split(',')
// A series that is all training part has nothing to evaluate.
const isWanted = entry => given.half === undefined || halfOf(entry) === given.half
const evaluated = manifest.filter(
  entry => entry.trainRows < entry.rows && PROTOCOLS[protocol].takes(entry) && isWanted(entry),
)
const places = new Map()
const series = evaluated.filter(entry => {
  const place = places.get(entry.dataset) ?? 0
  places.set(entry.dataset, place + 1)
  return (
    place % Number(given.every) === 0 &&
    (!only || only.includes(entry.dataset) || only.includes(`${entry.dataset}/${entry.name}`))
  )
})
if (series.length === 0) stop(`${given.data} holds no series for this choice`)

const rows = openRows(given.out, given.fresh)
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

/** One process that takes jobs until none is left. */
function work() {
  return new Promise((fulfil, reject) => {
    const child = fork(new URL('worker.mjs', import.meta.url), { execArgv: ['--expose-gc'] })
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      code === 0
        ? fulfil()
        : reject(new Error(`a process ended with ${signal ?? code}; the rows so far are kept`)),
    )
    child.on('message', ({ row, failure, done }) => {
      if (done) {
        const job = jobs.shift()
        if (job) child.send({ folder, options, ...job })
        else child.disconnect()
        return
      }
      if (row) rows.add(row)
      else failures.push(failure)
      const { dataset, name, detector } = row ?? failure
      const outcome = row ? `${row.seconds.toFixed(2)} s` : 'FAILED'
      say(`${++finished}/${total} ${dataset}/${name} ${detector} ${outcome}`)
    })
  })
}
await Promise.all(Array.from({ length: Math.min(Number(given.processes), jobs.length) }, work))

const chosen = new Set(
  series.flatMap(entry => detectors.map(detector => keyOf({ ...entry, detector, ...options }))),
)
const asked = rows.finish(manifest).filter(row => chosen.has(keyOf(row)))
const against = given.against === undefined ? BASELINES : [given.against]
const summaries = { standard: summary, skab: skabSummary, 'false-alarms': falseAlarmSummary }
process.stdout.write(summaries[protocol](asked, detectors, against))
for (const { dataset, name, detector, error } of failures) say(`${dataset}/${name} ${detector}: ${error}`)
if (failures.length > 0) process.exitCode = 1
