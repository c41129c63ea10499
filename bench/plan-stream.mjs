// Compares `telltale plan --devices` with a real stream at the planned rate: cores, memory and bytes that are written.
// Usage: node bench/plan-stream.mjs [devices] [channels] [seconds]; Linux only, because it reads /proc.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generatePlant, saveModel, trainModel } from '../dist/doors/index.js'
import { readArguments } from '../scripts/arguments.mjs'

const PROGRAM = join(import.meta.dirname, '../dist/bin/telltale.js')
const [devices = 4000, channels = 12, seconds = 150] = readArguments(import.meta, {}, [0, 3]).positionals.map(
  Number,
)
const WARM_SECONDS = 30
/** Samples of a device that are sent as fast as possible: what it keeps of the last ones is full then. */
const FULL_ROUNDS = 400
const folder = mkdtempSync(join(tmpdir(), 'telltale-plan-'))
const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

function usage(pid) {
  const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  const [, rss] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  const [, written] = /wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))
  return {
    cpu: (Number(ticks[11]) + Number(ticks[12])) / 100,
    rss: Number(rss) * 1024,
    written: Number(written),
    at: performance.now() / 1000,
  }
}

/** @param normal what the devices repeat, each from a row of its own */
async function run(normal) {
  const names = normal.channels
  const rows = normal.timeMs.length
  const child = spawn(
    process.execPath,
    [
      PROGRAM,
      'stream',
      '--model',
      join(folder, 'model'),
      '--map',
      'time=time,device=device',
      '--time-unit',
      'ms',
    ].concat(['--state', join(folder, 'state'), '--events', join(folder, 'e.jsonl')]),
    { stdio: ['pipe', 'ignore', 'inherit'] },
  )
  const startMs = Date.now() - 1000 * FULL_ROUNDS
  const samples = []
  let from
  let at = 0
  let began
  const send = async () => {
    for (let d = 0; d < devices; d += 100) {
      const lines = Array.from({ length: Math.min(100, devices - d) }, (_, k) => {
        const row = (at + 31 * (d + k)) % rows
        const values = names.map((name, c) => `"${name}":${normal.values[row * names.length + c].toFixed(4)}`)
        return `{"time":${startMs + 1000 * at},"device":"device-${d + k}",${values.join()}}\n`
      })
      if (!child.stdin.write(lines.join(''))) await once(child.stdin, 'drain')
    }
    at++
  }
  while (at < FULL_ROUNDS) await send()
  began = performance.now()
  for (let second = 0; second < seconds; second++) {
    await send()
    await wait(Math.max(0, began + 1000 * (second + 1) - performance.now()))
    const now = usage(child.pid)
    if (second === WARM_SECONDS) from = now
    samples.push(now)
  }
  const last = samples.at(-1)
  const elapsed = last.at - from.at
  child.kill('SIGKILL')
  return {
    cores: (last.cpu - from.cpu) / elapsed,
    memoryBytes:
      samples.slice(WARM_SECONDS).reduce((sum, { rss }) => sum + rss, 0) / (samples.length - WARM_SECONDS),
    diskWriteBytesPerSecond: (last.written - from.written) / elapsed,
  }
}

try {
  const { train } = generatePlant({ rows: 5000, channels, cadenceSeconds: 1, seed: 1 })
  await saveModel(await trainModel(train, {}), join(folder, 'model'))
  const args = [
    'plan',
    '--devices',
    String(devices),
    '--model',
    join(folder, 'model'),
    '--rate',
    '1Hz',
    '--format',
    'json',
  ]
  const plan = JSON.parse(execFileSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' }))
  const real = await run(train)
  for (const [key, measured] of Object.entries(real)) {
    const off = (100 * (plan[key] - measured)) / measured
    console.log(
      `${key}: planned ${plan[key].toPrecision(3)}, measured ${measured.toPrecision(3)} (${off.toFixed(0)} %)`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
