import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { PAGE_HINKLEY_START, pageHinkleyStep } from '../../src/drift/index.js'

/** Steps until a report, or `most`. */
function delay(
  shift: number,
  seed: number,
  most: number,
): { readonly steps: number; readonly change?: string } {
  const random = createRandom(seed)
  let state = PAGE_HINKLEY_START
  for (let i = 0; i < 300 + most; i++) {
    const step = pageHinkleyStep(state, random.normal() + (i >= 300 ? shift : 0), {
      delta: 0.5,
      threshold: 12,
    })
    if (step.change !== undefined && i >= 300) return { steps: i - 300, change: step.change }
    state = step.state
  }
  return { steps: most }
}

describe('pageHinkleyStep', () => {
  it('reports a shift of two standard deviations within 20 samples, with its direction', () => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(delay(2, seed, 100)).toMatchObject({ change: 'up' })
      expect(delay(-2, seed, 100)).toMatchObject({ change: 'down' })
      expect(delay(2, seed, 100).steps).toBeLessThan(20)
    }
  })

  it('reports fewer than one change in 10,000 samples without any', () => {
    let reports = 0
    for (let seed = 1; seed <= 10; seed++) if (delay(0, seed, 10_000).change !== undefined) reports++
    expect(reports).toBeLessThanOrEqual(2)
  })

  it('is not changed by missing values, and starts again after a change', () => {
    const options = { delta: 0.5, threshold: 5, warmUp: 1 }
    const { state } = pageHinkleyStep(PAGE_HINKLEY_START, 1, options)
    expect(pageHinkleyStep(state, Number.NaN, options)).toEqual({ state })
    expect(pageHinkleyStep(state, 100, options)).toEqual({ state: PAGE_HINKLEY_START, change: 'up' })
  })
})
