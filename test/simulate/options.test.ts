import { describe, expect, it } from 'vitest'
import { describeOptions } from '../../src/config/index.js'
import { generateOptions } from '../../src/simulate/index.js'

describe('generateOptions', () => {
  it('needs a folder and has a default for all else', () => {
    expect(generateOptions.parse({ out: 'data' })).toEqual({
      out: 'data',
      mode: 'plant',
      seed: 1,
      cadenceSeconds: 60,
      start: '2024-01-01T00:00:00Z',
      difficulty: 'medium',
      faults: 12,
      anomalyStart: 200,
      anomalyLength: 20,
      anomalyMagnitude: 3,
    })
    expect(generateOptions.safeParse({}).success).toBe(false)
  })

  it('documents every option', () => {
    for (const row of describeOptions(generateOptions)) {
      expect(row.description, row.flag).toMatch(/\.$/)
    }
  })

  it('checks a combination by the mode that it belongs to', () => {
    const accepts = (more: object) => generateOptions.safeParse({ out: 'data', ...more }).success
    expect(accepts({ mode: 'sine', rows: 100 })).toBe(false)
    expect(accepts({ mode: 'sine', rows: 100, anomalyLength: 0 })).toBe(true)
    expect(accepts({ mode: 'plant', rows: 100 })).toBe(false)
    expect(accepts({ mode: 'plant', rows: 100, faults: 2 })).toBe(true)
    expect(accepts({ mode: 'sine', anomalyStart: 980 })).toBe(true)
    expect(accepts({ mode: 'sine', anomalyStart: 981 })).toBe(false)
  })
})
