import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createError } from '../core/errors.js'
import { DRIFT_VERDICTS } from '../drift/index.js'
import { anomalyId, type CloudEvent, type DriftData, type Sink } from '../emit/index.js'
import { isAlive } from '../files/index.js'
import type { OpenNews, StreamCounts } from '../live/index.js'

const count = () => z.number().int().min(0)
const tally = () => z.record(z.string().max(200), count())

const openEvent = z.object({
  id: z.string().max(10_000),
  device: z.string().max(10_000),
  start: z.union([z.string().max(100), z.number()]),
  score: z.number(),
  severity: z.number(),
  acknowledged: z.boolean().default(false),
})
const openDrift = z.object({
  device: z.string().max(10_000),
  signal: z.string().max(10_000),
  since: z.union([z.string().max(100), z.number()]),
  last: z.union([z.string().max(100), z.number()]),
  before: z.number(),
  after: z.number(),
  verdict: z.enum(DRIFT_VERDICTS),
  reason: z.string().max(100_000),
})
const MOST_OPEN = 1000

/** What a stream says of itself; `status.json` in its state folder, and `/status` of its health port. */
const statusSchema = z.object({
  format: z.literal('telltale-stream-status'),
  version: z.literal(1),
  state: z.enum(['running', 'stopped', 'failed']),
  error: z.string().optional(),
  pid: count(),
  host: z.string().max(1000),
  startedAt: z.iso.datetime(),
  /** When it was written. */
  at: z.iso.datetime(),
  source: z.string().max(10_000),
  model: z.string().max(10_000),
  health: z.string().max(1000).optional(),
  /** Messages that wait to be taken. */
  waiting: count(),
  counts: z.object({
    received: count(),
    taken: count(),
    refused: tally(),
    badReadings: count(),
    samples: count(),
    scored: count(),
    unscored: tally(),
    events: count(),
    /** Drifts that opened. */
    drifts: count().default(0),
    devices: count(),
    silent: count(),
    newestMs: z.number().nullable(),
  }),
  /** Events that are open, the latest 1,000. */
  open: z.array(openEvent).default([]),
  /** Drifts that are open, the latest 1,000. */
  drifting: z.array(openDrift).default([]),
  sinks: z.array(
    z.object({ name: z.string().max(10_000), waiting: count(), lost: count(), heldBack: count().optional() }),
  ),
})
export type StreamStatus = z.output<typeof statusSchema>
/** With `killed`: it says that it runs, but its process is gone. */
export type SeenStatus = Omit<StreamStatus, 'state'> & { readonly state: StreamStatus['state'] | 'killed' }

const FILE = 'status.json'
const WRITE_MS = 1000
/** A long list of open events is written less often. */
const MOST_BYTES_PER_MS = 20

/** What a stream is, and where it keeps that. */
export interface StatusOptions {
  readonly source: string
  readonly model: string
  /** Absent: nothing is written. */
  readonly folder?: string | undefined
  readonly health?: string | undefined
  /** Ms since the epoch. */
  now(): number
}

/** Keeps the status of a running stream and writes it once a second, a large one as often as 20 kB a second allow. */
export function createStreamStatus({ folder, now, ...facts }: StatusOptions) {
  const started = new Date(now()).toISOString()
  let nextMs = Number.NEGATIVE_INFINITY
  let latest: Latest | undefined
  const current = (): StreamStatus | undefined =>
    latest && {
      format: 'telltale-stream-status',
      version: 1,
      state: 'running',
      pid: process.pid,
      host: hostname(),
      startedAt: started,
      at: new Date(now()).toISOString(),
      ...facts,
      waiting: latest.waiting,
      counts: latest.counts,
      open: (latest.open?.open() ?? []).slice(-MOST_OPEN).map(openOf),
      drifting: (latest.open?.drifts() ?? []).slice(-MOST_OPEN).map(driftOf),
      sinks: Array.from(latest.sinks, ([name, sink]) => ({ name, ...sink.counts() })),
    }
  const write = (status: StreamStatus | undefined) => {
    if (folder === undefined || status === undefined) return
    const text = `${JSON.stringify(status)}\n`
    nextMs = now() + Math.max(WRITE_MS, text.length / MOST_BYTES_PER_MS)
    try {
      writeFileSync(join(folder, `.${FILE}.new`), text)
      renameSync(join(folder, `.${FILE}.new`), join(folder, FILE))
    } catch {
      // What the stream does itself says what is wrong with the disk.
    }
  }
  return {
    update(next: Latest) {
      latest = next
      if (now() >= nextMs) write(current())
    },
    /** The stream has ended. @param error why, when it failed */
    end(error?: string) {
      const status = current()
      const state = error === undefined ? 'stopped' : 'failed'
      if (status) write({ ...status, state, ...(error !== undefined && { error }) })
    },
    current,
  }
}

/** What a stream has come to. */
interface Latest {
  readonly counts: StreamCounts
  readonly sinks: ReadonlyMap<string, Sink>
  readonly waiting: number
  readonly open?: OpenNews | undefined
}

function openOf({ id, subject, data }: CloudEvent): StreamStatus['open'][number] {
  const { start, score, severity, acknowledged } = data as Omit<StreamStatus['open'][number], 'id' | 'device'>
  return { id: anomalyId(id), device: subject, start, score, severity, acknowledged }
}

function driftOf({ subject, data }: CloudEvent): StreamStatus['drifting'][number] {
  const { signal, since, last, before, after, verdict, reason } = data as unknown as DriftData
  return { device: subject, signal, since, last, before, after, verdict, reason }
}

/** Reads the status in a state folder. @throws SourceError `status-missing` */
export function readStatus(folder: string): SeenStatus {
  try {
    const status = statusSchema.parse(JSON.parse(readFileSync(join(folder, FILE), 'utf8')))
    const isGone = status.state === 'running' && status.host === hostname() && !isAlive(status.pid)
    return isGone ? { ...status, state: 'killed' } : status
  } catch (error) {
    throw createError('status-missing', { place: folder, reason: whyNone(folder, error) }, error)
  }
}

function whyNone(folder: string, error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return `${FILE} is no status of a stream`
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== 'ENOENT') return message
  return existsSync(folder)
    ? `it holds no ${FILE}, which a stream writes with its first message`
    : 'it does not exist'
}

/** Asks a running stream. @param url of its health port @throws SourceError `status-missing` */
export async function askStatus(url: string, signal: AbortSignal): Promise<SeenStatus> {
  try {
    const response = await fetch(new URL('/status', url), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
    })
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    return statusSchema.parse(await response.json())
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string } }
    const reason =
      error instanceof z.ZodError ? 'its answer is no status of a stream' : (cause?.code ?? message)
    throw createError('status-missing', { place: url, reason }, error)
  }
}
