import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createError } from '../../core/errors.js'
import { similarName } from '../../core/nearest.js'
import { writeFileAtomic } from '../../files/index.js'
import type { PushResult, Stream } from '../contract/index.js'
import { type StreamPlan, streamPlan } from './plan.js'
import type { Pushable } from './push-source.js'
import { type RunningStream, type StreamContext, type StreamDrifts, startStream } from './running-stream.js'

/** The streams of a server: those of its file, and those that were made over the API, which it remembers. */
export interface Streams {
  list(): readonly Stream[]
  /** Errors: `name-unknown`. */
  get(name: string): Stream
  /** What drifts of a device, as its stream knew last; nothing where it did not start. */
  driftsOf(name: string, device: string): StreamDrifts
  /** Makes a stream and starts it. Errors: `name-taken`, `model-unknown`. */
  create(plan: StreamPlan): Promise<Stream>
  /** Errors: `name-unknown`, `model-unknown`. */
  start(name: string): Promise<Stream>
  stop(name: string): Promise<Stream>
  /** Stops a stream and forgets it; its events and samples stay. */
  remove(name: string): Promise<void>
  /** Errors: `name-unknown`, `state-conflict`, `server-busy`. */
  push(name: string, messages: Pushable): Promise<PushResult>
  close(): Promise<void>
}

const FILE = 'streams.json'

/** Starts all streams; one that cannot start is `failed`, and does not stop the others. */
export async function openStreams(context: StreamContext, declared: readonly StreamPlan[]): Promise<Streams> {
  const path = join(context.folder, FILE)
  const plans = new Map<string, StreamPlan>()
  const running = new Map<string, RunningStream>()
  const failures = new Map<string, string>()
  const own = new Set<string>()

  for (const plan of await readOwn(path)) {
    plans.set(plan.name, plan)
    own.add(plan.name)
  }
  for (const plan of declared) {
    plans.set(plan.name, plan)
    own.delete(plan.name)
  }

  const planOf = (name: string): StreamPlan => {
    const plan = plans.get(name)
    if (plan) return plan
    throw createError('name-unknown', {
      what: 'stream',
      name,
      nearest: similarName(name, [...plans.keys()]),
    })
  }
  const write = () =>
    writeFileAtomic(path, [
      JSON.stringify(
        [...plans.values()].filter(({ name }) => own.has(name)),
        null,
        2,
      ),
    ])

  async function start(plan: StreamPlan): Promise<void> {
    const now = running.get(plan.name)
    if (now?.describe().state === 'running') return
    failures.delete(plan.name)
    running.set(plan.name, await startStream(plan, context))
  }

  function describe(plan: StreamPlan): Stream {
    const now = running.get(plan.name)?.describe()
    if (now) return now
    const error = failures.get(plan.name) ?? null
    return {
      name: plan.name,
      model: plan.model,
      warning: null,
      source: plan.source,
      state: error === null ? 'stopped' : 'failed',
      error,
      devices: 0,
      received: 0,
      taken: 0,
      refused: {},
      samples: 0,
      scored: 0,
      unscored: {},
      badReadings: 0,
      events: 0,
      newestMs: null,
    }
  }

  const streams: Streams = {
    list: () => [...plans.values()].map(describe),
    get: name => describe(planOf(name)),
    driftsOf: (name, device) => running.get(name)?.driftsOf(device) ?? { watchesDrift: false, drifts: [] },
    async create(plan) {
      if (plans.has(plan.name)) throw createError('name-taken', { what: 'stream', name: plan.name })
      await start(plan)
      plans.set(plan.name, plan)
      own.add(plan.name)
      await write()
      return describe(plan)
    },
    async start(name) {
      const plan = planOf(name)
      await start(plan)
      return describe(plan)
    },
    async stop(name) {
      const plan = planOf(name)
      await running.get(name)?.stop()
      return describe(plan)
    },
    async remove(name) {
      planOf(name)
      await running.get(name)?.stop()
      running.delete(name)
      plans.delete(name)
      own.delete(name)
      await write()
      await rm(join(context.folder, name), { recursive: true, force: true })
    },
    async push(name, messages) {
      const plan = planOf(name)
      const stream = running.get(name)
      if (stream) return stream.push(messages)
      throw createError('state-conflict', {
        what: `the stream ${plan.name}`,
        got: describe(plan).state,
        wanted: 'it running',
      })
    },
    async close() {
      await Promise.all(Array.from(running.values(), stream => stream.stop()))
    },
  }
  for (const plan of plans.values())
    await start(plan).catch(error => void failures.set(plan.name, (error as Error).message))
  return streams
}

async function readOwn(path: string): Promise<readonly StreamPlan[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]')
  try {
    return streamPlan.array().parse(JSON.parse(text))
  } catch (error) {
    throw createError(
      'artefact-damaged',
      { path, file: FILE, reason: (error as Error).message.slice(0, 200) },
      error,
    )
  }
}
