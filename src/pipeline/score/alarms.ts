import type { Frame } from '../../core/frame.js'
import { type Expectation, findEvents } from '../../events/index.js'
import type { Model } from '../../model/index.js'
import { eventRulesOf, usualReadings } from '../../session/index.js'

/** How readings differ from the usual ones, for the rules of channels. @param usual `[C]` */
export function expectationOf({ values, channels }: Frame, usual: readonly number[]): Expectation {
  const expected = Float64Array.from(values, (_, at) => usual[at % channels.length])
  return { expected, deviation: expected.map((value, at) => values[at] - value) }
}

/**
 * `[N]` 1 where a sample is part of an event, by the rules of events of a model, when scores above `threshold` are flagged.
 *
 * @param score `[N]` NaN where not scored
 * @param residual `[N * C]`; scores without parts of channels are spared the rules of channels
 */
export function alarmsAt(
  model: Model,
  frame: Frame,
  score: ArrayLike<number>,
  residual: Float32Array | undefined,
  threshold: number,
): Uint8Array {
  const { info } = model
  const rules = eventRulesOf({}, info.options, info.channels)
  const usual = residual && usualReadings(model, rules)
  const events = findEvents(
    frame,
    Float32Array.from(score, value => value / threshold),
    Uint8Array.from(score, value => (value > threshold ? 1 : 0)),
    residual?.map(value => value / threshold) ?? new Float32Array(frame.values.length),
    { ...rules, channels: usual ? rules.channels : {} },
    usual && expectationOf(frame, usual),
  )
  const alarms = new Uint8Array(score.length)
  for (const { start, end } of events) alarms.fill(1, start, end)
  return alarms
}
