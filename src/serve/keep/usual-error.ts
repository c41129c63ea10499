import { quantile } from '../../stats/index.js'

/** How far readings usually are from what the model expects, channel by channel, from the newest samples that were no alarm. */
export interface UsualError {
  /** Takes a sample without alarm, `[C]` each. */
  add(readings: ArrayLike<number>, expected: ArrayLike<number>): void
  /** `[C]` half the width of the band: 3 robust standard deviations; NaN where too little is known. */
  halfWidths(): Float64Array
}

const KEPT = 512
const LEAST = 20
/** Samples after which the widths are found again. */
const AGAIN = 32
const SIGMAS = 3

export function createUsualError(width: number): UsualError {
  const errors = Array.from({ length: width }, () => new Float32Array(KEPT).fill(Number.NaN))
  let count = 0
  let known: Float64Array | undefined
  return {
    add(readings, expected) {
      const at = count % KEPT
      for (let c = 0; c < width; c++) errors[c][at] = Math.abs(readings[c] - expected[c])
      count++
      if (count % AGAIN === 0) known = undefined
    },
    halfWidths() {
      known ??= Float64Array.from(errors, own => {
        const finite = own.filter(Number.isFinite)
        return finite.length < LEAST ? Number.NaN : SIGMAS * 1.4826 * quantile(finite, 0.5)
      })
      return known
    },
  }
}
