import { type Frame, sampleCount } from '../core/frame.js'

const GOLDEN = 0.6180339887498949

/**
 * At most `most` of the numbers 0 to n - 1, ascending and spread evenly without a fixed step, so that nothing periodic is seen at one
 * phase only; all of them when n is small. The same n gives the same positions. Cost O(most log most).
 */
export function spreadPositions(n: number, most: number): Int32Array {
  if (n <= most) return Int32Array.from({ length: n }, (_, i) => i)
  return Int32Array.from({ length: most }, (_, k) => Math.floor(((k * GOLDEN) % 1) * n)).sort()
}

/** The finite readings of a channel at some positions, ascending. */
export function sortedReadings(frame: Frame, channel: number, positions: Int32Array): Float64Array {
  const c = frame.channels.length
  const kept = new Float64Array(positions.length)
  let count = 0
  for (const i of positions) {
    const value = frame.values[i * c + channel]
    if (Number.isFinite(value)) kept[count++] = value
  }
  return kept.subarray(0, count).sort()
}

/** Order statistic nearest to quantile q of ascending values; NaN without any. */
export function nearestQuantile(sorted: Float64Array, q: number): number {
  return sorted.length === 0 ? Number.NaN : sorted[Math.round(q * (sorted.length - 1))]
}

/** Means over `parts` equal stretches of a channel, null where there is no reading: a small picture of it. */
export function outline(frame: Frame, channel: number, parts: number): (number | null)[] {
  const n = sampleCount(frame)
  const c = frame.channels.length
  const count = Math.min(parts, n)
  return Array.from({ length: count }, (_, part) => {
    const start = Math.floor((part * n) / count)
    const end = Math.floor(((part + 1) * n) / count)
    // A few dozen readings say where a stretch lies.
    const step = Math.max(1, Math.floor((end - start) / 32))
    let mean = 0
    let seen = 0
    for (let i = start; i < end; i += step) {
      const value = frame.values[i * c + channel]
      if (Number.isFinite(value)) mean += (value - mean) / ++seen
    }
    return seen > 0 && Number.isFinite(mean) ? mean : null
  })
}
