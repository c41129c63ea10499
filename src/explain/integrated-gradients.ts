import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import type { Model } from '../model/index.js'
import { resolveSettings, type SessionSettings } from '../session/index.js'
import type { ChannelExpectation } from './expectation.js'

/** What each reading of one window adds to its causal score, against readings that the other channels call for. */
export interface WindowAttribution {
  /** Samples of the window. */
  readonly range: Interval
  /** `[n * C]` in score, 1.0 = threshold; they add up to `score - baselineScore`, as far as the number of steps allows. */
  readonly cells: Float64Array
  /** Causal score of the window, and of the baseline. */
  readonly score: number
  readonly baselineScore: number
}

/** Points of the path from the baseline to the readings. */
export const STEPS = 64

/**
 * Integrated gradients of the window of an event with the highest causal score: the gradient of the score along the straight path from the baseline to the readings,
 * times the way. The baseline of a channel is what the others call for. Cost: a pass forth and back of the network for each of the steps.
 *
 * @param event samples in which the window ends
 * @param steps points of the path, by the midpoint rule
 * @returns undefined where every window of the event has a missing reading or begins before the series
 * @throws OptionError `method-unfit` for a detector that has no gradient
 * Source: Sundararajan, Taly & Yan, Axiomatic attribution for deep networks, ICML 2017.
 */
export async function integratedGradients(
  model: Model,
  frame: Frame,
  expectation: ChannelExpectation,
  event: Interval,
  session: SessionSettings,
  steps = STEPS,
): Promise<WindowAttribution | undefined> {
  const { detector, scaler, info } = model
  if (detector.scoreGradient === undefined)
    throw createError('method-unfit', {
      method: 'integrated-gradients',
      detector: info.kind,
      wanted: 'a single network, such as lstm-autoencoder',
      able: 'repair, standardised, movement, decomposition, permutation and shapley',
    })
  const { level } = resolveSettings(model, { ...session, alignment: 'causal' }).fitted
  const length = detector.windowLength
  const width = frame.channels.length
  const from = Math.max(0, event.start + 1 - length)
  const scaled = scaler.transform(sliceFrame(frame, from, event.end)).values
  const scoreOf = (values: Float32Array) => {
    const out = new Float32Array(values.length / (length * width))
    detector.scoreWindows(values, out.length, out)
    return out
  }
  let best: { readonly start: number; readonly values: Float32Array; readonly score: number } | undefined
  for (let start = 0; start + length <= event.end - from; start++) {
    const values = scaled.slice(start * width, (start + length) * width)
    if (values.some(Number.isNaN)) continue
    const [score] = scoreOf(values)
    if (best === undefined || score > best.score) best = { start: from + start, values, score }
  }
  if (best === undefined) return undefined
  const range = { start: best.start, end: best.start + length }
  const baseline = await expectedWindow(model, frame, expectation, range)
  const cells = along(best.values, baseline, steps, (values, out) => detector.scoreGradient?.(values, out))
  const baselineScore = scoreOf(baseline)[0] / level
  return { range, cells: cells.map(cell => cell / level), score: best.score / level, baselineScore }
}

/** What the other channels call for, scaled. */
async function expectedWindow(
  { scaler }: Model,
  frame: Frame,
  expectation: ChannelExpectation,
  range: Interval,
): Promise<Float32Array> {
  const window = sliceFrame(frame, range.start, range.end)
  const width = frame.channels.length
  const values = Float64Array.from(window.values)
  for (let c = 0; c < width; c++) {
    const { values: expected } = await expectation.of(c, [], range)
    for (let t = 0; t < sampleCount(window); t++)
      if (Number.isFinite(expected[t])) values[t * width + c] = expected[t]
  }
  return Float32Array.from(scaler.transform({ ...window, values }).values)
}

/** The integral of a gradient along the straight path from `baseline` to `values`, times the way of each number. */
function along(
  values: Float32Array,
  baseline: Float32Array,
  steps: number,
  gradient: (points: Float32Array, out: Float32Array) => void,
): Float64Array {
  const n = values.length
  const points = new Float32Array(steps * n)
  for (let k = 0; k < steps; k++)
    for (let at = 0; at < n; at++)
      points[k * n + at] = baseline[at] + ((k + 0.5) / steps) * (values[at] - baseline[at])
  const slopes = new Float32Array(points.length)
  gradient(points, slopes)
  return Float64Array.from(values, (value, at) => {
    let sum = 0
    for (let k = 0; k < steps; k++) sum += slopes[k * n + at]
    return (sum / steps) * (value - baseline[at])
  })
}
