/**
 * P-value of a Kolmogorov-Smirnov statistic: the chance of a largest distance of at least `distance` between the distribution of `n` independent samples and
 * the one they come from (Kolmogorov 1933, with the correction of Stephens 1970 for small n). Cost O(1).
 *
 * @param distance in [0, 1]
 * @param n effective number of samples, above 0; it need not be whole
 * @returns in [0, 1]
 * @example
 * import { kolmogorovPValue } from 'telltale/stats'
 * kolmogorovPValue(0.1358, 10000) < 1e-9 // => true
 * kolmogorovPValue(0, 20) // => 1
 */
export function kolmogorovPValue(distance: number, n: number): number {
  const root = Math.sqrt(n)
  const x = (root + 0.12 + 0.11 / root) * distance
  // The series needs more terms than this only where the result is 1 to nine digits.
  if (x < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x)
    sum += k % 2 === 1 ? term : -term
    if (term < 1e-17) break
  }
  return Math.min(1, Math.max(0, 2 * sum))
}
