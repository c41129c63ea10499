import { describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../src/core/contracts.js'
import { createRandom } from '../../src/core/random.js'
import { scalesSmoother, smoother } from '../../src/detect/smoothing.js'
import { BUILDS } from '../kernels/twins.js'

const SCALES = [1, 4, 20]
const COLUMNS = 4
const SEVERAL = 2

/** A row after the other, a neighbour after the other. */
function naive(rows: Float64Array, alignment: Alignment): number[] {
  const n = rows.length / COLUMNS
  const isThere = (i: number) => !Number.isNaN(rows[i * COLUMNS])
  const average = (i: number, column: number, scale: number) => {
    const reach = Math.ceil(5.5 * scale)
    let sum = 0
    let total = 0
    for (let k = Math.max(0, i - reach); k <= Math.min(n - 1, alignment === 'causal' ? i : i + reach); k++) {
      if (!isThere(k)) continue
      const weight = (1 + (Math.abs(i - k) / scale) ** 2) ** -2
      sum += weight * rows[k * COLUMNS + column]
      total += weight
    }
    return isThere(i) ? sum / total : Number.NaN
  }
  return Array.from({ length: n }, (_, i) =>
    SCALES.flatMap((scale, k) =>
      Array.from({ length: k === 0 ? COLUMNS : SEVERAL }, (_, j) => average(i, j, scale)),
    ),
  ).flat()
}

describe.each(BUILDS)('smoothing at several scales in the %s build', build => {
  const random = createRandom(3)
  const n = 1300
  const rows = Float64Array.from({ length: n * COLUMNS }, () => random.normal() ** 2)
  // Rows that are missing: the first one, some alone, and more than the widest scale reaches.
  for (const [start, end] of [
    [0, 1],
    [300, 301],
    [511, 514],
    [700, 950],
  ])
    rows.fill(Number.NaN, start * COLUMNS, end * COLUMNS)

  it.each(ALIGNMENTS)('%s has the bits of the plain sums, for any part of the rows', alignment => {
    const smooth = scalesSmoother(SCALES, alignment, SEVERAL, build)
    const width = smooth.width(COLUMNS)
    expect(width).toBe(COLUMNS + 2 * SEVERAL)
    const expected = naive(rows, alignment)
    for (const [start, end] of [
      [0, n],
      [0, 1],
      [513, 1300],
      [1299, 1300],
      [400, 400],
    ]) {
      const out = new Float64Array((end - start) * width)
      smooth.apply(rows, COLUMNS, { start, end }, out)
      expect(Array.from(out)).toEqual(expected.slice(start * width, end * width))
    }
  })
})

it.each(ALIGNMENTS)('%s has room for kernels longer than the arguments of a call', alignment => {
  const smooth = smoother({ bandwidth: 35_000, alignment })
  const out = new Float64Array(2)
  smooth.apply(Float64Array.of(0, 1), 1, { start: 0, end: 2 }, out)
  expect(smooth.reach).toBe(192_500)
  expect(out[1]).toBeCloseTo(0.5, 6)
})
