import type { Consumer } from '@platformatic/kafka'
import type { Json } from '../core/state.js'
import type { Source } from './contract.js'
import { Inbox } from './inbox.js'
import {
  closeQuietly,
  type KafkaConnection,
  type KafkaRecord,
  kafkaError,
  kafkaOptions,
  loadKafka,
  openTopicReader,
  reasonOf,
  type TopicReader,
} from './kafka-client.js'
import { type Item, sourceOf } from './source.js'
import type { SourceOptions } from './standard-input.js'

export interface KafkaOptions extends SourceOptions {
  readonly connection: KafkaConnection
  readonly topic: string
  /** Name of the consumer group: its members divide the partitions. */
  readonly group: string
  /** Names of the columns, for values that are rows of CSV. Default: values are JSON. */
  readonly columns?: readonly string[]
  /** A member that is silent for longer loses its partitions, ms. Default 10,000. */
  readonly sessionMs?: number
  /** Longer values are refused, bytes. Default 1 MiB. */
  readonly largestPayload?: number
}

/** The membership in a consumer group: which partitions are ours, and their messages. */
export interface KafkaGroup {
  readonly name: string
  readonly partitions: number
  /** Called with our partitions whenever they change, and the generation of the group. Joins the group. */
  join(onAssigned: (partitions: readonly number[], generation: number) => void): Promise<void>
  /** The messages of one of our partitions; the position is the offset of the next message. A message without a device has that of its key. */
  open(partition: number, from: Json): Promise<Source>
  /** The partition with the most messages. */
  largest(): Promise<number>
  /** Commits how far a partition is, so that its lag can be monitored; what counts is the offset in the state. */
  commit(partition: number, position: Json): Promise<void>
  /** Leaves the group. */
  close(): Promise<void>
}

const WAIT_MS = 200
const RETRY_MS = 500

interface Partition {
  readonly inbox: Inbox<Item>
  next: bigint
  /** The queue is full: nothing is fetched until it has room. */
  isFull: boolean
}

/**
 * Opens a consumer group; `join` makes this program a member. Each partition is fetched from the position that its state names, not from what the group has committed.
 *
 * @throws SourceError `package-missing`, `broker-unreachable`
 */
export async function openKafkaGroup(options: KafkaOptions): Promise<KafkaGroup> {
  const { connection, topic, group, sessionMs = 10_000 } = options
  const { Consumer } = await loadKafka()
  const reader = await openTopicReader(connection, topic)
  const consumer: Consumer = new Consumer({
    ...kafkaOptions(connection),
    groupId: group,
    autocommit: false,
    sessionTimeout: sessionMs,
    rebalanceTimeout: 2 * sessionMs,
    heartbeatInterval: Math.max(100, Math.floor(sessionMs / 10)),
  })
  consumer.topics.track(topic)
  const pump = new Pump(reader, options)
  let isClosed = false
  const rejoin = () => {
    if (isClosed) return
    consumer.joinGroup().catch(() => setTimeout(rejoin, RETRY_MS))
  }
  return {
    name: topic,
    partitions: await reader.partitions(),
    async join(onAssigned) {
      consumer.on('consumer:group:join', ({ assignments, generationId }) => {
        const own = (assignments ?? []).filter(({ topic: name }) => name === topic)
        onAssigned(
          own.flatMap(({ partitions }) => partitions),
          generationId ?? 0,
        )
      })
      // The library gives up after some attempts to join again.
      consumer.on('error', rejoin)
      try {
        await consumer.joinGroup()
      } catch (error) {
        throw kafkaError(connection, error)
      }
    },
    async open(partition, from) {
      const next = (from as { offset: number } | null)?.offset ?? (await reader.offsets('first'))[partition]
      return pump.open(partition, BigInt(next), from)
    },
    async largest() {
      const [first, end] = [await reader.offsets('first'), await reader.offsets('end')]
      const sizes = end.map((offset, partition) => Number(offset - first[partition]))
      return sizes.indexOf(Math.max(...sizes))
    },
    async commit(partition, position) {
      const offset = BigInt((position as { offset: number } | null)?.offset ?? 0)
      await consumer.commit({ offsets: [{ topic, partition, offset, leaderEpoch: -1 }] }).catch(() => {})
    },
    async close() {
      isClosed = true
      pump.stop()
      await closeQuietly({ close: force => consumer.leaveGroup(force) })
      await closeQuietly(consumer)
      await reader.close()
    },
  }
}

/** Fetches the open partitions, all of a broker with one request, and puts their records into the queues. */
class Pump {
  readonly #reader: TopicReader
  readonly #options: KafkaOptions
  readonly #open = new Map<number, Partition>()
  readonly #fetching = new Set<number>()
  #isStopped = false

  constructor(reader: TopicReader, options: KafkaOptions) {
    this.#reader = reader
    this.#options = options
  }

  open(partition: number, next: bigint, from: Json): Source {
    const inbox = new Inbox<Item>(this.#options.capacity)
    const own: Partition = { inbox, next, isFull: false }
    this.#open.set(partition, own)
    const stop = () => {
      if (this.#open.get(partition) === own) this.#open.delete(partition)
      inbox.end()
    }
    this.#start()
    const { topic, decode, onBad } = this.#options
    return sourceOf(`${topic}/${partition}`, inbox, decode, onBad, { stop, close: async () => stop() }, from)
  }

  stop(): void {
    this.#isStopped = true
    for (const { inbox } of this.#open.values()) inbox.end()
    this.#open.clear()
  }

  /** Why the cluster cannot be read; undefined when it can. What ends because the stream ends is no trouble. */
  #report(reason: string | undefined): void {
    if (!this.#isStopped) this.#options.connection.onTrouble?.(reason)
  }

  /** Starts a fetch at each broker that has partitions with room and none on its way. */
  async #start(): Promise<void> {
    if (this.#isStopped) return
    let leaders: number[]
    try {
      leaders = await this.#reader.leaders()
    } catch (error) {
      this.#report(reasonOf(error))
      setTimeout(() => this.#start(), RETRY_MS)
      return
    }
    const wanted = new Map<number, Map<number, bigint>>()
    for (const [partition, { next, isFull }] of this.#open) {
      if (isFull) continue
      const leader = leaders[partition]
      if (!wanted.has(leader)) wanted.set(leader, new Map())
      wanted.get(leader)!.set(partition, next)
    }
    for (const [leader, from] of wanted) if (!this.#fetching.has(leader)) void this.#fetch(leader, from)
  }

  async #fetch(leader: number, from: ReadonlyMap<number, bigint>): Promise<void> {
    this.#fetching.add(leader)
    const owners = new Map([...from.keys()].map(partition => [partition, this.#open.get(partition)]))
    let pauseMs = 0
    try {
      const { records, next } = await this.#reader.read(leader, from, WAIT_MS)
      this.#report(undefined)
      for (const record of records) this.#put(record, owners.get(record.partition))
      for (const [partition, offset] of next) {
        const owner = owners.get(partition)
        if (owner && offset > owner.next) owner.next = offset
      }
    } catch (error) {
      // The broker is away, or does not lead the partition any more.
      this.#report(reasonOf(error))
      pauseMs = RETRY_MS
    }
    this.#fetching.delete(leader)
    if (pauseMs > 0) setTimeout(() => this.#start(), pauseMs)
    else this.#start()
  }

  #put(record: KafkaRecord, owner: Partition | undefined): void {
    const { partition, offset, timeMs, key, value } = record
    if (owner === undefined || this.#open.get(partition) !== owner || offset < owner.next) return
    owner.next = offset + 1n
    const { columns, topic, largestPayload = 1 << 20 } = this.#options
    const fields: Record<string, string> = { ...(key && { device: key.toString(), key: key.toString() }) }
    const full = owner.inbox.put({
      raw: {
        payload: value === null || value.length > largestPayload ? undefined : value.toString(),
        fields,
        origin: `${topic}/${partition} at ${offset}`,
        ...(columns && { columns }),
      },
      position: { offset: Number(offset + 1n) },
      arrivedMs: timeMs,
    })
    if (full === undefined || owner.isFull) return
    owner.isFull = true
    full.then(() => {
      owner.isFull = false
      this.#start()
    })
  }
}
