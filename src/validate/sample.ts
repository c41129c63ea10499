import type { Frame } from '../core/frame.js'

/** Number of samples that represent all of them for order statistics. */
export const SAMPLED = 4096

/** 2^32 over the golden ratio: its multiples, modulo 2^32, are spread as evenly as can be (Knuth, TAOCP 3, 6.4). */
const GOLDEN = 0x9e3779b1

/** Whether sample i is among those that are kept when one in 2^`level` is. */
function isKept(i: number, level: number): boolean {
  return Math.imul(i, GOLDEN) >>> 0 < 2 ** (32 - level)
}

/**
 * At most `most` of the numbers 0 to n - 1, ascending and spread evenly without a fixed step, so that nothing periodic is seen at one
 * phase only; all of them when n is small, and more than a third of `most` otherwise. Cost O(n).
 */
export function spreadPositions(n: number, most: number): Int32Array {
  let level = n <= most ? 0 : Math.floor(Math.log2(n / most))
  let positions: number[] = []
  for (let i = 0; i < n; i++) if (isKept(i, level)) positions.push(i)
  while (positions.length > most) {
    level++
    positions = positions.filter(i => isKept(i, level))
  }
  return Int32Array.from(positions)
}

/** The finite ones of some numbers, ascending. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter(Number.isFinite).sort()
}

/** The readings of a channel at some positions. */
export function readingsAt(frame: Frame, channel: number, positions: Int32Array): Float64Array {
  return Float64Array.from(positions, i => frame.values[i * frame.channels.length + channel])
}

/** Order statistic nearest to quantile q of ascending values; NaN without any. */
export function nearestQuantile(sorted: Float64Array, q: number): number {
  return sorted.length === 0 ? Number.NaN : sorted[Math.round(q * (sorted.length - 1))]
}

/** Means over `parts` equal intervals of `n` samples, null where there is no reading: a small picture of a channel, from some of its readings. */
export function outline(
  n: number,
  positions: ArrayLike<number>,
  readings: ArrayLike<number>,
  parts: number,
): (number | null)[] {
  const count = Math.min(parts, n)
  const means = new Float64Array(count)
  const seen = new Int32Array(count)
  for (let k = 0; k < positions.length; k++) {
    if (!Number.isFinite(readings[k])) continue
    const part = partOf(positions[k], n, count)
    means[part] += (readings[k] - means[part]) / ++seen[part]
  }
  return Array.from(means, (mean, part) => (seen[part] > 0 && Number.isFinite(mean) ? mean : null))
}

/** Which of `count` equal intervals of `n` samples, part k being `[floor(k n / count), floor((k + 1) n / count))`, holds sample i. */
function partOf(i: number, n: number, count: number): number {
  const part = Math.floor((i * count) / n)
  return part + 1 < count && i >= Math.floor(((part + 1) * n) / count) ? part + 1 : part
}
