import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { loadAffineScaler, SCALERS } from '../../src/scale/index.js'
import { mean, median, quantile, standardDeviation } from '../../src/stats/index.js'

const random = createRandom(1)
const n = 500
const frame: Frame = {
  timeMs: Float64Array.from({ length: n }, (_, i) => i),
  timeKind: 'index',
  values: Float64Array.from(
    { length: n * 3 },
    (_, i) => [101325 + 0.01 * random.normal(), 5 * random.uniform(), 7][i % 3],
  ),
  channels: ['pressure', 'flow', 'constant'],
}
const column = (f: Frame, c: number) => Float64Array.from({ length: n }, (_, i) => f.values[i * 3 + c])

describe.each(Object.entries(SCALERS))('the %s scaler', (_, scaler) => {
  const fitted = scaler.fit(frame)
  const scaled = fitted.transform(frame)

  it('gives float32 values of the same shape and leaves its input alone', () => {
    const before = Float64Array.from(frame.values)
    fitted.transform(frame)
    expect(frame.values).toEqual(before)
    expect(scaled.values).toBeInstanceOf(Float32Array)
    expect(scaled.values).toHaveLength(frame.values.length)
    expect(scaled.channels).toEqual(frame.channels)
  })

  it('is undone by its inverse, also for a small change on a large offset', () => {
    const back = fitted.inverse(scaled)
    back.values.forEach((value, i) => {
      expect(Math.abs(value - frame.values[i])).toBeLessThan(1e-5)
    })
  })

  it('turns a channel that never moved into 0 and keeps its unit, so that a later change stays visible', () => {
    expect([...column(scaled, 2)].every(value => value === 0)).toBe(true)
    const later = { ...frame, values: frame.values.map((value, i) => (i % 3 === 2 ? value + 2 : value)) }
    expect(column(fitted.transform(later), 2)[0]).toBe(2)
  })

  it('comes back from its state bit for bit', () => {
    expect(loadAffineScaler(fitted.state()).transform(frame).values).toEqual(scaled.values)
  })

  it('scales new data by what it learnt, not by the new data', () => {
    const shifted = { ...frame, values: frame.values.map(value => value + 3) }
    const moved = column(fitted.transform(shifted), 1)
    expect(mean(moved) - mean(column(scaled, 1))).toBeGreaterThan(0.5)
  })
})

describe('the contract of each scaler', () => {
  it('standard: mean 0 and sd 1', () => {
    const scaled = column(SCALERS.standard.fit(frame).transform(frame), 1)
    expect(mean(scaled)).toBeCloseTo(0, 6)
    expect(standardDeviation(scaled)).toBeCloseTo(1, 6)
  })

  it('minmax: 0 to 1', () => {
    const scaled = column(SCALERS.minmax.fit(frame).transform(frame), 1)
    expect(Math.min(...scaled)).toBe(0)
    expect(Math.max(...scaled)).toBe(1)
  })

  it('robust: median 0 and interquartile range 1.349, unmoved by wild values in a tenth of the samples', () => {
    const robust = SCALERS.robust.fit(frame)
    const scaled = column(robust.transform(frame), 1)
    expect(median(scaled)).toBeCloseTo(0, 6)
    expect(quantile(scaled, 0.75) - quantile(scaled, 0.25)).toBeCloseTo(1.349, 3)
    const wild = { ...frame, values: frame.values.map((value, i) => (i % 30 === 1 ? 1e9 : value)) }
    const other = SCALERS.robust.fit(wild).state().arrays.spread.data[1]
    expect(other / robust.state().arrays.spread.data[1]).toBeLessThan(1.5)
  })
})
