import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { explainEvents, globalImportance } from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { injectFaults } from '../../src/simulate/index.js'
import { plantModel } from './plant.js'

/** A scored table with three shifts of one channel. */
async function shifted(magnitude = 8) {
  const { model, plant } = await plantModel('pca-q')
  const faults = [0, 1, 2].map(k => ({
    id: `f${k}`,
    kind: 'level-shift' as const,
    start: 300 + 500 * k,
    end: 360 + 500 * k,
    channels: ['flow'],
    magnitude,
  }))
  const faulty = injectFaults(plant.test, faults, createRandom(3), plant.train)
  return { model, scored: await detect(model, faulty) }
}

describe('importance over events and for the model', () => {
  it('has the channel at fault first, and shares that add up to 1', async () => {
    const { model, scored } = await shifted()
    const found = await explainEvents(model, scored, scored.events)
    const importance = await globalImportance(model, scored, scored.events, found)
    expect(importance[0].name).toBe('flow')
    expect(importance[0].events).toBe(found.length)
    expect(importance[0].rank).toBe(1)
    expect(importance.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
    const ranks = importance.reduce((sum, { rank }) => sum + rank, 0)
    const count = importance.length
    expect(ranks).toBeCloseTo((count * (count + 1)) / 2, 9)
  }, 60_000)

  it('rises for channels that depend on others, and does not depend on the order of events', async () => {
    const { model, scored } = await shifted()
    const found = await explainEvents(model, scored, scored.events)
    const importance = await globalImportance(model, scored, scored.events, found)
    expect(Math.max(...importance.map(({ model }) => model))).toBeGreaterThan(0.1)
    expect(await globalImportance(model, scored, scored.events, found.toReversed())).toEqual(importance)
  }, 60_000)

  it('is that of the model alone without events', async () => {
    const { model, scored } = await shifted()
    const importance = await globalImportance(model, scored, scored.events, [])
    const rises = importance.map(({ model }) => model)
    expect(rises).toEqual(rises.toSorted((a, b) => b - a))
    expect(importance.every(({ share, rank, events }) => Number.isNaN(share + rank) && events === 0)).toBe(
      true,
    )
  }, 60_000)
})
