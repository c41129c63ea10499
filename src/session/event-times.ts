import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import { createEventMachine, type EventChange, type EventOptions, type Suppressed } from '../events/index.js'

/** An event of a series that is not kept, with the times of its samples: of its first, last, onset and peak. */
export interface TimedEvent {
  readonly event: AnomalyEvent
  readonly startMs: number
  readonly lastMs: number
  readonly onsetMs: number
  readonly peakMs: number
}

/** Scored samples of one piece, `[N]` and `[N * C]`. */
interface Piece {
  readonly frame: Frame
  readonly score: Float32Array
  readonly flag: Uint8Array
  readonly residual: Float32Array
}

interface OnlineEvents {
  /** The events that closed with these samples. */
  push(piece: Piece): TimedEvent[]
  /** The series has ended: the event that was open. */
  finish(): TimedEvent[]
  /** No event that is still to come has a sample before this one. */
  settled(): number
  /** Flagged samples so far that opened no event because of maintenance or the cool-down. */
  suppressed(): Suppressed
}

/**
 * Finds the events of a series that comes in pieces: the same as `findEvents` of the whole. Memory O(C), whatever the number of samples.
 *
 * @param usual `[C]` readings that deviations are measured from, where channels have rules
 */
export function eventsOnline(
  channels: readonly string[],
  timeKind: Frame['timeKind'],
  options: EventOptions,
  usual?: readonly number[],
): OnlineEvents {
  const machine = createEventMachine(channels, timeKind, options)
  /** Times of the earlier samples that an event may still name. */
  let remembered = new Map<number, number>()
  let samples = 0
  const closed = (change: EventChange | undefined, timeOf: (sample: number) => number): TimedEvent[] => {
    if (change?.type !== 'closed') return []
    const { event } = change
    return [
      {
        event,
        startMs: timeOf(event.start),
        lastMs: timeOf(event.end - 1),
        onsetMs: timeOf(event.onset),
        peakMs: timeOf(event.peak),
      },
    ]
  }
  const recalled = (sample: number) => remembered.get(sample) ?? Number.NaN
  return {
    push({ frame, score, flag, residual }) {
      const { timeMs } = frame
      const c = channels.length
      const first = samples
      const timeOf = (sample: number) => (sample < first ? recalled(sample) : timeMs[sample - first])
      const found: TimedEvent[] = []
      for (let i = 0; i < timeMs.length; i++) {
        const change = machine.push({
          timeMs: timeMs[i],
          score: score[i],
          flag: flag[i] !== 0,
          residual: residual.subarray(i * c, (i + 1) * c),
          ...(usual && {
            deviation: usual.map((value, k) => frame.values[i * c + k] - value),
            expected: usual,
          }),
        })
        if (change !== undefined) found.push(...closed(change, timeOf))
      }
      samples += timeMs.length
      const { rise, lastEnd, current } = machine.state()
      const named = [rise, lastEnd]
      // An event that follows at once may have its onset where this one ends.
      if (current) named.push(current.start, current.onset, current.peak, current.end - 1, current.end)
      remembered = new Map(
        named
          .filter(sample => sample >= 0 && sample < samples)
          .map(sample => [sample, timeOf(sample)] as const),
      )
      return found
    },
    finish: () => closed(machine.finish(), recalled),
    suppressed() {
      const { inMaintenance, inCoolDown } = machine.state().gate
      return { inMaintenance, inCoolDown }
    },
    settled: () => machine.state().current?.start ?? samples,
  }
}

/** Events as a table over the few samples that they name, for what prints or writes events of a frame. */
export function eventTable(
  events: readonly TimedEvent[],
  { channels, timeKind }: Pick<Frame, 'channels' | 'timeKind'>,
): { readonly frame: Frame; readonly events: readonly AnomalyEvent[] } {
  const timeMs = Float64Array.from(
    events.flatMap(({ startMs, onsetMs, peakMs, lastMs }) => [startMs, onsetMs, peakMs, lastMs]),
  )
  return {
    frame: { timeMs, timeKind, channels, values: new Float64Array(timeMs.length * channels.length) },
    events: events.map(({ event }, k) => ({
      ...event,
      start: 4 * k,
      onset: 4 * k + 1,
      peak: 4 * k + 2,
      end: 4 * k + 4,
    })),
  }
}
