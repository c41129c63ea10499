import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { compareMethods, EXPLAIN_METHODS, rankCorrelation } from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { injectFaults } from '../../src/simulate/index.js'
import { plantModel } from './plant.js'

describe('the correlation of two orders', () => {
  it('is symmetric, 1 with itself, -1 with the reverse, and that of Spearman (Conover 5.4)', () => {
    const [a, b] = [
      [0, 1, 2, 3, 4],
      [1, 0, 2, 4, 3],
    ]
    expect(rankCorrelation(a, a)).toBe(1)
    expect(rankCorrelation(a, a.toReversed())).toBe(-1)
    expect(rankCorrelation(a, b)).toBe(rankCorrelation(b, a))
    // 4 differences of 1: 1 - 6 * 4 / (5 * 24).
    expect(rankCorrelation(a, b)).toBeCloseTo(0.8, 12)
    expect(rankCorrelation([0], [0])).toBeNaN()
  })
})

/** A scored table with a shift in one channel at a time. */
async function shifted(detector: 'pca-q' | 'lstm-autoencoder') {
  const { model, plant } = await plantModel(detector)
  const faults = ['power', 'flow'].map((channel, k) => ({
    id: `f${k}`,
    kind: 'level-shift' as const,
    start: 300 + 500 * k,
    end: 360 + 500 * k,
    channels: [channel],
    magnitude: 8,
  }))
  const faulty = injectFaults(plant.test, faults, createRandom(3), plant.train)
  return { model, scored: await detect(model, faulty), channels: plant.test.channels.length }
}

describe('compared methods', () => {
  it('are more faithful than random orders where one channel is at fault, and agree with themselves', async () => {
    const { model, scored } = await shifted('pca-q')
    const found = await compareMethods(model, scored, scored.events)
    expect(found.events).toBeGreaterThanOrEqual(2)
    expect(found.methods.map(({ method }) => method)).toEqual(
      EXPLAIN_METHODS.filter(method => method !== 'integrated-gradients'),
    )
    const M = found.methods.length
    for (let a = 0; a < M; a++)
      for (let b = 0; b < M; b++) {
        expect(found.correlation[a][b]).toBeCloseTo(found.correlation[b][a], 12)
        expect(found.correlation[a][a]).toBe(1)
      }
    const repair = found.methods[0]
    expect(repair.method).toBe('repair')
    expect(repair.left[0]).toBeLessThan(found.random.left[0])
    expect(repair.gain).toBeCloseTo(found.random.deletion - repair.deletion, 12)
    expect(repair.gain).toBeGreaterThan(0.1)
    expect(repair.scorings).toBeLessThanOrEqual(12)
    expect(repair.deletion).toBeCloseTo(repair.left.reduce((a, b) => a + b) / repair.left.length, 12)
  }, 120_000)

  it('have integrated gradients where the detector has a gradient', async () => {
    const { model, scored } = await shifted('lstm-autoencoder')
    const found = await compareMethods(model, scored, scored.events, scored.events.slice(0, 1))
    expect(found.methods.map(({ method }) => method)).toEqual([...EXPLAIN_METHODS])
  }, 120_000)

  it('compare nothing without events', async () => {
    const { model, scored } = await shifted('pca-q')
    const found = await compareMethods(model, scored, scored.events, [])
    expect(found.events).toBe(0)
    expect(found.methods.every(({ deletion, better }) => Number.isNaN(deletion) && better === 0)).toBe(true)
  }, 60_000)
})
