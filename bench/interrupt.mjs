// How long Ctrl-C takes: every command and detector, interrupted at several moments. `npm run bench:interrupt`
// Prints a row per run: exit code, milliseconds from the signal to the end, and whether an output was left behind.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DETECTOR_NAMES } from '../dist/pipeline/index.js'
import { readArguments } from '../scripts/arguments.mjs'

readArguments(import.meta)
const CLI = fileURLToPath(new URL('../dist/bin/telltale.js', import.meta.url))
const MOMENTS_MS = [100, 1000, 2000, 3000]
const WANTED_MS = 500

const folder = mkdtempSync(join(tmpdir(), 'telltale-interrupt-'))
const telltale = (...args) => spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: 'utf8' })
telltale('generate', '--out', 'plant', '--rows', '40000', '--channels', '8')
telltale('train', 'plant/train.csv', '--out', 'model', '--rows', ':8000')

const OUTPUTS = ['out', 'scores.csv', 'trials.jsonl']
const COMMANDS = [
  ...DETECTOR_NAMES.map(detector => ['train', 'plant/train.csv', '--out', 'out', '--detector', detector]),
  ['train', 'plant/train.csv', '--out', 'out', '--regimes', 'auto'],
  ['detect', 'plant/test.csv', '--model', 'model', '--scores', 'scores.csv'],
  ['detect', 'plant/test.csv', '--model', 'model', '--scores', 'scores.csv', '--chunk-rows', '2000'],
  ['evaluate', 'plant/test.csv', '--model', 'model', '--labels', 'label'],
  ['evaluate', 'plant/train.csv', '--model', 'model', '--no-labels'],
  ['backtest', 'plant/train.csv', '--retrain-every', '5000'],
  ['validate', 'plant/train.csv'],
  ['plan', 'plant/train.csv'],
  ['tune', 'plant/train.csv', '--out', 'trials.jsonl', '--minutes', '1'],
]

function interrupted(args, afterMs) {
  for (const output of OUTPUTS) rmSync(join(folder, output), { recursive: true, force: true })
  return new Promise(resolve => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: 'ignore' })
    let sentAt
    const timer = setTimeout(() => {
      sentAt = performance.now()
      child.kill('SIGINT')
    }, afterMs)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      // The journal of trials is kept on purpose: the next run continues from it.
      const left = OUTPUTS.filter(output => output !== 'trials.jsonl' && existsSync(join(folder, output)))
      // Ended by the signal itself, before the program could hear it: shells report 130 for that too.
      const status = signal === 'SIGINT' ? 130 : code
      resolve({ status, ms: sentAt === undefined ? undefined : performance.now() - sentAt, left })
    })
  })
}

const times = []
let faults = 0
for (const args of COMMANDS) {
  for (const afterMs of MOMENTS_MS) {
    const { status, ms, left } = await interrupted(args, afterMs)
    // Too quick to be interrupted.
    if (ms === undefined || (status === 0 && left.length === 0)) continue
    times.push(ms)
    const isRight = status === 130 && left.length === 0 && ms <= WANTED_MS
    if (!isRight) faults++
    console.log(
      `${isRight ? 'ok   ' : 'FAULT'} ${String(Math.round(ms)).padStart(5)} ms  exit ${status}  at ${afterMs} ms  ${args.join(' ')}${left.length > 0 ? `  left ${left}` : ''}`,
    )
  }
}
times.sort((a, b) => a - b)
console.log(
  `${times.length} interruptions, ${faults} faults; median ${Math.round(times[times.length >> 1])} ms, longest ${Math.round(times.at(-1))} ms; load ${loadavg()[0].toFixed(1)}`,
)
rmSync(folder, { recursive: true, force: true })
process.exitCode = faults > 0 ? 1 : 0
