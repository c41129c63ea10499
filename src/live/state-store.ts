import type { Json } from '../core/state.js'
import type { Batch } from './batch.js'

/** What a stream is at one moment, beside the states of its devices. */
export interface Checkpoint {
  readonly stream: Json
  /** States of the sinks, by name. */
  readonly sinks: Readonly<Record<string, Json>>
  readonly position: Json
}

/** Keeps the states of devices that are not in use, and all that a stream needs to continue after it was killed. */
export interface StateStore {
  /** Whether it outlives the program. */
  readonly isLasting: boolean
  /** The last checkpoint; undefined at the first start. */
  readonly last: Checkpoint | undefined
  /** The batches after the last checkpoint, in order. */
  journalled(): AsyncIterable<Batch>
  /** Keeps batches; when this resolves, their messages may be forgotten by who sent them. */
  append(batches: readonly Batch[]): Promise<void>
  /** Bytes of batches since the last checkpoint. */
  pending(): number
  /** The state of a device, as it was put last. */
  read(device: string): Promise<Uint8Array | undefined>
  put(device: string, bytes: Uint8Array): Promise<void>
  /** Everything that was put and the checkpoint count from now on, at once or not at all. */
  save(checkpoint: Checkpoint): Promise<void>
  close(): Promise<void>
}

/** Holds states as bytes in memory: nothing is left when the program ends. */
export function memoryStore(): StateStore {
  const states = new Map<string, Uint8Array>()
  return {
    isLasting: false,
    last: undefined,
    async *journalled() {},
    append: async () => {},
    pending: () => 0,
    read: async device => states.get(device),
    put: async (device, bytes) => void states.set(device, bytes),
    save: async () => {},
    close: async () => {},
  }
}
