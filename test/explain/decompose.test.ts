import { describe, expect, it } from 'vitest'
import { decompose } from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { plantModel } from './plant.js'

describe('the decomposition of an event', () => {
  it.each(['auto', 'committee', 'pca-q', 'isolation-forest', 'lstm-autoencoder'] as const)(
    'adds up to the scores of %s, over channels and over samples',
    async detector => {
      const { model, plant } = await plantModel(detector)
      const scored = await detect(model, plant.test)
      const { start, end } = { start: 600, end: 900 }
      const { total, channels, steps, cells } = decompose(scored, { start, end })
      const sum = scored.score.subarray(start, end).reduce((all, value) => all + value, 0)
      expect(total / sum).toBeCloseTo(1, 4)
      const add = (values: Float64Array) => values.reduce((all, value) => all + value, 0)
      for (const parts of [channels, steps, cells]) expect(add(parts) / total).toBeCloseTo(1, 10)
      for (const [i, value] of steps.entries())
        expect(Math.abs(value - scored.score[start + i])).toBeLessThan(1e-3 * Math.max(1, value))
    },
    120_000,
  )

  it('leaves out samples without a score', () => {
    const frame = {
      timeMs: Float64Array.of(0, 1),
      timeKind: 'index' as const,
      values: Float64Array.of(1, 2, 3, 4),
      channels: ['a', 'b'],
    }
    const residual = Float32Array.of(1, 3, Number.NaN, Number.NaN)
    const found = decompose({ frame, score: Float32Array.of(2, Number.NaN), residual }, { start: 0, end: 2 })
    expect([found.total, ...found.channels, ...found.steps]).toEqual([2, 0.5, 1.5, 2, 0])
  })
})
