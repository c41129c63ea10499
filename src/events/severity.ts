/**
 * Severity 0..100 from the highest score and the length in samples: 100 (1 - 1 / (sqrt(score) (1 + log10(length) / 4))).
 * Rises with both; a single sample at the threshold has 0, and so has everything below. NaN gives NaN.
 *
 * @param length default 1: the severity of a single score
 * @example
 * import { severity } from './severity.js'
 * severity(4) // => 50
 * severity(4, 10000) // => 75
 */
export function severity(score: number, length = 1): number {
  const weight = Math.sqrt(score) * (1 + Math.log10(length) / 4)
  return Math.round(100 * (1 - 1 / Math.max(1, weight)))
}
