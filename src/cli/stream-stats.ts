import { formatDuration } from '../core/duration.js'
import { MINUTE_MS } from '../core/milliseconds.js'
import type { Sink } from '../emit/index.js'
import type { StreamCounts } from '../live/index.js'
import type { Io } from './io.js'

/** Time that a rate is taken over, at least. */
const LEAST_MS = 1000

/** Prints a line of statistics now and then. */
export function createStats(io: Io, everyMs: number, epochMs: () => number | undefined) {
  let lastMs = io.now()
  let lastReceived = Number.NaN
  const print = (counts: StreamCounts, sinks: ReadonlyMap<string, Sink>) => {
    const elapsedMs = io.now() - lastMs
    // Of less than a second it says nothing: the first messages are there at once.
    const rate = elapsedMs < LEAST_MS ? Number.NaN : (1000 * (counts.received - lastReceived)) / elapsedMs
    io.stderr(`${statsLine(counts, sinks, rate, epochMs())}\n`)
    lastMs = io.now()
    lastReceived = counts.received
  }
  return {
    progress(counts: StreamCounts, sinks: ReadonlyMap<string, Sink>) {
      if (Number.isNaN(lastReceived)) lastReceived = counts.received
      if (io.now() - lastMs >= everyMs) print(counts, sinks)
    },
    print,
  }
}

const lagText = (ms: number) => (ms < MINUTE_MS ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms))

/**
 * Rate, lag, devices, events, and what was refused or is waiting, by reason.
 *
 * @param nowMs undefined: messages are from the past, so that a lag says nothing
 */
export function statsLine(
  counts: StreamCounts,
  sinks: ReadonlyMap<string, Sink>,
  rate: number,
  nowMs: number | undefined,
): string {
  const number = (x: number) => Math.round(x).toLocaleString('en')
  const counted = (n: number, word: string) => `${number(n)} ${word}${n === 1 ? '' : 's'}`
  const list = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([reason, count]) => `${reason} ${number(count)}`)
      .join(', ')
  const parts = [
    `${counted(counts.received, 'message')}${Number.isFinite(rate) ? ` (${number(rate)}/s)` : ''}`,
    `${number(counts.scored)} of ${counted(counts.samples, 'sample')} scored`,
    ...(counts.newestMs === null || nowMs === undefined ? [] : [`lag ${lagText(nowMs - counts.newestMs)}`]),
    `${counted(counts.devices, 'device')}${counts.silent > 0 ? ` (${number(counts.silent)} silent)` : ''}`,
    counted(counts.events, 'event'),
    ...(counts.drifts > 0 ? [counted(counts.drifts, 'drift')] : []),
    ...(Object.keys(counts.refused).length > 0 ? [`refused: ${list(counts.refused)}`] : []),
    ...(Object.keys(counts.unscored).length > 0 ? [`not scored: ${list(counts.unscored)}`] : []),
    ...(counts.badReadings > 0
      ? [
          `${counted(counts.badReadings, 'reading')} ${counts.badReadings === 1 ? 'is no number and no known state' : 'are no numbers and no known states'}`,
        ]
      : []),
  ]
  for (const [name, sink] of sinks) {
    const { waiting, lost, heldBack = 0 } = sink.counts()
    if (heldBack > 0) parts.push(`${name}: ${number(heldBack)} held back`)
    if (waiting > 0 || lost > 0) parts.push(`${name}: ${number(waiting)} waiting, ${number(lost)} lost`)
  }
  return parts.join('; ')
}
