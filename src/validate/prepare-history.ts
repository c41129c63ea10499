import type { Alignment } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { splitAt } from '../window/index.js'
import { BEGINS, createClock, LATE } from './clock.js'
import { channelPolicies, type MissingOptions, type MissingPolicy } from './options.js'
import { createPreparation, type PreparedSamples } from './prepare.js'

/** A whole frame that is ready for windows. */
export interface Prepared {
  /** Same samples and channels. Finite inside of the segments. */
  readonly frame: Frame
  /** Segments without a gap, ascending: windows stay inside. What lies in none has a missing reading that nothing may fill. */
  readonly segments: readonly Interval[]
  /** `[N * C]` 1 where a reading was filled that must not be counted; absent without any. */
  readonly masked?: Uint8Array
}

/** What is known of the series that a frame is a part of. */
export interface SeriesFacts {
  /** Usual time between samples, ms; NaN = there is none. */
  readonly cadenceMs: number
  /** Samples of the frame that do not follow on the one before them, ascending. */
  readonly borders?: readonly number[]
  /** `[C]` */
  readonly fallback?: readonly number[]
  /** What the readings are prepared for. Default `two-sided`. */
  readonly alignment?: Alignment
}

/**
 * Prepares a whole history, which is there from end to end: `createPreparation` with one push. A frame without gaps comes back as it is.
 *
 * @throws DataError `data-missing-value`, `data-bad-cell` for a channel with the policy `error`
 */
export function prepareHistory(
  frame: Frame,
  options: MissingOptions,
  { cadenceMs, borders = [], fallback, alignment = 'two-sided' }: SeriesFacts,
): Prepared {
  const { channels, timeKind, timeMs } = frame
  const { maxGap } = options
  const policies = channelPolicies(channels, options)
  refuseMissing(frame, policies)
  const marks = createClock({ timeKind, cadenceMs, maxGap }).take(timeMs)
  for (const border of borders) if (border < marks.length) marks[border] = BEGINS
  const begins = marks.map(mark => (mark === BEGINS ? 1 : 0))
  const preparation = createPreparation({ channels, policies, maxGap, fallback, alignment })
  const parts = [preparation.push(frame, begins), preparation.finish()]
  const [prepared] = parts
  const rest = sampleCount(parts[1].frame)
  const whole = rest === 0 ? prepared : joinPrepared(parts, frame)
  const segments = splitAt(
    sampleCount(frame),
    [...begins.keys()].filter(i => begins[i] && i > 0),
  ).flatMap(stretch => usableStretches(whole.usable, marks, stretch))
  const hasMask = whole.masked?.includes(1)
  return { frame: whole.frame, segments, ...(hasMask && { masked: whole.masked }) }
}

function joinPrepared(parts: readonly PreparedSamples[], frame: Frame): PreparedSamples {
  const n = sampleCount(frame)
  const values = new Float64Array(frame.values.length)
  const usable = new Uint8Array(n)
  const masked = parts[0].masked && new Uint8Array(values.length)
  let at = 0
  for (const part of parts) {
    values.set(part.frame.values, at * frame.channels.length)
    usable.set(part.usable, at)
    if (part.masked) masked?.set(part.masked, at * frame.channels.length)
    at += sampleCount(part.frame)
  }
  return { frame: { ...frame, values }, begins: new Uint8Array(n), usable, masked }
}

/** Maximal runs of samples that can be used, inside of one without a gap. */
function usableStretches(usable: Uint8Array, marks: Uint8Array, { start, end }: Interval): Interval[] {
  const isUsable = (i: number) => usable[i] === 1 && marks[i] !== LATE
  const found: Interval[] = []
  for (let i = start; i < end; i++) {
    if (!isUsable(i)) continue
    const first = i
    while (i < end && isUsable(i)) i++
    found.push({ start: first, end: i })
  }
  return found
}

/**
 * Refuses the first missing or infinite reading of a channel that must have none.
 *
 * @param first number of the frame's first sample in its series
 * @throws DataError `data-missing-value`, `data-bad-cell`
 */
export function refuseMissing(frame: Frame, policies: readonly MissingPolicy[], first = 0): void {
  if (!policies.includes('error')) return
  const { values, channels, timeMs, timeKind } = frame
  for (let at = 0; at < values.length; at++) {
    const channel = at % channels.length
    if (policies[channel] !== 'error' || Number.isFinite(values[at])) continue
    const sample = Math.floor(at / channels.length)
    const isTime = timeKind === 'utc' && Number.isFinite(timeMs[sample])
    const row = isTime ? `at ${new Date(timeMs[sample]).toISOString()}` : `sample ${first + sample}, from 0`
    const place = { file: 'the table', row, column: channels[channel] }
    throw Number.isNaN(values[at])
      ? createError('data-missing-value', place)
      : createError('data-bad-cell', { ...place, got: String(values[at]) })
  }
}
