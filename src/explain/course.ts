import type { AnomalyEvent } from '../core/contracts.js'
import type { Interval } from '../core/frame.js'
import type { ChannelExpectation } from './expectation.js'
import type { PossibleReadings } from './possible.js'
import type { Reference, ScoredSeries } from './reference.js'
import { BAND } from './usual-error.js'

/** How a channel ran over an event, against what the other channels call for. */
export interface ChannelCourse {
  readonly channel: number
  readonly name: string
  /** The samples that were compared: the event and what surrounds it. */
  readonly range: Interval
  /** `[n]` in the unit of the channel. */
  readonly expected: Float64Array
  /** Half the width of the band around `expected`, in the unit of the channel. */
  readonly halfBand: number
  /** What it can read at all: no band reaches further, see `bandOf`; absent = anything. */
  readonly possible?: PossibleReadings
  /** `[n]` reading minus expected, in usual errors; NaN where there is no reading. */
  readonly deviation: Float64Array
  /** Sample at which it left its band; null when it did not. */
  readonly left: number | null
  /** From the first to the last sample outside of the band. */
  readonly outside: Interval | null
  /** Whether it was so before the samples that are looked at: when it left its band is not known. */
  readonly isOld: boolean
}

/** One reading this far off is enough, in usual errors. */
const FAR = 8
/** Otherwise `count` of `of` consecutive samples have to lie outside. */
const OUTSIDE = { count: 3, of: 5 }
/** Samples inside of the band after which a channel has returned. */
const LONGEST_RETURN = 20

/**
 * Compares channels with their bands over an event and what surrounds it. A channel has left its band when 3 of 5 consecutive readings lie
 * more than 4 usual errors from what is expected, or a single one more than 8; not when it does so after the event, or is back before the onset.
 *
 * @param without channels that are not trusted as evidence
 */
export async function channelCourses(
  { frame }: ScoredSeries,
  expectation: ChannelExpectation,
  reference: Reference,
  event: Interval & Pick<AnomalyEvent, 'onset'>,
  range: Interval,
  without: readonly number[],
): Promise<ChannelCourse[]> {
  const width = frame.channels.length
  const all: ChannelCourse[] = []
  for (let channel = 0; channel < reference.channels.length; channel++) {
    const { possible } = reference.channels[channel]
    const { values: expected, usualError } = await expectation.of(channel, without, range)
    const deviation = new Float64Array(expected.length)
    for (let i = 0; i < deviation.length; i++)
      deviation[i] = (frame.values[(range.start + i) * width + channel] - expected[i]) / usualError
    const outside = outsideBand(deviation, range.start, {
      start: Math.min(event.onset, event.start),
      end: event.end,
    })
    const left = outside?.start ?? null
    all.push({
      channel,
      name: frame.channels[channel],
      range,
      expected,
      halfBand: BAND * usualError,
      ...(possible && { possible }),
      deviation,
      left,
      outside,
      isOld: outside !== null && outside.start <= range.start && range.start > 0,
    })
  }
  return all
}

/** From the first to the last sample outside of the band, of the part that deviates most where several begin before the end of the event, and end after its beginning. */
function outsideBand(deviation: Float64Array, start: number, event: Interval): Interval | null {
  const isOut = new Uint8Array(deviation.length)
  for (let i = 0; i < deviation.length; i++) isOut[i] = Math.abs(deviation[i]) > BAND ? 1 : 0
  let best: Interval | null = null
  let most = 0
  let [first, last, sum] = [-1, -1, 0]
  for (let i = 0; i < deviation.length; i++) {
    if (isOut[i] === 0 || !(Math.abs(deviation[i]) > FAR || isGrouped(isOut, i))) continue
    if (first < 0 || i - last > LONGEST_RETURN) {
      first = i
      sum = 0
    }
    last = i
    sum += Math.abs(deviation[i])
    if (sum > most && start + first < event.end && start + last >= event.start) {
      most = sum
      best = { start: start + first, end: start + last + 1 }
    }
  }
  return best
}

/** Whether enough of the samples around one lie outside as well. */
function isGrouped(isOut: Uint8Array, i: number): boolean {
  const count = (from: number) => {
    const end = Math.min(isOut.length, from + OUTSIDE.of)
    let sum = 0
    for (let k = Math.max(0, from); k < end; k++) sum += isOut[k]
    return sum
  }
  return Math.max(count(i), count(i - OUTSIDE.of + 1)) >= OUTSIDE.count
}
