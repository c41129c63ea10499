import { describe, expect, it } from 'vitest'
import { findReference, learnExpectation } from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { plantModel } from './plant.js'

const RANGE = { start: 1000, end: 1200 }

describe('what a channel should read given the others', () => {
  it('does not depend on its own readings, and covers nearly all of them in normal operation', async () => {
    const { model, plant } = await plantModel('pca-q')
    const scored = await detect(model, plant.test)
    const reference = findReference(model, scored, scored.events)
    const { values, usualError } = await learnExpectation(model, scored, reference).of(0, [], RANGE)
    const reading = (i: number) => scored.frame.values[(RANGE.start + i) * 8]
    const inside = values.filter((value, i) => Math.abs(reading(i) - value) < 4 * usualError)
    expect(inside.length).toBeGreaterThan(0.95 * values.length)
    const spread = reference.channels[0].spread
    expect(usualError).toBeLessThan(spread)
    const wild = scored.frame.values.slice()
    for (let i = RANGE.start; i < RANGE.end; i++) wild[i * 8] += 20 * spread
    const changed = { ...scored, frame: { ...scored.frame, values: wild } }
    const again = await learnExpectation(model, changed, reference).of(0, [], RANGE)
    expect(Array.from(again.values)).toEqual(Array.from(values))
  }, 60_000)

  it('does not use channels that are not trusted', async () => {
    const { model, plant } = await plantModel('pca-q')
    const scored = await detect(model, plant.test)
    const reference = findReference(model, scored, scored.events)
    const wild = scored.frame.values.slice()
    for (let i = RANGE.start; i < RANGE.end; i++) wild[i * 8 + 1] *= 3
    const changed = { ...scored, frame: { ...scored.frame, values: wild } }
    const of = (series: typeof scored, without: number[]) =>
      learnExpectation(model, series, reference).of(0, without, RANGE)
    expect((await of(changed, [1])).values).toEqual((await of(scored, [1])).values)
    expect((await of(changed, [])).values).not.toEqual((await of(scored, [])).values)
  }, 60_000)

  it('is what the detector expected, else the median, where the model keeps no components', async () => {
    const { model, plant } = await plantModel('pca-q')
    const scored = await detect(model, plant.test, { expected: true })
    const reference = findReference(model, scored, scored.events)
    const without = { scaler: model.scaler, detector: model.detector }
    const { values } = await learnExpectation(without, scored, reference).of(2, [], { start: 50, end: 52 })
    expect(Array.from(values)).toEqual([50, 51].map(i => scored.expected?.[i * 8 + 2]))
    const blind = { ...scored, expected: undefined }
    const known = await learnExpectation(without, blind, reference).of(2, [], { start: 50, end: 51 })
    expect(known.values[0]).toBe(reference.channels[2].median)
  }, 60_000)
})
