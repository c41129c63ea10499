import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { dominantPeriod } from '../../src/window/index.js'

function frameOf(n: number, ...columns: ((i: number) => number)[]): Frame {
  const c = columns.length
  const values = Float64Array.from({ length: n * c }, (_, at) => columns[at % c](Math.floor(at / c)))
  const timeMs = Float64Array.from({ length: n }, (_, i) => i)
  return { timeMs, timeKind: 'index', values, channels: columns.map((_, j) => `c${j}`) }
}
const sine = (period: number) => (i: number) => Math.sin((2 * Math.PI * i) / period)

describe('the dominant period', () => {
  it.each([7, 24, 96, 500])('is found to the sample in noise: %i', period => {
    const random = createRandom(1)
    const frame = frameOf(4000, i => sine(period)(i) + 0.3 * random.normal())
    const found = dominantPeriod(frame)?.samples ?? Number.NaN
    expect(Math.abs(found - period)).toBeLessThanOrEqual(Math.max(0, 0.02 * period))
  })

  it('is the cycle, not a multiple of it, for a shape with steps', () => {
    expect(dominantPeriod(frameOf(1000, i => (i % 40 < 10 ? 1 : 0)))?.samples).toBe(40)
  })

  it('does not care for trend, offset, unit and missing readings', () => {
    const plain = frameOf(2000, sine(50))
    const wild = frameOf(2000, i => (i % 9 === 4 ? Number.NaN : 1e9 + 30 * i + 1e5 * sine(50)(i)))
    expect(dominantPeriod(wild)?.samples).toBe(dominantPeriod(plain)?.samples)
    expect(dominantPeriod(plain)?.strength).toBeCloseTo(1, 2)
  })

  it('is what most channels share', () => {
    const frame = frameOf(2000, sine(50), sine(50), i => sine(50)(i) + sine(13)(i))
    expect(Math.abs((dominantPeriod(frame)?.samples ?? 0) - 50)).toBeLessThanOrEqual(1)
  })

  it('is absent in noise, in a constant, in a trend and in too few samples', () => {
    const random = createRandom(2)
    const frames = [
      frameOf(3000, () => random.normal()),
      frameOf(500, () => 0.1),
      frameOf(500, i => 3 * i),
      frameOf(8, sine(3)),
      frameOf(0, sine(3)),
      frameOf(500, () => Number.NaN),
      frameOf(500, i => (i % 2 === 0 ? 1e308 : -1e308) * 10),
    ]
    expect(frames.map(dominantPeriod)).toEqual(frames.map(() => undefined))
  })
})
