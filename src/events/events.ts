import type { AnomalyEvent, EventChange } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { createEventMachine } from './machine.js'
import type { EventOptions } from './options.js'

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
  const changes = eventChanges(frame, score, flag, residual, options, expected, sharp)
  return [...changes].flatMap(({ type, event }) => (type === 'closed' ? [event] : []))
}

/** The events of `findEvents` as they open, with the time of the sample that opens them, and as they close. */
export function* eventChanges(
  frame: Frame,
  score: Float32Array,
  flag: Uint8Array,
  residual: Float32Array,
  options: EventOptions = {},
  expected?: ArrayLike<number>,
  sharp?: ArrayLike<number>,
): Generator<EventChange & { readonly timeMs: number }> {
  const { channels, timeMs, timeKind } = frame
  const machine = createEventMachine(channels, timeKind, options)
  const width = channels.length
  for (let i = 0; i < sampleCount(frame); i++) {
    const row = expected && channels.map((_, c) => expected[i * width + c])
    const change = machine.push({
      timeMs: timeMs[i],
      score: score[i],
      flag: flag[i] !== 0,
      residual: residual.subarray(i * width, (i + 1) * width),
      ...(sharp && { sharp: sharp[i] }),
      ...(row && { expected: row, deviation: row.map((value, c) => frame.values[i * width + c] - value) }),
    })
    if (change !== undefined && change !== 'updated') yield { ...change, timeMs: timeMs[i] }
  }
  const last = machine.finish()
  if (last) yield { ...last, timeMs: timeMs.at(-1) ?? Number.NaN }
}
