import { isIP } from 'node:net'
import type { Consumer } from '@platformatic/kafka'
import { createError } from '../core/errors.js'
import type { OnTrouble } from './mqtt-client.js'

export const KAFKA_SASL = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** How a cluster is reached; the same for sources, states and sinks. */
export interface KafkaConnection {
  /** `host:port` of one broker or more. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** PEM texts; absent: without TLS. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly sasl?: {
    readonly mechanism: (typeof KAFKA_SASL)[number]
    readonly username: string
    readonly password: string
  }
  readonly onTrouble?: OnTrouble
}

/** The client library, which is installed by those who need it. @throws SourceError `package-missing` */
export async function loadKafka(): Promise<typeof import('@platformatic/kafka')> {
  try {
    return await import('@platformatic/kafka')
  } catch (error) {
    const name = '@platformatic/kafka'
    throw createError('package-missing', { name, reason: (error as Error).message }, error)
  }
}

const SASL_NAMES = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const

/** The options that all clients of the library share. */
export function kafkaOptions({ brokers, clientId, tls, sasl }: KafkaConnection) {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    timeout: 10_000,
    connectTimeout: 10_000,
    // Brokers behind a name are asked for by it (SNI).
    ...(tls && {
      tls: { ...tls },
      tlsServerName: brokers.every(broker => isIP(broker.replace(/:\d+$/, '')) === 0),
    }),
    ...(sasl && { sasl: { ...sasl, mechanism: SASL_NAMES[sasl.mechanism] } }),
  }
}

/** The error of a cluster that cannot be used. */
export function kafkaError({ brokers }: KafkaConnection, error: unknown) {
  return createError('broker-unreachable', { url: brokers.join(','), reason: reasonOf(error) }, error)
}

/** The library puts the cause into a list of errors. */
export function reasonOf(error: unknown): string {
  const { message, errors, cause } = error as { message?: string; errors?: unknown[]; cause?: unknown }
  const inner = errors?.at(-1) ?? cause
  return inner === undefined ? String(message ?? error) : reasonOf(inner)
}

/** Creates a topic that is not there yet. @throws SourceError `broker-unreachable`, `package-missing` */
export async function ensureTopic(
  connection: KafkaConnection,
  topic: string,
  partitions: number,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { Admin } = await loadKafka()
  const admin = new Admin(kafkaOptions(connection))
  try {
    await admin.createTopics({
      topics: [topic],
      partitions,
      // By the default of the cluster.
      replicas: -1,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    })
  } catch (error) {
    const isThere = (error as { findBy?(key: string, value: unknown): unknown }).findBy?.(
      'apiId',
      'TOPIC_ALREADY_EXISTS',
    )
    if (!isThere) throw kafkaError(connection, error)
  } finally {
    await admin.close().catch(() => {})
  }
}

/** Removes topics; what is not there is no error. @throws SourceError `package-missing` */
export async function removeTopics(connection: KafkaConnection, topics: readonly string[]): Promise<void> {
  const { Admin } = await loadKafka()
  const admin = new Admin(kafkaOptions(connection))
  for (const topic of topics) await admin.deleteTopics({ topics: [topic] }).catch(() => {})
  await admin.close().catch(() => {})
}

export interface KafkaRecord {
  readonly partition: number
  readonly offset: bigint
  /** Ms since the epoch: when it was produced, or appended, as the topic is configured. */
  readonly timeMs: number
  readonly key: Buffer | null
  /** Null: the key is deleted. */
  readonly value: Buffer | null
}

export interface KafkaRead {
  readonly records: readonly KafkaRecord[]
  /** Where each partition continues; it may be behind gaps. */
  readonly next: ReadonlyMap<number, bigint>
}

const RETRY_MS = 500

/**
 * Tries again while it fails, until it is over: a cluster that was there comes back.
 *
 * @throws the last error when it is over
 */
export async function untilDone<T>(work: () => Promise<T>, isOver: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (isOver()) throw error
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** Reads partitions of a topic from any offset, without a group. */
export interface TopicReader {
  readonly topic: string
  partitions(): Promise<number>
  /** The offset after the last record, or of the first, of each partition. It waits while the cluster is away, as `readAll` does. */
  offsets(which: 'first' | 'end'): Promise<bigint[]>
  /** The broker that leads each partition. */
  leaders(): Promise<number[]>
  /** Records of partitions with one leader, from an offset on; none after `waitMs`. */
  read(leader: number, from: ReadonlyMap<number, bigint>, waitMs: number): Promise<KafkaRead>
  /** All records of a partition up to its end now. */
  readAll(partition: number, from: bigint): Promise<KafkaRecord[]>
  close(): Promise<void>
}

/** Reads without anything before the end of a partition. */
const MOST_EMPTY = 20
const MOST_BYTES = 8 << 20

/** @throws SourceError `broker-unreachable`, `package-missing` */
export async function openTopicReader(connection: KafkaConnection, topic: string): Promise<TopicReader> {
  const { Consumer } = await loadKafka()
  const consumer: Consumer = new Consumer({
    ...kafkaOptions(connection),
    groupId: `${connection.clientId}-reader`,
    autocommit: false,
  })
  consumer.on('error', () => {})
  consumer.topics.track(topic)
  let isClosed = false
  const metadata = async () => {
    const found = (await consumer.metadata({ topics: [topic] })).topics.get(topic)
    if (found === undefined)
      throw createError('broker-unreachable', {
        url: connection.brokers.join(','),
        reason: `it has no topic ${topic}`,
      })
    return found
  }
  const reader: TopicReader = {
    topic,
    partitions: async () => (await metadata()).partitionsCount,
    async offsets(which) {
      const timestamp = which === 'end' ? -1n : -2n
      const found = await untilDone(
        () => consumer.listOffsets({ topics: [topic], timestamp }),
        () => isClosed,
      )
      return found.get(topic) ?? []
    },
    leaders: async () => (await metadata()).partitions.map(({ leader }) => leader),
    async read(leader, from, waitMs) {
      const { id } = await metadata()
      const partitions = [...from].map(([partition, fetchOffset]) => ({
        partition,
        fetchOffset,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: MOST_BYTES,
      }))
      const { responses } = await consumer.fetch({
        node: leader,
        topics: [{ topicId: id, partitions }],
        maxWaitTime: waitMs,
        minBytes: 1,
        maxBytes: MOST_BYTES,
      })
      const fetched = responses.flatMap(found => found.partitions)
      return {
        records: fetched.flatMap(found => recordsOf(found, from)),
        next: new Map(fetched.flatMap(found => nextOf(found))),
      }
    },
    async readAll(partition, from) {
      const end = (await reader.offsets('end'))[partition]
      const all: KafkaRecord[] = []
      let empty = 0
      for (let next = from; next < end; ) {
        const from = new Map([[partition, next]])
        const read = await untilDone(
          async () => reader.read((await reader.leaders())[partition], from, RETRY_MS),
          () => isClosed,
        )
        for (const record of read.records) all.push(record)
        empty = read.next.has(partition) ? 0 : empty + 1
        if (empty === MOST_EMPTY)
          throw kafkaError(connection, new Error(`it does not give all of ${topic}/${partition}`))
        next = read.next.get(partition) ?? next
      }
      return all
    },
    close() {
      isClosed = true
      return closeQuietly(consumer)
    },
  }
  try {
    await metadata()
    return reader
  } catch (error) {
    await reader.close()
    throw kafkaError(connection, error)
  }
}

/** Closes a client; an error then changes nothing. */
export async function closeQuietly(client: { close(force: boolean): Promise<void> | void }): Promise<void> {
  try {
    await client.close(true)
  } catch {}
}

type Fetched = Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]

function nextOf({ partitionIndex, records }: Fetched): [number, bigint][] {
  const last = records?.at(-1)
  return last ? [[partitionIndex, last.firstOffset + BigInt(last.lastOffsetDelta) + 1n]] : []
}

const IS_CONTROL = 0b100000

function recordsOf(
  { partitionIndex: partition, records }: Fetched,
  from: ReadonlyMap<number, bigint>,
): KafkaRecord[] {
  return (records ?? [])
    .filter(({ attributes }) => (attributes & IS_CONTROL) === 0)
    .flatMap(({ firstOffset, firstTimestamp, records }) =>
      records.map(({ offsetDelta, timestampDelta, key, value }) => ({
        partition,
        offset: firstOffset + BigInt(offsetDelta),
        timeMs: Number(firstTimestamp + timestampDelta),
        key,
        value,
      })),
    )
    .filter(({ offset }) => offset >= from.get(partition)!)
}
