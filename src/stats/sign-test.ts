/**
 * One-sided p-value of the sign test: how likely `more` or more of `more + less` fair coin tosses are heads. Exact. Cost O(more + less).
 *
 * Source: Conover, Practical Nonparametric Statistics, 3rd edition, 3.4.
 *
 * @param more counts, integers of at least 0
 * @example
 * import { signTest } from './sign-test.js'
 * signTest(5, 0) // => 0.03125
 */
export function signTest(more: number, less: number): number {
  const n = more + less
  let logTerm = -n * Math.LN2
  let sum = 0
  for (let k = n; k >= more; k--) {
    sum += Math.exp(logTerm)
    // C(n, k - 1) = C(n, k) k / (n - k + 1)
    logTerm += Math.log(k) - Math.log(n - k + 1)
  }
  return Math.min(1, sum)
}
