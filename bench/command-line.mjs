// The whole way from a CSV file to flags, each program from a cold start: wall time and peak memory.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment, python, reasonIn } from './engines.mjs'
import { PROBLEMS, series } from './problems.mjs'

const here = path => fileURLToPath(new URL(path, import.meta.url))
const EPOCHS = 5
const ROW_MS = 1000

/** Runs both programs on `rows` x 3 channels. `say` is told what runs. */
export async function measureCommandLine(rows, { withPeers, say }) {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
  try {
    const file = join(folder, 'history.csv')
    writeFileSync(file, csv(rows))
    const cli = (...args) => [process.execPath, [here('../dist/bin/telltale.js'), ...args]]
    const model = join(folder, 'model')
    const results = []

    say('telltale train and detect')
    const train = await run(...cli('train', file, '--out', model, '--epochs', `${EPOCHS}`, '--patience', '0'))
    const scores = join(folder, 'scores.csv')
    const detect = train.error
      ? train
      : await run(...cli('detect', file, '--model', model, '--scores', scores))
    results.push(together('telltale', [train, detect]))

    if (withPeers) {
      if (python() === undefined) results.push({ name: 'Keras', error: 'not installed' })
      else {
        say('Keras script')
        const script = [
          here('peers/keras_cli_peer.py'),
          file,
          join(folder, 'keras.csv'),
          '--epochs',
          `${EPOCHS}`,
        ]
        results.push(together('Keras', [await run(python(), script)]))
      }
    }
    return { rows, epochs: EPOCHS, results }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function csv(rows) {
  const { steps, channels } = PROBLEMS.P1
  const values = series({ steps, channels, windows: rows - steps + 1 })
  const lines = ['time,a,b,c']
  for (let i = 0; i < rows; i++) {
    const time = new Date(Date.UTC(2024, 0, 1) + i * ROW_MS).toISOString()
    lines.push(`${time},${[...values.subarray(i * 3, i * 3 + 3)].map(v => v.toFixed(5)).join(',')}`)
  }
  return `${lines.join('\n')}\n`
}

/** Seconds of all steps together, memory of the largest. */
function together(name, steps) {
  const failed = steps.find(step => step.error)
  if (failed) return { name, error: failed.error }
  return {
    name,
    seconds: steps.reduce((sum, step) => sum + step.seconds, 0),
    peakBytes: Math.max(...steps.map(step => step.peakBytes)),
    steps,
  }
}

function run(command, args) {
  const start = performance.now()
  const child = spawn(command, args, { env: cleanEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = (complaint + chunk).slice(-2000)
  })
  // VmHWM only grows, so reading it now and then misses at most what is taken in the last moments.
  let peakBytes = Number.NaN
  const timer = setInterval(() => {
    const peak = peakOf(child.pid)
    if (peak !== undefined) peakBytes = peak
  }, 20)
  return new Promise(resolve => {
    child.on('error', error => resolve({ error: String(error) }))
    child.on('close', code => {
      clearInterval(timer)
      const seconds = (performance.now() - start) / 1000
      resolve(code === 0 ? { seconds, peakBytes } : { error: reasonIn(complaint) || `exit code ${code}` })
    })
  })
}

/** High-water mark of the resident memory in bytes (Linux only). */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
  } catch {
    return undefined
  }
}
