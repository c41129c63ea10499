import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createError } from '../../core/errors.js'
import { makeFolder, writeFileAtomic } from '../../files/index.js'
import { durationMs } from '../../ingest/index.js'
import { openStateFolder, runStream, type StreamCounts } from '../../live/index.js'
import { createDecoder, openMqtt, parseMapping, type Source } from '../../sources/index.js'
import type { PushResult, Stream } from '../contract/index.js'
import type { Keep } from '../keep/keep.js'
import { keepSink, type SinkModel } from '../keep/stream-sink.js'
import type { Measures } from '../measures.js'
import type { ServedModel, ServedModels } from '../scoring/served-models.js'
import type { LiveBus } from './live-bus.js'
import type { StreamPlan } from './plan.js'
import { type PushSource, pushSource } from './push-source.js'

export interface StreamContext {
  readonly models: ServedModels
  readonly keep: Keep
  readonly live: LiveBus
  readonly measures: Measures
  /** Folder of the states of streams. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  now(): number
}

/** A stream from its start to its stop. */
export interface RunningStream {
  readonly done: Promise<void>
  push(payloads: readonly string[]): Promise<PushResult>
  describe(): Stream
  /** In order: what came is on the disk when it resolves. */
  stop(): Promise<void>
}

const CHECKPOINT_MS = 30_000
const CAPACITY = 4096
const RESIDENT = 2000
const MOST_DEVICES = 100_000
const AHEAD_MS = 24 * 3_600_000

/** Starts a stream where it stopped last, unless its model is another one now: then its devices start from the beginning. Errors: `model-unknown`, `state-in-use`. */
export async function startStream(plan: StreamPlan, context: StreamContext): Promise<RunningStream> {
  const { models, now } = context
  const pinned = await pinModel(plan, context)
  const known = new Map<string, ServedModel>()
  const modelOf = async (device: string) => {
    const served = await models.get(pinned, device).catch(error => {
      if (error.code === 'artefact-missing') return undefined
      throw error
    })
    if (served) known.set(device, served)
    return served?.model
  }
  const sinkModel = (device: string): SinkModel => {
    const { name, model } = known.get(device) as ServedModel
    return { name, channels: model.info.channels, cadenceMs: model.info.schema?.cadenceMs ?? null }
  }
  const decode = createDecoder(parseMapping(plan.map, { time: 'time', device: 'device' }))
  const push = plan.source === 'push' ? pushSource(plan.name, decode) : undefined
  const abort = new AbortController()
  let counts: StreamCounts | undefined
  let error: unknown
  let isDone = false
  let replayed = () => {}
  const ready = new Promise<void>(resolve => {
    replayed = resolve
  })
  const store = await openStateFolder(stateFolder(plan, context))
  const done = runStream({
    modelOf,
    settings: { expected: true, alignment: 'causal' },
    sampling: samplingOf(plan),
    resident: RESIDENT,
    mostDevices: MOST_DEVICES,
    aheadMs: AHEAD_MS,
    ratePerSecond: Number.POSITIVE_INFINITY,
    store,
    openSource: async () => {
      replayed()
      return push ?? openBroker(plan, context, decode)
    },
    sinks: [keepSink(context, plan.name, sinkModel)],
    now,
    signal: abort.signal,
    checkpointMs: CHECKPOINT_MS,
    onProgress: now => {
      counts = now
    },
  })
    .then(final => void (counts = final))
    .catch(cause => {
      error = cause
      void push?.close()
    })
    .finally(() => {
      isDone = true
    })
  // What was acknowledged before a crash is worked off before anything is answered.
  await Promise.race([ready, done])
  return {
    done,
    push: payloads => pushTo(plan, push, payloads),
    describe: () => describe(plan, pinned, counts, error, isDone),
    async stop() {
      abort.abort()
      await done
    },
  }
}

function samplingOf({ join, wait, maxAge, silentAfter }: StreamPlan) {
  return {
    joinMs: join === undefined ? null : durationMs(join),
    waitMs: durationMs(wait),
    maxAgeMs: durationMs(maxAge),
    silentAfterMs: durationMs(silentAfter),
  }
}

function pushTo(
  plan: StreamPlan,
  push: PushSource | undefined,
  payloads: readonly string[],
): Promise<PushResult> {
  if (push) return push.push(payloads)
  const wanted = 'its source to be push'
  return Promise.reject(
    createError('state-conflict', { what: `the stream ${plan.name}`, got: `fed by ${plan.source}`, wanted }),
  )
}

const stateFolder = ({ name }: StreamPlan, { folder }: StreamContext) => join(folder, name)

/** The version that the stream uses: states of devices are of it, so they are removed when it is another one than at the last start. */
async function pinModel(plan: StreamPlan, context: StreamContext): Promise<string> {
  const { models } = context
  const folder = stateFolder(plan, context)
  const file = `${folder}.model`
  const version = await models.versionOf(plan.model)
  const pinned = `${version.name}@${version.number}`
  const before = await readFile(file, 'utf8').catch(() => undefined)
  if (before !== pinned) await rm(folder, { recursive: true, force: true })
  await makeFolder(folder)
  await writeFileAtomic(file, [pinned])
  return pinned
}

function openBroker(
  { name, source, topics, user }: StreamPlan,
  { env }: StreamContext,
  decode: ReturnType<typeof createDecoder>,
): Promise<Source> {
  if (topics === undefined) throw createError('option-missing', { name: `topics of the stream ${name}` })
  const connection = {
    url: source,
    clientId: `telltale-${name}`,
    username: user,
    password: env.TELLTALE_MQTT_PASSWORD,
    version: '5' as const,
  }
  return openMqtt({
    lines: 'ndjson',
    decode,
    onBad: () => {},
    capacity: CAPACITY,
    connection,
    topics,
    qos: 1,
  })
}

function describe(
  { name, source }: StreamPlan,
  model: string,
  counts: StreamCounts | undefined,
  error: unknown,
  isDone: boolean,
): Stream {
  return {
    name,
    model,
    source: source.replace(/\/\/[^@/]*@/, '//'),
    state: error !== undefined ? 'failed' : isDone ? 'stopped' : 'running',
    error: error === undefined ? null : (error as Error).message,
    devices: counts?.devices ?? 0,
    received: counts?.received ?? 0,
    taken: counts?.taken ?? 0,
    refused: counts?.refused ?? {},
    samples: counts?.samples ?? 0,
    events: counts?.events ?? 0,
    newestMs: counts?.newestMs ?? null,
  }
}
