import { breathe, type Pauses } from '../core/pause.js'

/** Rows that are worked on between two pauses: a few ms for some hundred rows. */
const ROWS_AT_ONCE = 16

/**
 * Solves A X = B for symmetric positive definite A by Cholesky's decomposition A = L L', both arrays overwritten: `a` holds L in its lower
 * triangle, `b` holds X. Gives false, leaving both undefined, when A is not positive definite to working precision.
 *
 * @param a `[n * n]` row-major; only the lower triangle is read
 * @param b `[n * m]` row-major
 * @throws InterruptedError `interrupted` when the signal aborts
 * Cost O(n^3 / 3 + 2 n^2 m). Source: Golub & Van Loan, Matrix Computations, 4th ed., algorithm 4.2.2.
 *
 * @example
 * import { solvePositiveDefinite } from 'telltale/stats'
 * const b = Float64Array.of(8, 14)
 * await solvePositiveDefinite(Float64Array.of(4, 2, 2, 5), b, 2, 1) // => true
 * Array.from(b) // => [0.75, 2.5]
 */
export async function solvePositiveDefinite(
  a: Float64Array,
  b: Float64Array,
  n: number,
  m: number,
  pauses: Pauses = {},
): Promise<boolean> {
  for (let i = 0; i < n; i++) {
    if (i % ROWS_AT_ONCE === 0) await breathe(pauses)
    const row = i * n
    for (let j = 0; j <= i; j++) {
      const other = j * n
      let sum = a[row + j]
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k]
      if (j < i) a[row + j] = sum / a[other + j]
      else if (!(sum > 0)) return false
      else a[row + i] = Math.sqrt(sum)
    }
  }
  for (let i = 0; i < n; i++) {
    if (i % ROWS_AT_ONCE === 0) await breathe(pauses)
    for (let k = 0; k < i; k++) subtractRow(b, i, k, a[i * n + k], m)
    divideRow(b, i, a[i * n + i], m)
  }
  for (let i = n - 1; i >= 0; i--) {
    if (i % ROWS_AT_ONCE === 0) await breathe(pauses)
    for (let k = i + 1; k < n; k++) subtractRow(b, i, k, a[k * n + i], m)
    divideRow(b, i, a[i * n + i], m)
  }
  return true
}

function subtractRow(b: Float64Array, to: number, from: number, factor: number, m: number): void {
  for (let j = 0; j < m; j++) b[to * m + j] -= factor * b[from * m + j]
}

function divideRow(b: Float64Array, row: number, divisor: number, m: number): void {
  for (let j = 0; j < m; j++) b[row * m + j] /= divisor
}
