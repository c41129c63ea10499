// What the measurements of `telltale stream` share: a model, messages, and the program.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { saveModel, trainModel } from '../dist/doors/index.js'

const PROGRAM = join(import.meta.dirname, '../dist/bin/telltale.js')
/** Removed by who measures. */
export const folder = mkdtempSync(join(tmpdir(), 'telltale-stream-'))

let seed = 7
const noise = () => {
  seed = (seed * 1664525 + 1013904223) % 4294967296
  return seed / 4294967296 - 0.5
}
const reading = (i, c) => Math.sin(i / 15 + c) + 0.3 * noise()
const namesOf = channels => Array.from({ length: channels }, (_, c) => `c${c}`)

/** Trains a model of so many channels and gives its folder. */
export async function train(name, channels, settings = {}, n = 5000, cadenceMs = 1000) {
  const values = Float64Array.from({ length: channels * n }, (_, at) =>
    reading(Math.floor(at / channels), at % channels),
  )
  const timeMs = Float64Array.from({ length: n }, (_, i) => cadenceMs * i)
  const frame = { timeMs, timeKind: 'utc', values, channels: namesOf(channels) }
  const model = await trainModel(frame, { workers: 1, ...settings })
  const path = join(folder, name)
  await saveModel({ ...model, info: { ...model.info, timeColumn: 'time' } }, path)
  return path
}

/** Message `i` of a device. */
export const line = (i, channels, more = {}) =>
  JSON.stringify({
    time: 1.7e12 + 1000 * i,
    ...more,
    ...Object.fromEntries(namesOf(channels).map((name, c) => [name, reading(i, c)])),
  })

export function start(model, args) {
  const command = [PROGRAM, 'stream', '--model', model, '--events', join(folder, 'e.jsonl'), ...args]
  const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.on('exit', code => code && console.error(`exit code ${code}`))
  return child
}

/** Processor seconds of a program so far (Linux): with them a figure of a core does not depend on what else the machine does. */
export function processorSeconds({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
