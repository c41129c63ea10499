import { type StageTimer, untimed } from '../core/stage-timer.js'
import type { Json } from '../core/state.js'
import type { LiveOutput, Sink, SinkPlan } from '../emit/index.js'
import type { Source } from '../sources/index.js'
import type { Batch } from './batch.js'
import type { StreamCounts } from './counts.js'
import { createIntake, type IntakeOptions } from './intake.js'
import type { StateStore } from './state-store.js'
import { Stream, type StreamOptions } from './stream.js'

/** What a running stream needs. */
export interface RunOptions extends StreamOptions, IntakeOptions {
  readonly store: StateStore
  /** Opens the source; it continues after a position where it can. */
  openSource(from: Json): Promise<Source>
  readonly sinks: readonly SinkPlan[]
  /** Ms since the epoch. */
  now(): number
  /** Stops the stream in order. */
  readonly signal: AbortSignal
  /** Time between checkpoints, ms. */
  readonly checkpointMs: number
  /** Messages that are taken together at most. Default 512. */
  readonly most?: number
  /** Times the stages `score`, `write` and `save` of each batch. */
  readonly time?: StageTimer
  /** Called after each batch, and while nothing comes. */
  onProgress?(counts: StreamCounts, sinks: ReadonlyMap<string, Sink>): void
}

const WAIT_MS = 200
const DRAIN_MS = 5_000
/** A checkpoint is due when the journal has this many bytes. */
const LARGEST_JOURNAL = 1 << 28

/**
 * Runs a stream until its source ends or the signal stops it. With a lasting store a batch is on the disk before its messages are acknowledged, and a
 * run continues exactly where the last one was, also when it was killed: files have each line once, other sinks may get the last records again, with the
 * same ids. Without one, the end of the stream closes open events.
 *
 * @throws SourceError of the source, the sinks and the store; what was acknowledged is not lost by it
 */
export async function runStream(options: RunOptions): Promise<StreamCounts> {
  const { store } = options
  const runner = await Runner.open(options)
  try {
    await runner.replay()
    await runner.run()
    return await runner.end()
  } catch (error) {
    await runner.abandon()
    throw error
  } finally {
    await store.close()
  }
}

class Runner {
  readonly #options: RunOptions
  readonly #stream: Stream
  readonly #sinks: ReadonlyMap<string, Sink>
  #source: Source | undefined
  readonly #time: StageTimer
  #position: Json
  #savedMs: number

  private constructor(options: RunOptions, stream: Stream, sinks: ReadonlyMap<string, Sink>) {
    this.#options = options
    this.#stream = stream
    this.#sinks = sinks
    this.#position = options.store.last?.position ?? null
    this.#savedMs = options.now()
    this.#time = options.time ?? untimed
  }

  static async open(options: RunOptions): Promise<Runner> {
    const { last } = options.store
    try {
      const stream = new Stream(options, options.store, last?.stream ?? null)
      const sinks = new Map<string, Sink>()
      for (const { name, open } of options.sinks) sinks.set(name, await open(last?.sinks[name] ?? null))
      return new Runner(options, stream, sinks)
    } catch (error) {
      await options.store.close()
      throw error
    }
  }

  /** Takes the batches of the journal once more: what they gave is made again. */
  async replay(): Promise<void> {
    const { store } = this.#options
    if (store.isLasting && store.last === undefined && store.pending() === 0) await this.#save()
    for await (const batch of store.journalled()) await this.#process(batch)
  }

  async run(): Promise<void> {
    const { signal, now, store, most = 512, onProgress } = this.#options
    const source = await this.#options.openSource(this.#position)
    this.#source = source
    const stop = () => source.stop()
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const intake = createIntake(this.#options)
    let isFirst = true
    let lookedMs = now()
    for (;;) {
      const delivery = await source.take(most, WAIT_MS)
      if (delivery === undefined) break
      const nowMs = now()
      const isLookDue = nowMs - lookedMs >= 1000
      const isEmpty = delivery.messages.length === 0 && Object.keys(delivery.refused).length === 0
      if (isLookDue) lookedMs = nowMs
      if (!isEmpty || (isLookDue && this.#stream.hasSilent(nowMs))) {
        const batch = { ...intake(delivery, nowMs), ...(isFirst && { isFirst }) }
        isFirst = false
        await store.append(batch)
        if (store.isLasting) delivery.acknowledge()
        await this.#process(batch)
        if (!store.isLasting) delivery.acknowledge()
      }
      onProgress?.(this.#stream.counts, this.#sinks)
      await this.#saveWhenDue(nowMs)
    }
    signal.removeEventListener('abort', stop)
  }

  async end(): Promise<StreamCounts> {
    const { store, onProgress } = this.#options
    if (!store.isLasting) for await (const output of this.#stream.finish()) await this.#write([output])
    await Promise.all(Array.from(this.#sinks.values(), sink => sink.drain(DRAIN_MS)))
    if (store.isLasting) await this.#save()
    await this.#source?.close()
    for (const sink of this.#sinks.values()) await sink.close()
    onProgress?.(this.#stream.counts, this.#sinks)
    return this.#stream.counts
  }

  /** After an error: nothing more is written. */
  async abandon(): Promise<void> {
    this.#source?.stop()
    await this.#source?.close().catch(() => {})
    for (const sink of this.#sinks.values()) await sink.close().catch(() => {})
  }

  async #process(batch: Batch): Promise<void> {
    await this.#write(await this.#time('score', () => this.#stream.process(batch)))
    this.#position = batch.position
  }

  async #write(outputs: readonly LiveOutput[]): Promise<void> {
    await this.#time('write', async () => {
      for (const sink of this.#sinks.values()) await sink.write(outputs)
    })
  }

  async #saveWhenDue(nowMs: number): Promise<void> {
    const { store, checkpointMs } = this.#options
    if (!store.isLasting || store.pending() === 0) return
    if (nowMs - this.#savedMs >= checkpointMs || store.pending() >= LARGEST_JOURNAL)
      await this.#time('save', () => this.#save())
  }

  async #save(): Promise<void> {
    const sinks: Record<string, Json> = {}
    for (const [name, sink] of this.#sinks) sinks[name] = await sink.state()
    await this.#options.store.save({ stream: await this.#stream.state(), sinks, position: this.#position })
    this.#savedMs = this.#options.now()
  }
}
