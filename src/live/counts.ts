import { REASONS } from '../core/contracts.js'

/** What became of everything that came: `received` is the sum of `refused` and what is `taken`. */
export interface StreamCounts {
  /** Messages, whatever became of them. */
  received: number
  /** Messages that became part of a sample, or said that a device is gone. */
  taken: number
  /** Messages by the reason why they were refused. */
  readonly refused: Record<string, number>
  /** Fields of messages that were no numbers and no known states. */
  badReadings: number
  samples: number
  scored: number
  /** Samples by the reason why they have no score. */
  readonly unscored: Record<string, number>
  /** Events that opened. */
  events: number
  /** Drifts that opened. */
  drifts: number
  devices: number
  /** Devices that are silent now. */
  silent: number
  /** Time of the newest sample, ms; null before the first. */
  newestMs: number | null
}

export function emptyCounts(): StreamCounts {
  return {
    received: 0,
    taken: 0,
    refused: {},
    badReadings: 0,
    samples: 0,
    scored: 0,
    unscored: {},
    events: 0,
    drifts: 0,
    devices: 0,
    silent: 0,
    newestMs: null,
  }
}

/** Counts refused messages. */
export function refuse(counts: StreamCounts, reason: string, messages = 1): void {
  counts.refused[reason] = (counts.refused[reason] ?? 0) + messages
}

/** Counts samples by what became of them. */
export function countSamples(counts: StreamCounts, reason: Uint8Array): void {
  counts.samples += reason.length
  for (const index of reason) {
    if (index === 0) counts.scored++
    else counts.unscored[REASONS[index]] = (counts.unscored[REASONS[index]] ?? 0) + 1
  }
}

/** The counts of several streams as one. */
export function sumCounts(all: readonly StreamCounts[]): StreamCounts {
  const sum = emptyCounts()
  const add = (to: Record<string, number>, from: Readonly<Record<string, number>>) => {
    for (const [reason, count] of Object.entries(from)) to[reason] = (to[reason] ?? 0) + count
  }
  for (const counts of all) {
    for (const key of [
      'received',
      'taken',
      'badReadings',
      'samples',
      'scored',
      'events',
      'drifts',
      'devices',
      'silent',
    ] as const)
      sum[key] += counts[key]
    add(sum.refused, counts.refused)
    add(sum.unscored, counts.unscored)
    if (counts.newestMs !== null) sum.newestMs = Math.max(sum.newestMs ?? counts.newestMs, counts.newestMs)
  }
  return sum
}
