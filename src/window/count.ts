/**
 * Number of windows of `length` samples that start every `stride` samples in `n` samples; 0 when none fits.
 *
 * @example
 * import { windowCount } from './count.js'
 * windowCount(100, 30, 1) // => 71
 * windowCount(29, 30, 1) // => 0
 */
export function windowCount(n: number, length: number, stride: number): number {
  return n < length ? 0 : Math.floor((n - length) / stride) + 1
}

/**
 * Number of windows that cover sample `i`, out of those that `windowCount` counts. Cost O(1).
 *
 * @example
 * import { coverCount } from './count.js'
 * coverCount(0, 100, 30, 1) // => 1
 * coverCount(50, 100, 30, 1) // => 30
 */
export function coverCount(i: number, n: number, length: number, stride: number): number {
  const last = Math.min(windowCount(n, length, stride) - 1, Math.floor(i / stride))
  const first = Math.max(0, Math.ceil((i - length + 1) / stride))
  return Math.max(0, last - first + 1)
}
