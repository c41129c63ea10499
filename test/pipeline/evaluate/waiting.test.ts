import { describe, expect, it } from 'vitest'
import { evaluateModel, trainModel } from '../../../src/pipeline/index.js'
import { generatePlant } from '../../../src/simulate/index.js'

describe('evaluateModel of scores that wait', () => {
  it('counts the waiting of two-sided scores in the delay', async () => {
    const { train, test, labels } = generatePlant({ rows: 2000, faults: 4, difficulty: 'easy', seed: 3 })
    const model = await trainModel(train)
    const settings = { resamples: 0, sweep: false, seed: 1 }
    const of = async (alignment: 'causal' | 'two-sided') => {
      const { rows } = await evaluateModel(model, test, labels, { ...settings, alignment })
      return rows[0].evaluation.metrics
    }
    const metrics = await of('two-sided')
    expect(metrics.delay).toBeGreaterThanOrEqual(model.detector.lookahead)
    expect((await of('causal')).delay).toBeLessThan(model.detector.lookahead)
    expect(metrics['delay-seconds']).toBe(60 * (metrics.delay ?? 0))
  })
})
