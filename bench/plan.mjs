// What `telltale plan` says beside what is then measured: `npm run bench:plan [-- --rows 100000 --channels 3 --window 30 --epochs 2]`.
// Times are those of the work itself, from its own progress lines; memory is the peak of the whole process (Linux). Beside them stand the time of the
// processor of each command and the load average: a plan that was made while the machine did other work tells what such a machine can do.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from '../scripts/arguments.mjs'
import { writeTable } from './tables.mjs'

const MAIN = fileURLToPath(new URL('../dist/bin/telltale.js', import.meta.url))
const options = {
  rows: { type: 'string', default: '100000' },
  channels: { type: 'string', default: '3' },
  window: { type: 'string', default: '30' },
  epochs: { type: 'string', default: '2' },
}
const { rows, channels, window, epochs } = readArguments(import.meta, options).values

/** Clock ticks of /proc per second. */
const TICKS = 100
const spent = []

/** Runs a command; its output, when it began and ended to work, and the peak of its memory. */
function run(...args) {
  const child = spawn(process.execPath, [MAIN, ...args, '--progress', 'json'])
  const out = { stdout: '', stderr: '', peakBytes: 0, cpuSeconds: 0 }
  const started = performance.now()
  child.stdout.on('data', data => (out.stdout += data))
  child.stderr.on('data', data => (out.stderr += data))
  const peek = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      const [utime, stime] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .split(') ')[1]
        .split(' ')
        .slice(11, 13)
      out.cpuSeconds = (Number(utime) + Number(stime)) / TICKS
      out.peakBytes = Math.max(out.peakBytes, 1024 * Number(status.match(/VmHWM:\s+(\d+)/)?.[1] ?? 0))
    } catch {} // it ended meanwhile
  }, 20)
  return new Promise((resolve, reject) =>
    child.on('close', code => {
      clearInterval(peek)
      const seconds = (performance.now() - started) / 1000
      const load = loadavg()[0].toFixed(1)
      spent.push(
        `${args[0].padEnd(8)} ${seconds.toFixed(1)} s, ${out.cpuSeconds.toFixed(1)} s of processor, load average ${load}`,
      )
      if (code === 0) resolve({ ...out, progress: progressOf(out.stderr) })
      else reject(new Error(out.stderr))
    }),
  )
}

const progressOf = text =>
  text
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))

const folder = mkdtempSync(join(tmpdir(), 'telltale-plan-'))
try {
  const file = join(folder, 'history.csv')
  const model = join(folder, 'model')
  writeTable(file, Number(rows), Number(channels))
  const print = (what, planned, measured, unit) =>
    console.log(
      `${what.padEnd(22)} ${`${planned.toFixed(1)} ${unit}`.padStart(12)} ${`${measured.toFixed(1)} ${unit}`.padStart(12)} ${`${(100 * (planned / measured - 1)).toFixed(0)} %`.padStart(8)}`,
    )
  console.log(`${rows} x ${channels}, window ${window}, ${epochs} epochs\n`)
  console.log(`${''.padEnd(22)} ${'planned'.padStart(12)} ${'measured'.padStart(12)} ${'off by'.padStart(8)}`)

  const work = ['--detector', 'autoencoder', '--window', window, '--epochs', epochs, '--patience', '0']
  const training = JSON.parse((await run('plan', file, ...work, '--format', 'json')).stdout)
  const trained = await run('train', file, ...work, '--out', model)
  const ends = trained.progress.filter(({ event }) => event === 'epoch').map(({ elapsedMs }) => elapsedMs)
  const epochSeconds = (ends.at(-1) - ends[0]) / 1000 / (ends.length - 1)
  print('one epoch', training.seconds.epoch, epochSeconds, 's')
  print('memory of train', training.peakBytes / 1e6, trained.peakBytes / 1e6, 'MB')

  const scoring = JSON.parse((await run('plan', file, '--model', model, '--format', 'json')).stdout)
  const scored = await run('detect', file, '--model', model)
  const scores = scored.progress.filter(({ event }) => event === 'score')
  print('scoring', scoring.seconds.total, secondsBetween(scores), 's')
  print('memory of detect', scoring.peakBytes / 1e6, scored.peakBytes / 1e6, 'MB')
  console.log(`\n${spent.join('\n')}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Of all samples, from the speed between the first and the last line of progress. */
function secondsBetween(scores) {
  const [first, last] = [scores[0], scores.at(-1)]
  return ((last.elapsedMs - first.elapsedMs) / 1000 / (last.done - first.done)) * last.total
}
