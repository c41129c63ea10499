import type { AnomalyEvent } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { createEventMachine, type Suppressed } from './machine.js'
import type { EventOptions } from './options.js'

/** What a detector expected, where the rules of channels need it. */
export interface Expectation {
  /** `[N * C]` reading minus expected reading. */
  readonly deviation: ArrayLike<number>
  /** `[N * C]` */
  readonly expected: ArrayLike<number>
}

/**
 * Flags and calibrated scores -> events, in time order, with a deterministic id made of the start: `createEventMachine` over a whole series.
 *
 * @param score `[N]` 1.0 = threshold; NaN where not scored
 * @param flag `[N]` 1 = flagged
 * @param residual `[N * C]` non-negative shares of the channels in the score
 * @param sharp `[N]` how far each sample stands out by itself, see `Scores.sharp`
 * @throws OptionError as `createEventMachine`
 */
export function findEvents(
  frame: Frame,
  score: Float32Array,
  flag: Uint8Array,
  residual: Float32Array,
  options: EventOptions = {},
  expectation?: Expectation,
  sharp?: ArrayLike<number>,
): AnomalyEvent[] {
  return searchEvents(frame, score, flag, residual, options, expectation, sharp).events
}

/** `findEvents`, and the flags that the rules kept from being part of an event. */
export function searchEvents(
  frame: Frame,
  score: Float32Array,
  flag: Uint8Array,
  residual: Float32Array,
  options: EventOptions = {},
  expectation?: Expectation,
  sharp?: ArrayLike<number>,
): { readonly events: AnomalyEvent[]; readonly suppressed: Suppressed } {
  const { channels, timeMs, timeKind } = frame
  const machine = createEventMachine(channels, timeKind, options)
  const events: AnomalyEvent[] = []
  const row = (values: ArrayLike<number>, i: number): ArrayLike<number> =>
    channels.map((_, c) => values[i * channels.length + c])
  for (let i = 0; i < sampleCount(frame); i++) {
    const change = machine.push({
      timeMs: timeMs[i],
      score: score[i],
      flag: flag[i] !== 0,
      residual: residual.subarray(i * channels.length, (i + 1) * channels.length),
      ...(sharp && { sharp: sharp[i] }),
      ...(expectation && {
        deviation: row(expectation.deviation, i),
        expected: row(expectation.expected, i),
      }),
    })
    if (change !== undefined && change !== 'updated' && change.type === 'closed') events.push(change.event)
  }
  const last = machine.finish()
  if (last) events.push(last.event)
  return { events, suppressed: machine.suppressed() }
}
