import { describe, expect, it } from 'vitest'
import { generateSine } from '../../src/simulate/index.js'
import { mean, standardDeviation } from '../../src/stats/index.js'

describe('generateSine', () => {
  it('has the original sizes and labels: 1000 x 3, twenty ones from 200', () => {
    const { frame, labels } = generateSine()
    expect(frame.channels).toEqual(['sensor_1', 'sensor_2', 'sensor_3'])
    expect(frame.values.length).toBe(3000)
    expect(frame.timeKind).toBe('index')
    expect(Array.from(frame.timeMs.subarray(0, 3))).toEqual([0, 1, 2])
    expect(Array.from(labels, (label, t) => (label ? t : -1)).filter(t => t >= 0)).toEqual(
      Array.from({ length: 20 }, (_, i) => 200 + i),
    )
  })

  it('is the sine of the formula plus noise of standard deviation 0.1, with the magnitude added to the first channel', () => {
    const { frame, labels } = generateSine({
      rows: 20_000,
      channels: 2,
      anomalyMagnitude: 5,
      anomalyLength: 50,
    })
    for (const c of [0, 1]) {
      const noise = Array.from(labels, (label, t) => {
        return frame.values[t * 2 + c] - Math.sin(0.02 * t + c) - (c === 0 ? 5 * label : 0)
      })
      expect(Math.abs(mean(noise))).toBeLessThan(0.003)
      expect(standardDeviation(noise)).toBeCloseTo(0.1, 2)
      expect(Math.max(...noise.map(Math.abs))).toBeLessThan(0.6)
    }
  })

  it('is equal for equal seeds and differs for others', () => {
    expect(generateSine({ seed: 4 })).toEqual(generateSine({ seed: 4 }))
    expect(generateSine({ seed: 4 }).frame.values).not.toEqual(generateSine({ seed: 5 }).frame.values)
  })

  it('does not change a channel when there are more, nor the rest when there is no anomaly', () => {
    const one = generateSine({ channels: 1, anomalyLength: 0 })
    const three = generateSine()
    expect(one.labels.includes(1)).toBe(false)
    for (const t of [0, 199, 220, 999]) expect(three.frame.values[3 * t]).toBe(one.frame.values[t])
    for (const t of [200, 219]) expect(three.frame.values[3 * t]).toBeCloseTo(one.frame.values[t] + 3, 12)
  })

  it('refuses an anomaly that is not inside the series', () => {
    expect(() => generateSine({ anomalyStart: 1000 })).toThrow(
      'anomaly-start is 1000 in the simulation, but the anomaly [1000, 1020) must lie inside the 1000 samples',
    )
    expect(() => generateSine({ rows: 210 })).toThrow(/anomaly-length is not given in the simulation/)
    expect(generateSine({ rows: 220 }).labels[219]).toBe(1)
  })

  it.each([
    { rows: 0 },
    { rows: 1.5 },
    { channels: 0 },
    { anomalyStart: -1 },
    { anomalyMagnitude: Number.NaN },
    { seed: -1 },
  ])('refuses %j', options => {
    expect(() => generateSine(options)).toThrow(expect.objectContaining({ code: 'option-invalid' }))
  })
})
