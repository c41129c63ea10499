import type { Kernels } from '../kernels/index.js'
import type { Signal } from './shape.js'

/** Whether the rows already lie as `[steps, batch, width]`. */
export function isTimeMajor(signal: Signal, steps: number, batch: number): boolean {
  return signal.batchRows === 1 && (steps === 1 || signal.stepRows === batch)
}

/**
 * The signal as `[steps, batch, width]`: its own data when it lies so, else copied to `room`.
 *
 * @param room `[steps * batch * width]`
 */
export function timeMajor(
  room: Float32Array,
  signal: Signal,
  steps: number,
  batch: number,
  width: number,
): Float32Array {
  if (isTimeMajor(signal, steps, batch)) return signal.data
  copyTimeMajor(room, signal, steps, batch, width)
  return room
}

/** Writes the signal to `out` as `[steps, batch, width]`. */
export function copyTimeMajor(
  out: Float32Array,
  signal: Signal,
  steps: number,
  batch: number,
  width: number,
): void {
  const { data, stepRows, batchRows } = signal
  if (isTimeMajor(signal, steps, batch)) {
    out.set(data.subarray(0, steps * batch * width))
    return
  }
  for (let t = 0, at = 0; t < steps; t++) {
    for (let b = 0; b < batch; b++) {
      let from = (t * stepRows + b * batchRows) * width
      for (let i = 0; i < width; i++) out[at++] = data[from++]
    }
  }
}

/**
 * Gradient of the distinct rows of a signal from the gradient of each of its steps: of a vector repeated over time it is the sum.
 *
 * @param room `[batch * width]` for the sum; may be the gradient itself
 * @param gradient `[steps, batch, width]`
 */
export function rowGradient(
  k: Kernels,
  room: Float32Array,
  gradient: Float32Array,
  signal: Signal,
  steps: number,
  batch: number,
  width: number,
): Float32Array {
  if (isTimeMajor(signal, steps, batch)) return gradient
  k.sumSteps(room, gradient, steps, batch * width)
  return room
}
