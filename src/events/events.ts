import type { AnomalyEvent, EventChange } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { changesOf, createEventMachine } from './machine.js'
import type { EventOptions } from './options.js'
import type { EventSample } from './sample.js'

/**
 * Flags and calibrated scores -> events, in time order, with a deterministic id made of the start: `createEventMachine` over a whole series.
 *
 * @param score `[N]` 1.0 = threshold; NaN where not scored
 * @param flag `[N]` 1 = flagged
 * @param residual `[N * C]` non-negative shares of the channels in the score
 * @param expected `[N * C]` what a detector expected, where the rules of channels need it
 * @param sharp `[N]` how unusual each sample is without smoothing, see `Scores.sharp`
 * @throws OptionError as `createEventMachine`
 */
export function findEvents(
  frame: Frame,
  score: Float32Array,
  flag: Uint8Array,
  residual: Float32Array,
  options: EventOptions = {},
  expected?: ArrayLike<number>,
  sharp?: ArrayLike<number>,
): AnomalyEvent[] {
  const changes = eventChanges(frame, { score, flag, residual, expected, sharp }, options)
  return [...changes].flatMap(({ type, event }) => (type === 'closed' ? [event] : []))
}

/** What the rules of events look at, sample by sample. */
export interface EventColumns {
  /** `[N]` 1.0 = threshold; NaN where not scored. */
  readonly score: Float32Array
  /** `[N]` 1 = flagged. */
  readonly flag: Uint8Array
  /** `[N * C]` */
  readonly residual: Float32Array
  /** `[N * C]` what a detector expected, where the rules of channels need it. */
  readonly expected?: ArrayLike<number>
  /** `[N]` */
  readonly sharp?: ArrayLike<number>
}

/** One sample of a scored series, for the rules of events. */
export function eventSampleAt(
  { channels, timeMs, values }: Frame,
  { score, flag, residual, expected, sharp }: EventColumns,
  i: number,
): EventSample {
  const width = channels.length
  const row = expected && channels.map((_, c) => expected[i * width + c])
  return {
    timeMs: timeMs[i],
    score: score[i],
    flag: flag[i] !== 0,
    residual: width === 0 ? residual : residual.subarray(i * width, (i + 1) * width),
    ...(sharp && { sharp: sharp[i] }),
    ...(row && { expected: row, deviation: row.map((value, c) => values[i * width + c] - value) }),
  }
}

/** The events of `findEvents` as they open, with the time of the sample that opens them, and as they close. */
export function* eventChanges(
  frame: Frame,
  columns: EventColumns,
  options: EventOptions = {},
): Generator<EventChange & { readonly timeMs: number }> {
  const { channels, timeMs, timeKind } = frame
  const machine = createEventMachine(channels, timeKind, options)
  for (let i = 0; i < sampleCount(frame); i++) {
    const step = machine.push(eventSampleAt(frame, columns, i))
    // Most samples change nothing.
    if (step === undefined || step === 'updated') continue
    for (const change of changesOf(step)) yield { ...change, timeMs: timeMs[i] }
  }
  const last = machine.finish()
  if (last) yield { ...last, timeMs: timeMs.at(-1) ?? Number.NaN }
}
