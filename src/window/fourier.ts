/**
 * Discrete Fourier transform in place, radix 2 (Cooley and Tukey 1965): real and imaginary parts, length a power of two.
 * Twice in a row, with real and imaginary swapped, it is the inverse times the length. Cost O(n log n).
 */
export function fourier(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[real[i], real[j]] = [real[j], real[i]]
      ;[imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]]
    }
  }
  for (let half = 1; half < n; half *= 2) {
    for (let k = 0; k < half; k++) {
      const cos = Math.cos((Math.PI * k) / half)
      const sin = -Math.sin((Math.PI * k) / half)
      for (let a = k; a < n; a += 2 * half) {
        const b = a + half
        const re = real[b] * cos - imaginary[b] * sin
        const im = real[b] * sin + imaginary[b] * cos
        real[b] = real[a] - re
        imaginary[b] = imaginary[a] - im
        real[a] += re
        imaginary[a] += im
      }
    }
  }
}

/**
 * Autocorrelation at lags 0 to `lags` of a series with mean 0, divided by its value at lag 0 and by the share of the pairs at each lag,
 * so that a pure sine keeps the height 1. Missing values are 0. All 0 for a series without variance. Cost O(n log n).
 */
export function autocorrelation(series: Float64Array, lags: number): Float64Array {
  const n = series.length
  let size = 1
  // Zeros as long as the largest lag keep the end from wrapping into the beginning.
  while (size < n + lags + 1) size *= 2
  const real = new Float64Array(size)
  const imaginary = new Float64Array(size)
  real.set(series)
  fourier(real, imaginary)
  for (let i = 0; i < size; i++) real[i] = real[i] ** 2 + imaginary[i] ** 2
  imaginary.fill(0)
  // The power is real and even: a second transform forwards is the inverse times the length.
  fourier(real, imaginary)
  const whole = real[0]
  return Float64Array.from({ length: lags + 1 }, (_, lag) =>
    whole > 0 && lag < n ? (real[lag] / whole) * (n / (n - lag)) : 0,
  )
}
