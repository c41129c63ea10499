import { type StageTimer, untimed } from '../core/stage-timer.js'
import type { Json } from '../core/state.js'
import type { Acknowledgement, CloudEvent, LiveOutput, Sink, SinkPlan } from '../emit/index.js'
import type { Batch } from './batch.js'
import type { StreamCounts } from './counts.js'
import type { Changeable } from './devices.js'
import type { StateStore } from './state-store.js'
import { type Processed, Stream, type StreamOptions } from './stream.js'

/** What keeps a stream going, wherever its messages come from. */
export interface RunnerOptions extends StreamOptions {
  readonly store: StateStore
  readonly sinks: readonly SinkPlan[]
  /** Ms since the epoch. */
  now(): number
  /** Longest time between checkpoints, ms. */
  readonly checkpointMs: number
  /** Called with all that becomes known, before the sinks. */
  onOutputs?(outputs: readonly LiveOutput[]): void
  /** Times the stages `score`, `write` and `save` of each batch. */
  readonly time?: StageTimer
}

/** Batches that may wait for the disk. */
const MOST_UNKEPT = 64
/** Of what is on the disk already. */
const KEPT = Promise.resolve()
const DRAIN_MS = 5_000
/** A checkpoint is due when the journal has this many bytes. */
const LARGEST_JOURNAL = 1 << 28
const MOST_WORK_MS = 5_000
const WORK_PER_SAVE = 4

/**
 * Work after which a checkpoint is due, ms: a restart repeats it. It is a multiple of what a checkpoint takes, so that checkpoints stay the smaller part.
 *
 * @param saveMs how long a checkpoint takes
 */
export const workPerCheckpoint = (saveMs: number): number => Math.max(MOST_WORK_MS, WORK_PER_SAVE * saveMs)

/**
 * A stream with its store and sinks: batches go in, each is kept before it is scored, and the state is saved now and then. Calls must wait for the one
 * before. After an error only `abandon` may be called.
 */
export class Runner {
  readonly #options: RunnerOptions
  readonly #stream: Stream
  readonly #sinks: ReadonlyMap<string, Sink>
  readonly #time: StageTimer
  #position: Json
  #savedMs: number
  /** How long the last checkpoint took. */
  #saveMs = 0
  /** How long the batches since the last checkpoint took. */
  #workMs = 0
  #isFirst = true
  /** Batches that are not on the disk yet, in order. */
  readonly #unkept = new Set<Promise<void>>()
  #failure: unknown

  private constructor(options: RunnerOptions, stream: Stream, sinks: ReadonlyMap<string, Sink>) {
    this.#options = options
    this.#stream = stream
    this.#sinks = sinks
    this.#position = options.store.last?.position ?? null
    this.#savedMs = options.now()
    this.#time = options.time ?? untimed
  }

  /**
   * Opens the sinks and takes the batches of the journal once more: what they gave is made again.
   *
   * @throws SourceError of the sinks and the store, which is closed then
   */
  static async open(options: RunnerOptions): Promise<Runner> {
    const { store } = options
    const sinks = new Map<string, Sink>()
    try {
      const stream = new Stream(options, store, store.last?.stream ?? null)
      for (const { name, open } of options.sinks) sinks.set(name, await open(store.last?.sinks[name] ?? null))
      const runner = new Runner(options, stream, sinks)
      if (store.isLasting && store.last === undefined && store.pending() === 0) await runner.save()
      for await (const batch of store.journalled()) await runner.#process(batch, KEPT)
      // A checkpoint at once would keep the first messages waiting.
      runner.#workMs = 0
      return runner
    } catch (error) {
      for (const sink of sinks.values()) await sink.close().catch(() => {})
      await store.close()
      throw error
    }
  }

  /** Where the source continues. */
  get position(): Json {
    return this.#position
  }

  get counts(): StreamCounts {
    return this.#stream.counts
  }

  get sinks(): ReadonlyMap<string, Sink> {
    return this.#sinks
  }

  /**
   * Scores batches while they are written to the disk, so that a score does not wait for it. A batch that is lost before it was written was not
   * acknowledged: it is sent again, and gives the same.
   *
   * @param acknowledge called when the messages may be forgotten by who sent them, with what became of each batch
   * @returns what became of each batch, and `kept`, which resolves when they are on the disk
   */
  async take(
    batches: readonly Batch[],
    acknowledge: (taken: readonly Processed[]) => void = () => {},
  ): Promise<{ taken: Processed[]; kept: Promise<void> }> {
    if (this.#unkept.size >= MOST_UNKEPT) await this.#unkept.values().next().value
    if (this.#failure !== undefined) throw this.#failure
    const [first, ...others] = batches
    const marked = this.#isFirst ? [{ ...first, isFirst: true }, ...others] : batches
    this.#isFirst = false
    const written = this.#options.store.append(marked)
    written.catch(() => {})
    const taken: Processed[] = []
    for (const batch of marked) taken.push(await this.#process(batch, written))
    const kept = written.then(() => acknowledge(taken))
    const settled = kept
      .catch(error => {
        this.#failure ??= error
      })
      .finally(() => this.#unkept.delete(settled))
    this.#unkept.add(settled)
    return { taken, kept }
  }

  /** Whether a batch without messages would find a device that became silent. Cost O(devices). */
  hasSilent(nowMs: number): boolean {
    return this.#stream.hasSilent(nowMs)
  }

  /** Saves the state when there is something to save and it is time. */
  async saveWhenDue(nowMs: number): Promise<void> {
    const { store, checkpointMs } = this.#options
    if (!store.isLasting || store.pending() === 0) return
    const isLong = this.#workMs >= workPerCheckpoint(this.#saveMs)
    if (isLong || nowMs - this.#savedMs >= checkpointMs || store.pending() >= LARGEST_JOURNAL)
      await this.#time('save', () => this.save())
  }

  /** Continues with other models, settings and sampling; a kill at any moment leaves the state before or after. */
  async replace(changed: Changeable): Promise<void> {
    await this.save()
    await this.#write(await this.#stream.replace(changed), KEPT)
    await this.save()
  }

  /** The last news of each drift that is open. */
  drifts(): CloudEvent[] {
    return this.#stream.drifts()
  }

  /** The last news of each event that is open; `acknowledged` in its data says whether it is known. */
  open(): CloudEvent[] {
    return this.#stream.open().map(event => ({
      ...event,
      data: {
        ...(event.data as { [key: string]: Json }),
        acknowledged: this.#stream.isAcknowledged(event.subject),
      },
    }))
  }

  /** Passes on which events are known. */
  async acknowledge(acknowledgements: readonly Acknowledgement[]): Promise<void> {
    const outputs = this.#stream.acknowledge(acknowledgements)
    if (outputs.length > 0) await this.#write(outputs, KEPT)
  }

  /** Waits until all that was taken is on the disk. @throws SourceError `file-unwritable` */
  async kept(): Promise<void> {
    await Promise.all(this.#unkept)
    if (this.#failure !== undefined) throw this.#failure
  }

  async save(): Promise<void> {
    const { now } = this.#options
    await this.kept()
    const beganMs = now()
    const sinks: Record<string, Json> = {}
    for (const [name, sink] of this.#sinks) sinks[name] = await sink.state()
    await this.#options.store.save({ stream: await this.#stream.state(), sinks, position: this.#position })
    this.#savedMs = now()
    this.#saveMs = this.#savedMs - beganMs
    this.#workMs = 0
  }

  /** Without a lasting store open events end here; with one everything is saved. Gives what became known. */
  async end(): Promise<LiveOutput[]> {
    const { store } = this.#options
    const outputs: LiveOutput[] = []
    if (!store.isLasting)
      for await (const output of this.#stream.finish()) {
        await this.#write([output], KEPT)
        outputs.push(output)
      }
    await Promise.all(Array.from(this.#sinks.values(), sink => sink.drain(DRAIN_MS)))
    if (store.isLasting) await this.save()
    for (const sink of this.#sinks.values()) await sink.close(store.isLasting ? undefined : 'lost')
    await store.close()
    return outputs
  }

  /** After an error: nothing more is written. */
  async abandon(): Promise<void> {
    for (const sink of this.#sinks.values()) await sink.close().catch(() => {})
    await this.#options.store.close().catch(() => {})
  }

  async #process(batch: Batch, kept: Promise<unknown>): Promise<Processed> {
    const { now } = this.#options
    const beganMs = now()
    const taken = await this.#time('score', () => this.#stream.process(batch))
    await this.#write(taken.outputs, kept)
    this.#position = batch.position
    this.#workMs += now() - beganMs
    return taken
  }

  async #write(outputs: readonly LiveOutput[], kept: Promise<unknown>): Promise<void> {
    this.#options.onOutputs?.(outputs)
    await this.#time('write', async () => {
      for (const sink of this.#sinks.values()) await sink.write(outputs, kept)
    })
  }
}
