import type { Producer } from '@platformatic/kafka'
import {
  closeQuietly,
  type KafkaConnection,
  kafkaError,
  kafkaOptions,
  loadKafka,
  reasonOf,
} from './kafka-client.js'

export interface KafkaWritten {
  readonly topic: string
  readonly key: string
  /** Null deletes the key from a compacted topic. */
  readonly value: string | Uint8Array | null
  readonly partition?: number
}

/** Writes records to a cluster; equal keys go to one partition. */
export interface KafkaWriter {
  /** Resolves when all replicas have the records; tries again while the cluster is away, until `close`. */
  write(records: readonly KafkaWritten[]): Promise<void>
  close(): Promise<void>
}

const RETRY_MS = 500
/** Records of one request, and their bytes. */
const MOST_TOGETHER = 1000
const MOST_BYTES = 512 * 1024

/** @throws SourceError `package-missing` */
export async function openKafkaWriter(connection: KafkaConnection): Promise<KafkaWriter> {
  const { Producer, ProduceAcks } = await loadKafka()
  const producer: Producer = new Producer(kafkaOptions(connection))
  producer.on('error', () => {})
  let isClosed = false
  const send = async (records: readonly KafkaWritten[]) => {
    const messages = records.map(({ topic, key, value, partition }) => ({
      topic,
      key: Buffer.from(key),
      value: value === null ? undefined : Buffer.from(value),
      ...(partition !== undefined && { partition }),
    }))
    for (;;) {
      try {
        // With a producer id a repeated request is written once.
        await producer.send({ messages, acks: ProduceAcks.ALL, idempotent: true })
        connection.onTrouble?.(undefined)
        return
      } catch (error) {
        if (isClosed || !mayRetry(error)) throw kafkaError(connection, error)
        connection.onTrouble?.(reasonOf(error))
        await new Promise(resolve => setTimeout(resolve, RETRY_MS))
      }
    }
  }
  return {
    async write(records) {
      for (const group of inGroups(records)) await send(group)
    },
    async close() {
      isClosed = true
      await closeQuietly(producer)
    },
  }
}

function* inGroups(records: readonly KafkaWritten[]): Generator<readonly KafkaWritten[]> {
  let group: KafkaWritten[] = []
  let bytes = 0
  for (const record of records) {
    const size = record.value?.length ?? 0
    if (group.length === MOST_TOGETHER || (group.length > 0 && bytes + size > MOST_BYTES)) {
      yield group
      group = []
      bytes = 0
    }
    group.push(record)
    bytes += size
  }
  if (group.length > 0) yield group
}

/** What is wrong with the records or the rights stays wrong. */
function mayRetry(error: unknown): boolean {
  const { findBy } = error as { findBy?(key: string, value: unknown): { canRetry?: boolean } | null }
  const refused = [
    'MESSAGE_TOO_LARGE',
    'RECORD_LIST_TOO_LARGE',
    'TOPIC_AUTHORIZATION_FAILED',
    'INVALID_RECORD',
  ]
  return !refused.some(id => findBy?.call(error, 'apiId', id))
}
