import type { Frame } from '../core/frame.js'
import { createRandom } from '../core/random.js'
import { resolveOptions, type SimulateOptions } from './options.js'

/**
 * Independent noisy sines with one level shift: x_i(t) = sin(0.02 t + i) + Normal(0, 0.1), channels `sensor_1`.., period 100 pi
 * samples; `anomalyMagnitude` is added to `sensor_1` in `[anomalyStart, anomalyStart + anomalyLength)`, which is labelled 1.
 *
 * The shift stands far outside the normal range: a fixed cut finds it. For anything harder use `generatePlant`.
 * Errors: `option-invalid`.
 *
 * @returns frame `[rows, channels]` with row numbers as time, labels `[rows]`
 * @example
 * import { generateSine } from './sine.js'
 * generateSine({ rows: 300 }).labels.reduce((sum, label) => sum + label, 0) // => 20
 */
export function generateSine(options: SimulateOptions = {}): { frame: Frame; labels: Uint8Array } {
  const { rows, channels, seed, anomalyStart, anomalyLength, anomalyMagnitude } = resolveOptions(
    options,
    'sine',
  )
  const random = createRandom(seed)
  const names = Array.from({ length: channels }, (_, c) => `sensor_${c + 1}`)
  const noise = names.map(name => random.fork(name))
  const values = new Float64Array(rows * channels)
  for (let t = 0; t < rows; t++) {
    for (let c = 0; c < channels; c++)
      values[t * channels + c] = Math.sin(0.02 * t + c) + 0.1 * noise[c].normal()
  }
  const labels = new Uint8Array(rows)
  for (let t = anomalyStart; t < anomalyStart + anomalyLength; t++) {
    values[t * channels] += anomalyMagnitude
    labels[t] = 1
  }
  const timeMs = Float64Array.from({ length: rows }, (_, t) => t)
  return { frame: { timeMs, timeKind: 'index', values, channels: names }, labels }
}
