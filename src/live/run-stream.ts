import type { Json } from '../core/state.js'
import type { Acknowledgement, CloudEvent, Sink } from '../emit/index.js'
import type { Source } from '../sources/index.js'
import type { StreamCounts } from './counts.js'
import type { Changeable } from './devices.js'
import { createIntake, type IntakeOptions } from './intake.js'
import { Runner, type RunnerOptions } from './runner.js'

/** What is open now, of all devices. */
export interface OpenNews {
  /** The last news of each event. */
  open(): readonly CloudEvent[]
  /** The last news of each drift. */
  drifts(): readonly CloudEvent[]
}

/** What a running stream needs. */
export interface RunOptions extends RunnerOptions, IntakeOptions {
  /** Opens the source; it continues after a position where it can. */
  openSource(from: Json): Promise<Source>
  /** Stops the stream in order. */
  readonly signal: AbortSignal
  /** Messages that are taken together at most. Default 512. */
  readonly most?: number
  /** What is in force: looked at between batches, so that another object replaces models, settings and sampling without losing a message. */
  current?(): Changeable
  /** Called once the source is open, after each batch, and while nothing comes, with the number of messages that wait at the source, and what is open. */
  onProgress?(counts: StreamCounts, sinks: ReadonlyMap<string, Sink>, waiting: number, open: OpenNews): void
  /** Which events are known, again and again: looked at once a second. */
  acknowledged?(): readonly Acknowledgement[]
}

const WAIT_MS = 200
/** Time between looks for silent devices, ms. */
export const LOOK_MS = 1000

/**
 * Runs a stream until its source ends or the signal stops it. With a lasting store a batch is on the disk before its messages are acknowledged, and a
 * run continues exactly where the last one was, also when it was killed: files have each line once, other sinks may get the last records again, with the
 * same ids. Without one, the end of the stream closes open events.
 *
 * @throws SourceError of the source, the sinks and the store; what was acknowledged is not lost by it
 */
export async function runStream(options: RunOptions): Promise<StreamCounts> {
  const inForce = options.current?.()
  const runner = await Runner.open({ ...options, ...inForce })
  let source: Source | undefined
  try {
    source = await options.openSource(runner.position)
    await takeAll(runner, source, options, inForce)
    await runner.end()
    await source.close()
    options.onProgress?.(runner.counts, runner.sinks, 0, runner)
    return runner.counts
  } catch (error) {
    source?.stop()
    await source?.close().catch(() => {})
    await runner.abandon()
    throw error
  }
}

async function takeAll(
  runner: Runner,
  source: Source,
  options: RunOptions,
  first: Changeable | undefined,
): Promise<void> {
  const { signal, now, most = 512, onProgress } = options
  const stop = () => source.stop()
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const intake = createIntake(options)
  let lookedMs = now()
  let inForce = first
  // What became known while the stream was away, before its first message.
  await runner.acknowledge(options.acknowledged?.() ?? [])
  onProgress?.(runner.counts, runner.sinks, 0, runner)
  for (;;) {
    const delivery = await source.take(most, WAIT_MS)
    if (delivery === undefined) break
    const changed = options.current?.()
    if (changed !== undefined && changed !== inForce) await runner.replace(changed)
    inForce = changed
    const nowMs = now()
    const isLookDue = nowMs - lookedMs >= LOOK_MS
    const isEmpty = delivery.messages.length === 0 && Object.keys(delivery.refused).length === 0
    if (isLookDue) {
      lookedMs = nowMs
      await runner.acknowledge(options.acknowledged?.() ?? [])
    }
    if (!isEmpty || (isLookDue && runner.hasSilent(nowMs))) {
      const { batch, refusals } = intake(delivery, delivery.arrivedMs ?? nowMs)
      await runner.take([batch], taken =>
        delivery.acknowledge([...refusals, ...taken.flatMap(one => one.refusals)]),
      )
    }
    onProgress?.(runner.counts, runner.sinks, source.waiting(), runner)
    await runner.saveWhenDue(nowMs)
  }
  signal.removeEventListener('abort', stop)
}
