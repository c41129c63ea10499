import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { createError } from '../../core/errors.js'
import { temporaryPath } from '../../files/index.js'
import { PROGRAM_FILE } from '../program-file.js'
import { sizeOf } from './size-of.js'

/** What a stream of some devices took. */
export interface Probe {
  readonly devices: number
  readonly residentBytes: number
  /** Processor time of one message, s. */
  readonly messageSeconds: number
  /** Of a checkpoint, s. */
  readonly checkpointSeconds: number
  /** Of the states on the disk. */
  readonly stateBytes: number
}

export interface ProbeTask {
  /** Folder of the model. */
  readonly model: string
  readonly devices: number
  readonly signal: AbortSignal
  /** The message of a device in a round. */
  message(device: number, round: number): string
}

/** Rounds of messages: for the compiler to do its work, as fast as possible, and with checkpoints between them. */
const ROUNDS = { warm: 5, fast: 20, slow: 3 }
const CHECKPOINT_MS = 2000
const POLL_MS = 100

/** Runs `telltale stream` with messages of some devices, and reads what it took from its metrics. @throws SourceError `probe-failed` */
export async function probeStream(task: ProbeTask): Promise<Probe> {
  const folder = await temporaryPath()
  await mkdir(folder, 0o700)
  const state = join(folder, 'state')
  const child = spawn(
    process.execPath,
    [
      ...[PROGRAM_FILE, 'stream', '--no-config', '--model', task.model, '--map', 'time=time,device=device'],
      ...['--state', state, '--events', join(folder, 'events.jsonl'), '--health-port', '0'],
      ...['--checkpoint-every', `${CHECKPOINT_MS}ms`, '--time-unit', 'ms', '--max-ahead', '10000d'],
    ],
    { stdio: ['pipe', 'ignore', 'pipe'], signal: task.signal },
  )
  child.on('error', () => {})
  const exited = once(child, 'close')
  try {
    return await measure(child, task, state)
  } finally {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(child: ChildProcess, task: ProbeTask, state: string): Promise<Probe> {
  const { devices } = task
  const url = await addressOf(child)
  let sent = 0
  let round = 0
  const send = async (rounds: number) => {
    for (const end = round + rounds; round < end; round++)
      for (let d = 0; d < devices; d += TOGETHER) {
        const count = Math.min(TOGETHER, devices - d)
        const lines = Array.from({ length: count }, (_, k) => `${task.message(d + k, round)}\n`)
        sent += count
        if (!child.stdin!.write(lines.join(''))) await once(child.stdin!, 'drain')
      }
    return taken(url, child, sent)
  }
  const start = await send(ROUNDS.warm)
  const fast = await send(ROUNDS.fast)
  let slow = fast
  for (let k = 0; k < ROUNDS.slow; k++) {
    const { saves } = slow
    slow = await send(1)
    while (slow.saves === saves) slow = await pollAgain(url, child)
  }
  const costs = costsOf([difference(start, fast), difference(fast, slow)])
  return {
    devices,
    residentBytes: slow.residentBytes,
    stateBytes: await sizeOf(join(state, 'devices')),
    ...costs,
  }
}

/** Messages that are written together. */
const TOGETHER = 100

interface Reading {
  readonly received: number
  readonly cpuSeconds: number
  readonly saves: number
  readonly residentBytes: number
}
type Difference = Pick<Reading, 'received' | 'cpuSeconds' | 'saves'>

const difference = (from: Reading, to: Reading): Difference => ({
  received: to.received - from.received,
  cpuSeconds: to.cpuSeconds - from.cpuSeconds,
  saves: to.saves - from.saves,
})

/**
 * The costs of a message and of a checkpoint that explain the processor time of two phases.
 *
 * @example
 * import { costsOf } from './probe.js'
 * costsOf([{ received: 100, saves: 1, cpuSeconds: 12 }, { received: 10, saves: 3, cpuSeconds: 7 }]) // => { messageSeconds: 0.1, checkpointSeconds: 2 }
 */
export function costsOf([a, b]: readonly [Difference, Difference]) {
  const determinant = a.received * b.saves - b.received * a.saves
  const checkpointSeconds = Math.max(0, (a.received * b.cpuSeconds - b.received * a.cpuSeconds) / determinant)
  const messageSeconds = (a.cpuSeconds - a.saves * checkpointSeconds) / a.received
  return { messageSeconds, checkpointSeconds }
}

/** Waits until the stream has taken this many messages. */
async function taken(url: string, child: ChildProcess, messages: number): Promise<Reading> {
  for (;;) {
    const reading = await pollAgain(url, child)
    if (reading.received >= messages) return reading
  }
}

async function pollAgain(url: string, child: ChildProcess): Promise<Reading> {
  await wait(POLL_MS)
  if (child.exitCode !== null)
    throw createError('probe-failed', { reason: `it ended with code ${child.exitCode}` })
  const text = await (await fetch(`${url}/metrics`)).text()
  const value = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
  return {
    received: value('telltale_samples_received_total'),
    cpuSeconds: value('process_cpu_seconds_total'),
    saves: Number(/^telltale_stage_duration_seconds_count\{stage="save"\} (\S+)$/m.exec(text)?.[1] ?? 0),
    residentBytes: value('process_resident_memory_bytes'),
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let last = ''
  for await (const line of createInterface({ input: child.stderr! })) {
    const [, url] = /^health and metrics: (\S+)$/.exec(line) ?? []
    if (url !== undefined) {
      child.stderr!.resume()
      return url
    }
    last = line
  }
  throw createError('probe-failed', { reason: last })
}
