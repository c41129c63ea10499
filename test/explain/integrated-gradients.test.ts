import { describe, expect, it } from 'vitest'
import { sliceFrame } from '../../src/core/frame.js'
import {
  explainEvents,
  findReference,
  integratedGradients,
  learnExpectation,
} from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { plantModel } from './plant.js'

const session = { alignment: 'causal' } as const

async function faulty(detector: 'lstm-autoencoder' | 'pca-q') {
  const { model, plant } = await plantModel(detector)
  const frame = sliceFrame(plant.test, 0, 900)
  const c = frame.channels.indexOf('flow')
  const values = Float64Array.from(frame.values)
  for (let i = 600; i < 640; i++) values[i * frame.channels.length + c] *= 4
  const scored = await detect(model, { ...frame, values }, session)
  return { model, scored }
}

describe('integrated gradients', () => {
  it('add up to the score minus that of the baseline, the better the more steps, and name the channel', async () => {
    const { model, scored } = await faulty('lstm-autoencoder')
    const expectation = learnExpectation(model, scored, findReference(model, scored, scored.events))
    const event = { start: 605, end: 635 }
    const gapOf = async (steps: number) => {
      const found = await integratedGradients(model, scored.frame, expectation, event, session, steps)
      const { cells, score, baselineScore } = found as NonNullable<typeof found>
      const sum = cells.reduce((a, b) => a + b, 0)
      return { gap: Math.abs(sum - (score - baselineScore)), score, baselineScore }
    }
    const [few, many] = [await gapOf(4), await gapOf(64)]
    expect(many.score).toBeGreaterThan(many.baselineScore)
    expect(many.score).toBeCloseTo(Math.max(...scored.score.subarray(605, 635)), 3)
    expect(many.gap).toBeLessThan(0.01 * (many.score - many.baselineScore))
    expect(many.gap).toBeLessThanOrEqual(few.gap + 1e-3 * many.score)
  }, 60_000)

  it('rank channels of an event, with a value for every reading of a window', async () => {
    const { model, scored } = await faulty('lstm-autoencoder')
    const event = scored.events.find(({ end }) => end > 610)
    if (event === undefined) throw new Error('no event')
    const [found] = await explainEvents(model, scored, scored.events, [event], {
      session,
      method: 'integrated-gradients',
    })
    expect(found.channels[0].name).toBe('flow')
    expect(found.channels[0].value).toBeGreaterThan(0)
    const sum = found.channels.reduce((total, { value }) => total + value, 0)
    expect(found.window?.cells.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 6)
  }, 60_000)

  it('are refused for a detector without a gradient, with the methods that can', async () => {
    const { model, scored } = await faulty('pca-q')
    const asked = explainEvents(model, scored, scored.events, scored.events.slice(0, 1), {
      session,
      method: 'integrated-gradients',
    })
    await expect(asked).rejects.toThrow(/integrated-gradients cannot explain the detector pca-q/)
    await expect(asked).rejects.toMatchObject({ remedy: expect.stringContaining('shapley') })
  })
})
