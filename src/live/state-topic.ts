import { createError } from '../core/errors.js'
import {
  ensureTopic,
  type KafkaConnection,
  type KafkaWriter,
  openKafkaWriter,
  openTopicReader,
} from '../sources/index.js'
import type { Checkpoint, StateStore } from './state-store.js'

export interface StateTopicOptions {
  readonly connection: KafkaConnection
  /** A compacted topic with as many partitions as the source; created where it is missing. */
  readonly topic: string
  readonly partitions: number
  readonly partition: number
  /** Generation of the consumer group in which this worker took the partition. */
  readonly generation: number
  /** Called after each checkpoint. */
  onSaved(checkpoint: Checkpoint): void
}

/** Who owned a partition: later owners have higher numbers, in order. */
type Epoch = readonly [owner: number, generation: number]

/** Value of a key `[owner, generation, "checkpoint"]`. */
interface Stored extends Checkpoint {
  readonly save: number
}

/** Largest record: the checkpoint of some 100,000 devices. */
const LARGEST_RECORD = 16 << 20

/**
 * The state of one partition in a compacted topic, so that another worker continues from it: offset and state are one checkpoint. Each owner writes
 * under keys of its own, and a reader takes the last owner that finished a checkpoint: what a worker writes that lost the partition without noticing
 * changes nothing. A device has two keys in turn, so that a checkpoint that was not finished leaves the one before whole.
 *
 * @throws SourceError `broker-unreachable`, `package-missing`; ArtefactError `artefact-damaged`
 */
export async function openStateTopic(options: StateTopicOptions): Promise<StateStore> {
  const { connection, topic, partitions, partition } = options
  await ensureTopic(connection, topic, partitions, {
    'cleanup.policy': 'compact',
    'max.message.bytes': String(LARGEST_RECORD),
  })
  const found = await readLatest(connection, topic, partition)
  const writer = await openKafkaWriter(connection)
  return new TopicStore(options, found, writer)
}

/** The last value of each key. */
async function readLatest(connection: KafkaConnection, topic: string, partition: number) {
  const reader = await openTopicReader(connection, topic)
  try {
    const values = new Map<string, Buffer>()
    const first = (await reader.offsets('first'))[partition]
    for (const { key, value } of await reader.readAll(partition, first)) {
      if (key === null) continue
      if (value === null) values.delete(key.toString())
      else values.set(key.toString(), value)
    }
    return values
  } finally {
    await reader.close()
  }
}

type Key = readonly [
  owner: number,
  generation: number,
  kind: 'checkpoint' | 'device',
  device?: string,
  slot?: 0 | 1,
]

const SAVE_BYTES = 8

class TopicStore implements StateStore {
  readonly isLasting = true
  readonly last: Checkpoint | undefined
  readonly #options: StateTopicOptions
  readonly #writer: KafkaWriter
  readonly #epoch: Epoch
  readonly #states = new Map<string, Uint8Array>()
  readonly #dirty = new Set<string>()
  /** The key of each device that the last checkpoint stands on. */
  readonly #slots = new Map<string, 0 | 1>()
  /** Keys of owners before. */
  #old: string[]
  #save = 0
  #pending = 0

  constructor(options: StateTopicOptions, found: ReadonlyMap<string, Buffer>, writer: KafkaWriter) {
    this.#options = options
    this.#writer = writer
    this.#old = [...found.keys()]
    const keys = this.#old.map(text => ({ text, key: JSON.parse(text) as Key }))
    const owners = keys.filter(({ key }) => key[2] === 'checkpoint').map(({ key }): Epoch => [key[0], key[1]])
    const owner = owners.sort((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1)
    this.#epoch = [(owner?.[0] ?? 0) + 1, options.generation]
    if (owner === undefined) return
    const { save, ...checkpoint } = parse(found.get(JSON.stringify([...owner, 'checkpoint']))!, options.topic)
    this.last = checkpoint
    const saves = new Map<string, number>()
    for (const { text, key } of keys) {
      const [number, generation, kind, device = ''] = key
      if (kind !== 'device' || number !== owner[0] || generation !== owner[1]) continue
      const value = found.get(text)!
      const at = value.readDoubleLE(0)
      if (at > save || at <= (saves.get(device) ?? -1)) continue
      saves.set(device, at)
      this.#states.set(device, value.subarray(SAVE_BYTES))
      // Under the keys of this owner with its first checkpoint.
      this.#dirty.add(device)
    }
  }

  async *journalled() {}

  /** The topic of the messages is the journal. */
  append: StateStore['append'] = async batches => {
    this.#pending += batches.length
  }

  pending = () => this.#pending

  read: StateStore['read'] = async device => this.#states.get(device)

  put: StateStore['put'] = async (device, bytes) => {
    this.#states.set(device, bytes)
    this.#dirty.add(device)
  }

  async save(checkpoint: Checkpoint) {
    const { topic, partition, onSaved } = this.#options
    const save = this.#save + 1
    const slots = [...this.#dirty].map(device => [device, this.#slots.get(device) === 0 ? 1 : 0] as const)
    const record = (key: readonly unknown[], value: string | Uint8Array | null) => ({
      topic,
      partition,
      key: JSON.stringify([...this.#epoch, ...key]),
      value,
    })
    await this.#writer.write(
      slots.map(([device, slot]) =>
        record(['device', device, slot], stamped(save, this.#states.get(device)!)),
      ),
    )
    const stored: Stored = { save, ...checkpoint }
    await this.#writer.write([record(['checkpoint'], JSON.stringify(stored))])
    await this.#writer.write(this.#old.map(key => ({ topic, partition, key, value: null })))
    for (const [device, slot] of slots) this.#slots.set(device, slot)
    this.#dirty.clear()
    this.#old = []
    this.#save = save
    this.#pending = 0
    onSaved(checkpoint)
  }

  close = () => this.#writer.close()
}

/** The number of the save before the bytes. */
function stamped(save: number, bytes: Uint8Array): Uint8Array {
  const value = Buffer.alloc(SAVE_BYTES + bytes.length)
  value.writeDoubleLE(save, 0)
  value.set(bytes, SAVE_BYTES)
  return value
}

function parse(value: Buffer, topic: string): Stored {
  try {
    return JSON.parse(value.toString())
  } catch (error) {
    throw createError(
      'artefact-damaged',
      { path: topic, file: 'checkpoint', reason: 'it is not JSON' },
      error,
    )
  }
}
