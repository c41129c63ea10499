import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countAgainstLabels } from '../../src/report/index.js'

describe('countAgainstLabels', () => {
  it('counts stretches and samples', () => {
    const label = Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 0)
    const flag = Uint8Array.of(0, 0, 1, 1, 0, 1, 0, 0)
    const counts = countAgainstLabels(flag, label, [
      { start: 2, end: 4 },
      { start: 5, end: 6 },
    ])
    expect(counts).toEqual({
      labelledEvents: 2,
      foundEvents: 1,
      falseAlarms: 1,
      truePositives: 1,
      falsePositives: 2,
      falseNegatives: 2,
      trueNegatives: 3,
      precision: 1 / 3,
      recall: 1 / 3,
    })
  })

  it('has no precision without flags and no recall without labels', () => {
    const counts = countAgainstLabels(new Uint8Array(3), new Uint8Array(3), [])
    expect(counts.precision).toBeNaN()
    expect(counts.recall).toBeNaN()
  })

  it('counts each sample once, whatever the flags', () => {
    const bits = fc.array(fc.constantFrom(0, 1), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(bits, bits, (flag, label) => {
        const c = countAgainstLabels(Uint8Array.from(flag), Uint8Array.from(label), [])
        expect(c.truePositives + c.falsePositives + c.falseNegatives + c.trueNegatives).toBe(5)
        expect(c.foundEvents).toBeLessThanOrEqual(c.labelledEvents)
      }),
      { seed: 1 },
    )
  })
})
