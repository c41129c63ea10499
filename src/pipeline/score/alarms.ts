import type { Frame } from '../../core/frame.js'
import { findEvents } from '../../events/index.js'
import type { Model } from '../../model/index.js'

/**
 * `[N]` 1 where a sample is part of an event, by the rules of events of a model, when scores above `threshold` are flagged. Rules of channels need
 * residuals and expected readings: without them they do not apply.
 *
 * @param score `[N]` NaN where not scored
 * @param parts `[N * C]` each, in units of `score` and of the channels
 * @param sharp `[N]` of the detector whose scores these are, if it knows them: places the events
 */
export function alarmsAt(
  model: Model,
  frame: Frame,
  score: ArrayLike<number>,
  threshold: number,
  parts?: { readonly residual: Float32Array; readonly expected: ArrayLike<number> },
  sharp?: Float32Array,
): Uint8Array {
  const { events: rules } = model.info.settings
  const events = findEvents(
    frame,
    Float32Array.from(score, value => value / threshold),
    Uint8Array.from(score, value => (value > threshold ? 1 : 0)),
    parts?.residual.map(value => value / threshold) ?? new Float32Array(frame.values.length),
    { ...rules, channels: parts ? rules.channels : {} },
    parts?.expected,
    sharp,
  )
  const alarms = new Uint8Array(score.length)
  for (const { start, end } of events) alarms.fill(1, start, end)
  return alarms
}
