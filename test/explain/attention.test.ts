import { describe, expect, it } from 'vitest'
import { windowAttention } from '../../src/explain/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { generatePlant } from '../../src/simulate/index.js'
import { plantModel } from './plant.js'

const plant = generatePlant({ rows: 700, channels: 4, seed: 5, faults: 0 })
const model = await trainModel(plant.train, {
  detector: 'autoencoder',
  architecture: 'attention-ae',
  window: 12,
  units: 8,
  latent: 2,
  epochs: 1,
})

describe('attention in an event', () => {
  it('has weights of which those of a step add up to 1, over the window that ends at the peak', async () => {
    const scored = await detect(model, plant.test)
    const found = windowAttention(model, scored, { start: 100, end: 120, peak: 110 })
    expect(found?.range).toEqual({ start: 99, end: 111 })
    expect(found?.fromMs).toBe(scored.frame.timeMs[99])
    expect(found?.layers.length).toBeGreaterThan(0)
    for (const { heads, steps, weights, received, entropy, sparsity } of found?.layers ?? []) {
      expect(weights.length).toBe(heads * steps * steps)
      for (let row = 0; row < weights.length; row += steps)
        expect(weights.subarray(row, row + steps).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
      expect(received.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
      expect(entropy).toBeGreaterThan(0)
      expect(entropy).toBeLessThanOrEqual(1 + 1e-6)
      const small = weights.filter(weight => weight < 0.01).length
      expect(sparsity).toBeCloseTo(small / weights.length, 12)
    }
  }, 60_000)

  it('is that of the nearest whole window, and of none where every reading is missing', async () => {
    const { frame } = await detect(model, plant.test)
    expect(windowAttention(model, { frame }, { start: 0, end: 20, peak: 0 })?.range).toEqual({
      start: 0,
      end: 12,
    })
    const values = frame.values.slice().fill(Number.NaN)
    const empty = { frame: { ...frame, values } }
    expect(windowAttention(model, empty, { start: 100, end: 120, peak: 110 })).toBeUndefined()
  })

  it('does not exist for a network without attention, and for other detectors', async () => {
    const event = { start: 100, end: 120, peak: 110 }
    for (const name of ['lstm-autoencoder', 'pca-q'] as const) {
      const { model: other, plant: own } = await plantModel(name)
      expect(windowAttention(other, { frame: own.test }, event)).toBeUndefined()
    }
  }, 60_000)
})
