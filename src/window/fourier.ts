/** Works on series of one length: `create` once, then as many transforms as needed. */
export interface Fourier {
  readonly size: number
  /**
   * Discrete Fourier transform in place, real and imaginary parts `[size]`. A second one of a real, even spectrum is the inverse times
   * the size. Cost O(size log size).
   */
  transform(real: Float64Array, imaginary: Float64Array): void
}

/** Radix 2 (Cooley and Tukey 1965) for the smallest power of two that is at least `least`. */
export function createFourier(least: number): Fourier {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, least)))
  const cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size))
  const sin = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size))
  return {
    size,
    transform(real, imaginary) {
      reverseBits(real)
      reverseBits(imaginary)
      for (let half = 1, step = size / 2; half < size; half *= 2, step /= 2) {
        for (let start = 0; start < size; start += 2 * half) {
          for (let a = start, k = 0; a < start + half; a++, k += step) {
            const b = a + half
            const re = real[b] * cos[k] - imaginary[b] * sin[k]
            const im = real[b] * sin[k] + imaginary[b] * cos[k]
            real[b] = real[a] - re
            imaginary[b] = imaginary[a] - im
            real[a] += re
            imaginary[a] += im
          }
        }
      }
    },
  }
}

function reverseBits(values: Float64Array): void {
  const n = values.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i >= j) continue
    const kept = values[i]
    values[i] = values[j]
    values[j] = kept
  }
}

/**
 * Autocorrelation at lags 0 to `lags` of series of `n` samples with mean 0 over the present ones: products are averaged over the pairs of which
 * both are present, and divided by their average at lag 0, so that a pure sine keeps the height 1. A lag with few pairs has 0, as has every lag
 * of a series without variance. Cost O(n log n) each.
 *
 * @param present `[n]` 1 where there is a sample; the series is 0 elsewhere. Default: everywhere
 */
export function autocorrelator(
  n: number,
  lags: number,
): (series: Float64Array, present?: Float64Array) => Float64Array {
  // Zeros as long as the largest lag keep the end from wrapping into the beginning.
  const fourier = createFourier(n + lags + 1)
  const imaginary = new Float64Array(fourier.size)
  const sumsOfProducts = (values: Float64Array): Float64Array => {
    const real = new Float64Array(fourier.size)
    real.set(values)
    imaginary.fill(0)
    fourier.transform(real, imaginary)
    for (let i = 0; i < fourier.size; i++) real[i] = real[i] ** 2 + imaginary[i] ** 2
    imaginary.fill(0)
    fourier.transform(real, imaginary)
    return real
  }
  return (series, present) => {
    const sums = sumsOfProducts(series)
    const pairs = present && sumsOfProducts(present)
    return Float64Array.from({ length: lags + 1 }, (_, lag) => {
      const share = pairs ? pairs[lag] / pairs[0] : (n - lag) / n
      return sums[0] > 0 && share > FEW ? sums[lag] / sums[0] / share : 0
    })
  }
}

/** Part of the samples that must form pairs. */
const FEW = 0.05
