import { REASONS } from '../../core/contracts.js'
import { counted } from '../../core/counted.js'
import type { CloudEvent, LiveOutput, Sink } from '../../emit/index.js'
import type { ScoredSamples } from '../../session/index.js'

/** What one path gave for one device. */
export interface Recording {
  readonly timeMs: number[]
  /** As float32; NaN where there is none. */
  readonly score: number[]
  readonly reason: string[]
  /** One text per event that ended: id, start, end and score. */
  readonly events: string[]
}
export type Recordings = Map<string, Recording>

function recordingOf(all: Recordings, device: string): Recording {
  const known = all.get(device) ?? { timeMs: [], score: [], reason: [], events: [] }
  all.set(device, known)
  return known
}

/** Adds samples. */
export function recordSamples(
  all: Recordings,
  device: string,
  samples: Pick<ScoredSamples, 'score' | 'reason'> & { readonly frame: { readonly timeMs: Float64Array } },
): void {
  const own = recordingOf(all, device)
  for (let i = 0; i < samples.score.length; i++) {
    own.timeMs.push(samples.frame.timeMs[i]!)
    own.score.push(samples.score[i]!)
    own.reason.push(REASONS[samples.reason[i]!]!)
  }
}

/** Adds scores of an answer, which has no times. */
export function recordScores(
  all: Recordings,
  device: string,
  timeMs: Iterable<number>,
  score: readonly (number | null)[],
  reason: readonly string[],
): void {
  const own = recordingOf(all, device)
  for (const time of timeMs) own.timeMs.push(time)
  for (const value of score) own.score.push(value ?? Number.NaN)
  for (const text of reason) own.reason.push(text)
}

export function recordEvent(
  all: Recordings,
  device: string,
  event: { readonly id: string; readonly startMs: number; readonly endMs: number; readonly score: number },
): void {
  const { id, startMs, endMs, score } = event
  recordingOf(all, device).events.push(`${id} ${startMs} ${endMs} ${Math.fround(score)}`)
}

/** Adds an event of a stream that ended. */
export function recordCloudEvent(all: Recordings, { type, subject, data }: CloudEvent): void {
  if (!type.endsWith('anomaly.closed.v1')) return
  const { id, start, end, score } = data as { id: string; start: unknown; end: unknown; score: number }
  const at = (time: unknown) => (typeof time === 'number' ? time : Date.parse(String(time)))
  recordEvent(all, subject, { id, startMs: at(start), endMs: at(end), score })
}

/** A sink that records what a stream gives. */
export function recordingSink(all: Recordings): Sink {
  return {
    async write(outputs: readonly LiveOutput[]) {
      for (const { device, scored, events } of outputs) {
        if (scored) recordSamples(all, device, scored)
        for (const event of events) recordCloudEvent(all, event)
      }
    },
    state: async () => null,
    counts: () => ({ waiting: 0, lost: 0 }),
    drain: async () => {},
    close: async () => {},
  }
}

/** Samples and events in all. */
export function sizeOf(all: Recordings): { readonly samples: number; readonly events: number } {
  let samples = 0
  let events = 0
  for (const { timeMs, events: own } of all.values()) {
    samples += timeMs.length
    events += own.length
  }
  return { samples, events }
}

/**
 * The first difference of two recordings as a sentence; undefined when all scores have the same bits and all events are equal.
 *
 * @example
 * import { firstDifference } from './recording.js'
 * const of = score => new Map([['p', { timeMs: [0], score: [score], reason: [''], events: [] }]])
 * firstDifference(of(1), of(1)) // => undefined
 * firstDifference(of(1), of(2)) // => 'device p, sample 0: the score is 2 instead of 1'
 */
export function firstDifference(wanted: Recordings, got: Recordings): string | undefined {
  for (const [device, own] of wanted) {
    const where = device === '' ? '' : `device ${device}, `
    const other = got.get(device)
    if (other === undefined) return `${where}nothing came`
    if (other.timeMs.length !== own.timeMs.length)
      return `${where}${counted(other.timeMs.length, 'sample')} instead of ${own.timeMs.length}`
    for (let i = 0; i < own.timeMs.length; i++) {
      if (own.timeMs[i] !== other.timeMs[i])
        return `${where}sample ${i}: the time is ${other.timeMs[i]} instead of ${own.timeMs[i]}`
      if (!Object.is(own.score[i], other.score[i]))
        return `${where}sample ${i}: the score is ${other.score[i]} instead of ${own.score[i]}`
      if (own.reason[i] !== other.reason[i])
        return `${where}sample ${i}: the reason is ${JSON.stringify(other.reason[i])} instead of ${JSON.stringify(own.reason[i])}`
    }
    const k = own.events.findIndex((event, i) => event !== other.events[i])
    if (k >= 0) return `${where}event ${k}: ${other.events[k] ?? 'none'} instead of ${own.events[k]}`
    if (other.events.length > own.events.length)
      return `${where}${counted(other.events.length, 'event')} instead of ${own.events.length}`
  }
  const more = [...got.keys()].find(device => !wanted.has(device))
  return more === undefined ? undefined : `device ${more}: it is not in the table`
}
