import { createError } from '../core/errors.js'
import { type Time, timeMs } from '../core/frame-builders.js'
import type { CloudEvent, LiveOutput, Sink, SinkPlan } from '../emit/index.js'
import type { Model } from '../model/index.js'
import type { SessionSettings } from '../session/index.js'
import type { Delivery, Message } from '../sources/index.js'
import { refuseFilter } from './channels.js'
import type { StreamCounts } from './counts.js'
import type { DeviceCalibration, ModelOf } from './devices.js'
import { createIntake } from './intake.js'
import type { Learning } from './learners.js'
import { LOOK_MS } from './run-stream.js'
import { Runner } from './runner.js'
import { openStateFolder } from './state-folder.js'
import { memoryStore } from './state-store.js'
import type { StreamOptions, Taken } from './stream.js'

/** One message of a device. */
export interface Reading {
  /** Which device; absent where there is one only. */
  readonly device?: string
  /** Absent: the time when it is pushed. */
  readonly time?: Time
  /** Reading by channel; `null` = no reading. Names that are no channels of the model are ignored. */
  readonly values: Readonly<Record<string, number | null | undefined>>
}

export interface MonitorOptions {
  /** One model for all devices, or the model of each; undefined refuses the messages of a device. */
  readonly model: Model | ModelOf
  readonly settings?: SessionSettings
  /** Folder for the state: a monitor continues where the last one was, also after `kill -9`. Default: nothing is kept. */
  readonly state?: string
  /** Longest time between checkpoints of the state, ms: one is due earlier when a restart would repeat 5 s of work. Default 60,000. */
  readonly checkpointMs?: number
  /** How messages become samples. Default: each message is one, and a device that sends nothing for 5 minutes is silent. */
  readonly sampling?: Partial<StreamOptions['sampling']>
  /** Devices that are held in memory; the others are in the state folder. Default 10,000. */
  readonly resident?: number
  /** Whether events say kind, verdict and a sentence. Default true. */
  readonly explain?: boolean
  /** Devices that share a model find their threshold from their first scores. Default: they have that of the model. */
  readonly calibrate?: DeviceCalibration
  /** What devices without a model do. Default: their messages are refused. */
  readonly learn?: Learning
  /** Devices that are taken at most. Default 100,000. */
  readonly mostDevices?: number
  /** How far ahead of the clock a message may be, ms. Default 300,000. */
  readonly aheadMs?: number
  /** Messages of one device in a second; more are refused. Default: any number. */
  readonly ratePerSecond?: number
  /** The readings that are pushed are those that the `where` of the training leaves; without it a model with one is refused. */
  readonly ignoreWhere?: boolean
  readonly sinks?: readonly SinkPlan[]
  /** Called with each event. After a crash the events since the last checkpoint come again, with the same ids. */
  onEvent?(event: CloudEvent): void
  /** Ms since the epoch. Default: the clock of this machine. */
  now?(): number
}

/** Scores messages inside a program. */
export interface Monitor {
  /**
   * Scores readings; resolves when they are scored and, with `state`, on the disk. Wait for it to follow the speed of the monitor; calls that do not
   * wait are taken together. Bad data never throw: they are counted in `refused`.
   *
   * @throws SourceError of the state and the sinks, for this and all later calls; OptionError `monitor-closed`
   */
  push(readings: Reading | readonly Reading[]): Promise<Taken>
  /** The same for messages that were decoded already. */
  take(messages: Pick<Delivery, 'messages'> & Partial<Delivery>): Promise<Taken>
  /** Messages that wait for their turn. */
  readonly waiting: number
  readonly counts: StreamCounts
  readonly sinks: ReadonlyMap<string, Sink>
  /** Calls the listener with all that becomes known: scores and events by device. @returns ends it */
  subscribe(listener: (outputs: readonly LiveOutput[]) => void): () => void
  /** Readings in, scores and events out; it closes the monitor at its end. */
  transform(): TransformStream<Reading | readonly Reading[], LiveOutput>
  /** Waits for what was pushed, saves the state (without `state`: ends open events), and closes the sinks. */
  close(): Promise<void>
}

/**
 * Opens a monitor: the same as `telltale stream`, for messages of this program.
 *
 * A model whose history was brought to a cadence gets samples of that cadence: one is scored when the first reading after its step is there.
 *
 * @throws OptionError `stream-filtered`; SourceError `state-in-use`, `file-unwritable`; ArtefactError `artefact-damaged`, `state-unfit`
 * @example
 * import { generatePlant, trainModel } from 'telltale'
 * import { createMonitor } from 'telltale/live'
 * const { train } = generatePlant({ rows: 500, channels: 2, seed: 7 })
 * const model = await trainModel(train, { detector: 'pca-q' })
 * const events = []
 * const monitor = await createMonitor({ model, onEvent: event => events.push(event) })
 * const readings = [0, 1, 2].map(i => ({ device: 'p7', time: 1000 * i, values: { [train.channels[0]]: 1, [train.channels[1]]: 2 } }))
 * const { outputs } = await monitor.push(readings)
 * outputs[0].scored.score.length // => 3
 * await monitor.close()
 * monitor.counts.received // => 3
 */
export async function createMonitor(options: MonitorOptions): Promise<Monitor> {
  const { model, settings = {}, state, sampling, sinks = [] } = options
  if (typeof model !== 'function' && !options.ignoreWhere) refuseFilter(model.info)
  const listeners = new Set<(outputs: readonly LiveOutput[]) => void>()
  const { onEvent } = options
  if (onEvent)
    listeners.add(outputs => {
      for (const { events } of outputs) for (const event of events) onEvent(event)
    })
  const now = options.now ?? Date.now
  const runner = await Runner.open({
    modelOf: typeof model === 'function' ? model : async () => model,
    settings,
    ignoreWhere: options.ignoreWhere,
    sampling: { joinMs: null, waitMs: 0, maxAgeMs: 0, silentAfterMs: 300_000, ...sampling },
    resident: options.resident ?? 10_000,
    explain: options.explain,
    calibrate: options.calibrate,
    learn: options.learn,
    mostDevices: options.mostDevices ?? 100_000,
    checkpointMs: options.checkpointMs ?? 60_000,
    store: state === undefined ? memoryStore() : await openStateFolder(state),
    sinks: [...sinks, { name: 'listeners', open: async () => listenerSink(listeners) }],
    now,
  })
  const { aheadMs = 300_000, ratePerSecond = Number.POSITIVE_INFINITY } = options
  return new QueuedMonitor(runner, createIntake({ aheadMs, ratePerSecond }), listeners, now)
}

interface Waiting {
  readonly delivery: Parameters<ReturnType<typeof createIntake>>[0]
  resolve(taken: Taken): void
  reject(error: unknown): void
}

/** Deliveries that are kept with one write to the disk at most. */
const MOST_TOGETHER = 512

class QueuedMonitor implements Monitor {
  readonly #runner: Runner
  readonly #intake: ReturnType<typeof createIntake>
  readonly #listeners: Set<(outputs: readonly LiveOutput[]) => void>
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  #queue: Waiting[] = []
  #working: Promise<void> | undefined
  #failure: unknown
  #lookedMs = Number.NEGATIVE_INFINITY
  #closing: Promise<void> | undefined

  constructor(
    runner: Runner,
    intake: ReturnType<typeof createIntake>,
    listeners: Set<(outputs: readonly LiveOutput[]) => void>,
    now: () => number,
  ) {
    this.#runner = runner
    this.#intake = intake
    this.#listeners = listeners
    this.#now = now
    this.#timer = setInterval(() => this.#start(), LOOK_MS).unref()
  }

  get waiting(): number {
    return this.#queue.reduce((sum, { delivery }) => sum + delivery.messages.length, 0)
  }

  get counts(): StreamCounts {
    return this.#runner.counts
  }

  get sinks(): ReadonlyMap<string, Sink> {
    return this.#runner.sinks
  }

  push(readings: Reading | readonly Reading[]): Promise<Taken> {
    const messages: Message[] = []
    const tally = { refused: {} as Record<string, number>, badReadings: 0 }
    for (const reading of [readings].flat() as Reading[]) {
      const message = messageOf(reading, tally)
      if (typeof message === 'string') tally.refused[message] = (tally.refused[message] ?? 0) + 1
      else messages.push(message)
    }
    return this.take({ messages, ...tally })
  }

  take({ messages, refused = {}, badReadings = 0 }: Parameters<Monitor['take']>[0]): Promise<Taken> {
    if (this.#closing) return Promise.reject(createError('monitor-closed', {}))
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#queue.push({ delivery: { messages, refused, badReadings, position: null }, resolve, reject })
      this.#start()
    })
  }

  subscribe(listener: (outputs: readonly LiveOutput[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  transform(): TransformStream<Reading | readonly Reading[], LiveOutput> {
    let leave = () => {}
    return new TransformStream({
      start: controller => {
        leave = this.subscribe(outputs => {
          for (const output of outputs) controller.enqueue(output)
        })
      },
      transform: async readings => void (await this.push(readings)),
      flush: async () => {
        await this.close()
        leave()
      },
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer)
    while (this.#working) await this.#working
    if (this.#failure === undefined) await this.#runner.end()
    else await this.#runner.abandon()
  }

  #start(): void {
    if (this.#working || this.#failure !== undefined) return
    this.#working = this.#work().finally(() => {
      this.#working = undefined
      if (this.#queue.length > 0) this.#start()
    })
  }

  async #work(): Promise<void> {
    let taking: Waiting[] = []
    try {
      while (this.#queue.length > 0) {
        taking = this.#queue.splice(0, MOST_TOGETHER)
        const batches = taking.map(({ delivery }) => this.#intake(delivery, this.#now()).batch)
        const own = taking
        const { taken, kept } = await this.#runner.take(batches)
        kept.then(
          () =>
            own.forEach(({ resolve }, i) => {
              const { outputs, refused } = taken[i]
              resolve({ outputs, refused })
            }),
          error => this.#fail(error, own),
        )
        taking = []
      }
      const nowMs = this.#now()
      const isLookDue = nowMs - this.#lookedMs >= LOOK_MS
      if (isLookDue) this.#lookedMs = nowMs
      if (isLookDue && this.#runner.hasSilent(nowMs))
        await this.#runner.take([this.#intake(NOTHING, nowMs).batch])
      await this.#runner.saveWhenDue(nowMs)
    } catch (error) {
      this.#fail(error, taking)
    }
  }

  #fail(error: unknown, taking: readonly Waiting[]): void {
    this.#failure ??= error
    clearInterval(this.#timer)
    for (const { reject } of [...taking, ...this.#queue.splice(0)]) reject(error)
  }
}

const NOTHING = { messages: [], refused: {}, badReadings: 0, position: null }

/** A reading as a message, or why it is none. */
function messageOf(
  reading: Reading,
  tally: { badReadings: number },
): Message | 'no-reading' | 'bad-time' | 'bad-device' {
  const { device = '', time, values } = reading
  if (typeof device !== 'string') return 'bad-device'
  const ms = time === undefined ? Number.NaN : timeMs(time)
  if (time !== undefined && Number.isNaN(ms)) return 'bad-time'
  const names = Object.keys(values ?? {})
  if (names.length === 0) return 'no-reading'
  const numbers = names.map(name => {
    const value: unknown = values[name]
    if (typeof value === 'number' && Math.abs(value) !== Number.POSITIVE_INFINITY) return value
    if (value !== null && value !== undefined) tally.badReadings++
    return Number.NaN
  })
  return { device, timeMs: ms, names, values: numbers }
}

function listenerSink(listeners: ReadonlySet<(outputs: readonly LiveOutput[]) => void>): Sink {
  return {
    async write(outputs) {
      if (outputs.length > 0) for (const listener of listeners) listener(outputs)
    },
    state: async () => null,
    counts: () => ({ waiting: 0, lost: 0 }),
    drain: async () => {},
    close: async () => {},
  }
}
