import { workPerCheckpoint } from '../../live/index.js'
import type { Probe } from './probe.js'

/** What is to be planned. */
export interface StreamLoad {
  readonly devices: number
  /** Samples of each device in a second. */
  readonly rateHz: number
  /** Longest time between two checkpoints. */
  readonly checkpointMs: number
  /** Bytes of the state of a device after many samples. */
  readonly fullStateBytes: number
  /** Bytes of a message, and of its line in the journal. */
  readonly messageBytes: number
  readonly journalBytes: number
}

/** What a stream will take, beside the operating system. */
export interface StreamPlan {
  readonly messagesPerSecond: number
  /** Cores that are busy. */
  readonly cores: number
  readonly memoryBytes: number
  /** Of one device. */
  readonly deviceBytes: number
  readonly diskWriteBytesPerSecond: number
  /** States, and the journal of the time between two checkpoints. */
  readonly diskBytes: number
  readonly networkBytesPerSecond: number
  readonly checkpointSeconds: number
  /** Time between two checkpoints. */
  readonly checkpointMs: number
}

/**
 * What was measured with some devices, for another number of them: memory and the time of a checkpoint grow with the devices, the rest with the messages.
 *
 * @param probes with fewer and with more devices; one, or two with different numbers
 */
export function planStream(load: StreamLoad, probes: readonly Probe[]): StreamPlan {
  const [few, many] = [probes[0]!, probes.at(-1)!]
  const { devices, rateHz, fullStateBytes, messageBytes, journalBytes } = load
  const deviceBytes =
    few.devices === many.devices
      ? 0
      : Math.max(0, (many.residentBytes - few.residentBytes) / (many.devices - few.devices))
  const checkpointSeconds = (many.checkpointSeconds * devices) / many.devices
  const stateBytes = fullStateBytes * devices
  // What a device keeps of its last samples grows after the probe, in memory as on the disk.
  const grownBytes = stateBytes - (many.stateBytes * devices) / many.devices
  const messagesPerSecond = devices * rateHz
  const work = messagesPerSecond * many.messageSeconds
  const checkpointMs = Math.min(load.checkpointMs, workPerCheckpoint(1000 * checkpointSeconds) / work)
  // A device that sends less often than the state is saved does not change between two checkpoints.
  const savedShare = Math.min(1, (rateHz * checkpointMs) / 1000)
  const perSecond = 1000 / checkpointMs
  return {
    messagesPerSecond,
    cores: work + savedShare * checkpointSeconds * perSecond,
    memoryBytes: many.residentBytes + (devices - many.devices) * deviceBytes + grownBytes,
    deviceBytes: deviceBytes + grownBytes / devices,
    diskWriteBytesPerSecond: messagesPerSecond * journalBytes + savedShare * stateBytes * perSecond,
    diskBytes: 2 * stateBytes + (messagesPerSecond * journalBytes * checkpointMs) / 1000,
    networkBytesPerSecond: messagesPerSecond * messageBytes,
    checkpointSeconds,
    checkpointMs,
  }
}
