import type { Interval } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'

/**
 * Products of lagged samples, all that a linear model of windows needs to know of its data. For a window that ends at t the vector is
 * v_t = (z_t, z_{t-1}, ..., z_{t-T+1}, 1), newest sample first; the Gram matrix is the sum over t of v_t v_t'.
 */
export interface Gram {
  /** T C + 1. */
  readonly size: number
  /** `[size * size]` row-major, symmetric. */
  readonly sums: Float64Array
}

/** Products that are summed between two pauses: a few ms. */
const PRODUCTS_AT_ONCE = 2 ** 21

/**
 * The Gram matrix of the windows of `steps` samples that end in `[start, end)`; the window of `start` must be there.
 *
 * Only products with the newest sample are summed; those of two older samples are the same sum one sample earlier, but for its two ends.
 * Cost O(n T C^2) instead of O(n T^2 C^2).
 *
 * @param values `[N * C]` without NaN in these windows
 */
export async function windowGram(
  values: Float32Array,
  channels: number,
  steps: number,
  { start, end }: Interval,
  pauses: Pauses,
): Promise<Gram> {
  const size = steps * channels + 1
  const sums = new Float64Array(size * size)
  const last = size - 1
  const atOnce = Math.max(1, Math.floor(PRODUCTS_AT_ONCE / (size * channels)))
  for (let t = start; t < end; t++) {
    addNewest(sums, size, values, channels, steps, t)
    if ((t + 1 - start) % atOnce === 0) await breathe(pauses)
  }
  for (let c = 0; c < channels; c++) for (let j = 0; j < last; j++) sums[j * size + c] = sums[c * size + j]
  // The block of lags (a, b) from that of (a - 1, b - 1): the sum moves one sample into the past.
  for (let row = channels; row < last; row++) {
    const older = reading(row, channels)
    for (let column = channels; column <= row; column++) {
      const other = reading(column, channels)
      const at = row * size + column
      sums[at] =
        sums[(row - channels) * size + column - channels] +
        values[start * channels - older] * values[start * channels - other] -
        values[end * channels - older] * values[end * channels - other]
      sums[column * size + row] = sums[at]
    }
    const edge = sums[last * size + row - channels]
    sums[last * size + row] = edge + values[start * channels - older] - values[end * channels - older]
    sums[row * size + last] = sums[last * size + row]
  }
  sums[last * size + last] = end - start
  return { size, sums }
}

/** Distance from the first reading of sample t to that of row `row` of v_t, for a row that is not of sample t. */
function reading(row: number, channels: number): number {
  return Math.floor(row / channels) * channels - (row % channels)
}

/** Adds z_t v_t' to the rows of the newest sample, and z_t to the row of the constant. */
function addNewest(
  sums: Float64Array,
  size: number,
  values: Float32Array,
  channels: number,
  steps: number,
  t: number,
): void {
  const now = t * channels
  for (let c = 0; c < channels; c++) {
    const z = values[now + c]
    const row = c * size
    for (let k = 0; k < steps; k++) {
      const then = now - k * channels
      const block = row + k * channels
      for (let j = 0; j < channels; j++) sums[block + j] += z * values[then + j]
    }
    sums[row + size - 1] += z
    sums[(size - 1) * size + c] += z
  }
}

/** a + factor b, as a new matrix. */
export function addGram(a: Gram, b: Gram, factor: 1 | -1): Gram {
  return { size: a.size, sums: a.sums.map((sum, i) => sum + factor * b.sums[i]) }
}
