import type { SinkPlan } from '../emit/index.js'
import { type KafkaConnection, type KafkaGroup, untilDone } from '../sources/index.js'
import type { StreamCounts } from './counts.js'
import { sumCounts } from './counts.js'
import { type RunOptions, runStream } from './run-stream.js'
import { openStateTopic } from './state-topic.js'

export interface GroupOptions extends Omit<RunOptions, 'store' | 'openSource' | 'onProgress' | 'sinks'> {
  readonly group: KafkaGroup
  readonly connection: KafkaConnection
  /** Topic of the states. */
  readonly stateTopic: string
  /** The sinks of a partition. */
  sinksOf(partition: number): readonly SinkPlan[]
  /** Called with the sum over our partitions. */
  onProgress?(counts: StreamCounts, partitions: number): void
}

interface Worker {
  readonly stop: AbortController
  counts: StreamCounts | undefined
  done: Promise<void>
}

const LONGEST_OUTAGE_MS = 60_000

/**
 * Runs one stream per partition that a consumer group gives to this process; each continues from the checkpoint of the worker that had the
 * partition before. A worker that loses a partition saves it and lets go; messages after the last checkpoint are read again, and their events have the
 * same ids.
 *
 * @throws SourceError of the cluster and the sinks
 */
export async function runGroup(options: GroupOptions): Promise<StreamCounts> {
  const { group, signal, onProgress } = options
  const workers = new Map<number, Worker>()
  let fail: (error: unknown) => void = () => {}
  const over = new Promise<void>((resolve, reject) => {
    fail = reject
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  over.catch(() => {})
  // The counts of a partition move with its state.
  const total = () => sumCounts([...workers.values()].flatMap(({ counts }) => (counts ? [counts] : [])))
  const start = (partition: number, generation: number) => {
    const stop = new AbortController()
    const worker: Worker = { stop, counts: undefined, done: Promise.resolve() }
    workers.set(partition, worker)
    worker.done = runPartition(options, partition, generation, stop.signal, counts => {
      worker.counts = counts
      onProgress?.(total(), workers.size)
    }).catch(error => {
      if (!stop.signal.aborted) fail(error)
    })
  }
  const end = async (worker: Worker) => {
    worker.stop.abort()
    await worker.done
  }
  let changing = Promise.resolve()
  const assign = async (partitions: readonly number[], generation: number) => {
    if (signal.aborted) return
    const lost = [...workers].filter(([own]) => !partitions.includes(own))
    await Promise.all(lost.map(([, worker]) => end(worker)))
    for (const [own] of lost) workers.delete(own)
    for (const partition of partitions) if (!workers.has(partition)) start(partition, generation)
    onProgress?.(total(), workers.size)
  }
  try {
    await group.join((partitions, generation) => {
      changing = changing.then(() => assign(partitions, generation)).catch(fail)
    })
    await over
  } finally {
    await changing
    await Promise.all([...workers.values()].map(end))
    await group.close()
  }
  return total()
}

async function runPartition(
  options: GroupOptions,
  partition: number,
  generation: number,
  signal: AbortSignal,
  onCounts: (counts: StreamCounts) => void,
): Promise<void> {
  const { group, connection, stateTopic } = options
  // A partition often changes hands because a broker is gone for a moment.
  const giveUpMs = options.now() + LONGEST_OUTAGE_MS
  const store = await untilDone(
    () =>
      openStateTopic({
        connection,
        topic: stateTopic,
        partitions: group.partitions,
        partition,
        generation,
        onSaved: ({ position }) => void group.commit(partition, position),
      }),
    () => signal.aborted || options.now() > giveUpMs,
  )
  await runStream({
    ...options,
    sinks: options.sinksOf(partition),
    signal,
    store,
    openSource: from => group.open(partition, from),
    onProgress: onCounts,
  })
}
