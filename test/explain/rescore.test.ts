import { describe, expect, it } from 'vitest'
import { openRescorer } from '../../src/explain/index.js'
import { contextOf } from '../../src/explain/rescore.js'
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
        const far = new Float64Array(rescorer.replaced.end - rescorer.replaced.start).fill(1e6)
        expect(await rescorer.score(new Map([[0, far]]))).toBeGreaterThan(highest)
        expect(await rescorer.score(new Map())).toBeCloseTo(highest, 2)
        expect(rescorer.evaluations()).toBe(3)
      }
    },
    120_000,
  )

  it.each([
    { where: 'of at most 160 samples', length: 150, peak: 0, range: [0, 150] },
    { where: 'that is longer, at its peak', length: 400, peak: 120, range: [40, 200] },
    { where: 'that is longer, with its peak at the end', length: 400, peak: 399, range: [240, 400] },
  ])('is one $where, with what follows of it', async ({ length, peak, range: [first, last] }) => {
    const { model, plant } = await plantModel('pca-q')
    const session = { alignment: 'two-sided' } as const
    const { test: frame } = plant
    const score = new Float32Array(frame.timeMs.length)
    score[1000 + peak] = 2
    const residual = new Float32Array(frame.values.length)
    const event = { start: 1000, end: 1000 + length, peak: 1000 + peak }
    const { range, replaced } = openRescorer(model, session, { frame, score, residual }, event)
    expect(range).toEqual({ start: 1000 + first - model.info.window, end: 1000 + last })
    const until = range.end + Math.min(96, model.detector.lookahead)
    // What is scored before the part of a longer event is replaced as well: no fault begins where the part does.
    const before =
      first === 0 ? range.start : Math.max(1000 - model.info.window, range.start - contextOf(model.detector))
    expect(replaced).toEqual({ start: before, end: Math.min(until, 1000 + length) })
  })
})
