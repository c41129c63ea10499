import fc from 'fast-check'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'

export const MINUTE = 60_000

/** A frame of one sample per minute from columns of equal length. */
export function frameOf(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  more: Partial<Frame> = {},
): Frame {
  const channels = Object.keys(columns)
  const n = Object.values(columns)[0]?.length ?? 0
  const values = new Float64Array(n * channels.length)
  channels.forEach((name, c) => {
    for (let i = 0; i < n; i++) values[i * channels.length + c] = columns[name][i]
  })
  const timeMs = Float64Array.from({ length: n }, (_, i) => Date.UTC(2024, 0, 1) + i * MINUTE)
  return { timeMs, timeKind: 'utc', values, channels, ...more }
}

/** Readings of a well sensor: a wave with noise, no two neighbours equal. */
export function wave(n: number, seed = 1, { level = 10, noise = 0.1 } = {}): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length: n }, (_, i) => level + Math.sin(i / 9) + noise * random.normal())
}

/** A copy of a column with some readings replaced. */
export function replaced(column: Float64Array, changes: Readonly<Record<number, number>>): Float64Array {
  const copy = column.slice()
  for (const [i, value] of Object.entries(changes)) copy[Number(i)] = value
  return copy
}

/** Any frame, however broken: repeated and missing readings, infinities, far numbers, times in any order. */
export const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    n: fc.integer({ min: 0, max: 60 }),
    channels: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 4 }),
    timeKind: fc.constantFrom('utc' as const, 'index' as const),
  })
  .chain(({ n, channels, timeKind }) =>
    fc.record({
      channels: fc.constant(channels),
      timeKind: fc.constant(timeKind),
      timeMs: fc.array(anyTime, { minLength: n, maxLength: n }).map(steps => timesOf(steps, timeKind)),
      values: fc
        .array(anyReading, { minLength: n * channels.length, maxLength: n * channels.length })
        .map(values => Float64Array.from(values)),
    }),
  )

const anyReading = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.constant(Number.NaN) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, -0),
  },
  { weight: 2, arbitrary: fc.double() },
)
const anyTime = fc.oneof(
  { weight: 6, arbitrary: fc.constant(1000) },
  { weight: 2, arbitrary: fc.constantFrom(0, 7000, 500, 120_000) },
  { weight: 1, arbitrary: fc.constantFrom(-5000, Number.NaN) },
)

function timesOf(steps: readonly number[], kind: Frame['timeKind']): Float64Array {
  let time = 0
  return Float64Array.from(steps, (step, i) => {
    if (kind === 'index') return i
    if (Number.isNaN(step)) return step
    time += step
    return time
  })
}

/** Every number of an array to the bit, NaN included, for comparisons. */
export function bits(values: Float64Array | Float32Array): string {
  return Array.from(values, value => (Object.is(value, -0) ? '-0' : String(value))).join()
}
