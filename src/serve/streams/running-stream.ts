import { join } from 'node:path'
import { createError } from '../../core/errors.js'
import { DAY_MS } from '../../core/milliseconds.js'
import { knownOnly } from '../../core/parse-options.js'
import { createTurns } from '../../engine/index.js'
import { makeFolder } from '../../files/index.js'
import { durationMs } from '../../ingest/index.js'
import {
  type Changeable,
  type OpenNews,
  openStateFolder,
  runStream,
  type StreamCounts,
} from '../../live/index.js'
import { resolveSettings, type SessionSettings, sessionSettings } from '../../session/index.js'
import { openMqtt, type Source } from '../../sources/index.js'
import type { OpenDrift, PushResult, Stream } from '../contract/index.js'
import type { Keep } from '../keep/keep.js'
import { driftOf, keepSink } from '../keep/stream-sink.js'
import type { Measures } from '../measures.js'
import type { ServedModels } from '../scoring/served-models.js'
import { type FollowedModel, followModel } from './followed-model.js'
import type { LiveBus } from './live-bus.js'
import type { StreamPlan } from './plan.js'
import { type Pushable, type PushSource, pushSource } from './push-source.js'
import { streamDecoder } from './stream-decoder.js'

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

/** What a stream says of the drift of a device. */
export interface StreamDrifts {
  readonly watchesDrift: boolean
  readonly drifts: OpenDrift[]
}

/** A stream from its start to its stop. */
export interface RunningStream {
  readonly done: Promise<void>
  push(messages: Pushable): Promise<PushResult>
  describe(): Stream
  /** Whether it tests for drift, and what drifts now of a device. */
  driftsOf(device: string): StreamDrifts
  /** In order: what came is on the disk when it resolves. */
  stop(): Promise<void>
}

const CHECKPOINT_MS = 30_000
const CAPACITY = 4096
const RESIDENT = 2000
const MOST_DEVICES = 100_000
/** Time after which scoring lets requests be answered. */
const LONGEST_TURN_MS = 5
const AHEAD_MS = DAY_MS

/**
 * Starts a stream where it stopped last, and follows its reference to a model: devices whose state does not fit another version start again. Errors:
 * `model-unknown`, `state-in-use`, `option-invalid` for channels to watch that the model does not have.
 */
export async function startStream(plan: StreamPlan, context: StreamContext): Promise<RunningStream> {
  const { models, now } = context
  const settings = { expected: true, alignment: 'causal', ...knownOnly(sessionSettings, plan) } as const
  const sampling = samplingOf(plan)
  let inForce: Changeable | undefined
  const followed = await followModel(plan, models, next => {
    inForce = { ...next, settings, sampling }
  })
  const decode = await openDecoder(plan, followed, settings).catch(error => {
    followed.stop()
    throw error
  })
  const push = plan.source === 'push' ? pushSource(plan.name, decode) : undefined
  const abort = new AbortController()
  let counts: StreamCounts | undefined
  let open: OpenNews | undefined
  let error: unknown
  let isDone = false
  let replayed = () => {}
  const ready = new Promise<void>(resolve => {
    replayed = resolve
  })
  await makeFolder(context.folder)
  const store = await openStateFolder(join(context.folder, plan.name)).catch(error => {
    followed.stop()
    throw error
  })
  const done = runStream({
    modelOf: followed.modelOf,
    current: () => (inForce ??= { modelOf: followed.modelOf, settings, sampling }),
    settings,
    sampling,
    unfit: 'restart',
    ...(plan.calibrateDevices !== undefined && {
      calibrate: { samples: plan.calibrateDevices, isOwn: followed.isOwn },
    }),
    resident: RESIDENT,
    mostDevices: MOST_DEVICES,
    aheadMs: AHEAD_MS,
    ratePerSecond: Number.POSITIVE_INFINITY,
    store,
    openSource: async () => {
      replayed()
      return push ?? openBroker(plan, context, decode)
    },
    sinks: [keepSink(context, plan.name, followed.sinkModel)],
    now,
    signal: abort.signal,
    checkpointMs: CHECKPOINT_MS,
    turn: createTurns(LONGEST_TURN_MS),
    onProgress: (now, _sinks, _waiting, news) => {
      counts = now
      open = news
    },
  })
    .then(final => void (counts = final))
    .catch(cause => {
      error = cause
      void push?.close()
    })
    .finally(() => {
      isDone = true
      followed.stop()
    })
  // What was acknowledged before a crash is worked off before anything is answered.
  await Promise.race([ready, done])
  return {
    done,
    push: messages => pushTo(plan, push, messages),
    describe: () => describe(plan, followed, counts, error, isDone),
    driftsOf: device => ({
      watchesDrift: plan.watchDrift !== undefined,
      drifts: (open?.drifts() ?? []).filter(({ subject }) => subject === device).map(driftOf),
    }),
    async stop() {
      abort.abort()
      await done
    },
  }
}

/** What a plan says of messages and channels is refused before it is kept; a fleet has no model before its first device. */
async function openDecoder(plan: StreamPlan, followed: FollowedModel, settings: SessionSettings) {
  const decode = streamDecoder(plan, followed.reading)
  const model = plan.watchDrift && (await followed.modelOf(''))
  if (model) resolveSettings(model, settings)
  return decode
}

function samplingOf({ join, wait, maxAge, silentAfter }: StreamPlan) {
  return {
    joinMs: join === undefined ? null : durationMs(join),
    waitMs: durationMs(wait),
    maxAgeMs: durationMs(maxAge),
    silentAfterMs: durationMs(silentAfter),
  }
}

function pushTo(plan: StreamPlan, push: PushSource | undefined, messages: Pushable): Promise<PushResult> {
  if (push) return push.push(messages)
  const wanted = 'its source to be push'
  return Promise.reject(
    createError('state-conflict', { what: `the stream ${plan.name}`, got: `fed by ${plan.source}`, wanted }),
  )
}

function openBroker(
  { name, source, topics, user }: StreamPlan,
  { env }: StreamContext,
  decode: ReturnType<typeof streamDecoder>,
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
  followed: FollowedModel,
  counts: StreamCounts | undefined,
  error: unknown,
  isDone: boolean,
): Stream {
  return {
    name,
    model: followed.name(),
    warning: followed.warning(),
    source: source.replace(/\/\/[^@/]*@/, '//'),
    state: error !== undefined ? 'failed' : isDone ? 'stopped' : 'running',
    error: error === undefined ? null : (error as Error).message,
    devices: counts?.devices ?? 0,
    received: counts?.received ?? 0,
    taken: counts?.taken ?? 0,
    refused: counts?.refused ?? {},
    samples: counts?.samples ?? 0,
    scored: counts?.scored ?? 0,
    unscored: counts?.unscored ?? {},
    badReadings: counts?.badReadings ?? 0,
    events: counts?.events ?? 0,
    newestMs: counts?.newestMs ?? null,
  }
}
