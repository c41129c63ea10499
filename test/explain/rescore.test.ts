import { describe, expect, it } from 'vitest'
import { openRescorer } from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { plantModel } from './plant.js'

describe('an event that is scored again', () => {
  it.each(['auto', 'pca-q'] as const)(
    'has its score as it is, of %s, for both alignments',
    async detector => {
      const { model, plant } = await plantModel(detector)
      for (const alignment of ['two-sided', 'causal'] as const) {
        const { score, frame, residual } = await detect(model, plant.test, { alignment })
        const event = { start: 1500, end: 1560, peak: 1530 }
        const rescorer = openRescorer(model, { alignment }, { frame, score, residual }, event)
        const highest = score.subarray(1500, 1560).reduce((most, value) => Math.max(most, value), 0)
        expect(await rescorer.score(new Map())).toBeCloseTo(highest, 2)
        expect(await rescorer.before()).toBe(highest)
        const far = new Float64Array(rescorer.range.end - rescorer.range.start).fill(1e6)
        expect(await rescorer.score(new Map([[0, far]]))).toBeGreaterThan(highest)
        expect(await rescorer.score(new Map())).toBeCloseTo(highest, 2)
        expect(rescorer.evaluations()).toBe(3)
      }
    },
    120_000,
  )
})
