import { describe, expect, it } from 'vitest'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, conformsInTraining, differsFromStepToStep, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 5 } as const
const every = { type: 'lstm', units: 4, returnSequences: true } as const

describe('lstm', () => {
  likePyTorch('lstm')
  const dropping = {
    'with dropout of its input': architectureOf([4, 3], [front, { ...every, dropout: 0.3 }]),
    'with dropout of its state': architectureOf([4, 3], [front, { ...every, recurrentDropout: 0.3 }]),
    'with both and its last state': architectureOf(
      [4, 3],
      [{ type: 'lstm', units: 4, dropout: 0.3, recurrentDropout: 0.3 }],
    ),
    'with both on a repeated vector': architectureOf(
      [1, 3],
      [front, { type: 'repeat', times: 3 }, { ...every, dropout: 0.3, recurrentDropout: 0.3 }, front],
    ),
  }
  conforms({ 'every step': architectureOf([4, 3], [every]), ...dropping })
  conformsInTraining(dropping)

  it('draws anew in each step where it drops something', () => {
    for (const architecture of Object.values(dropping)) expect(differsFromStepToStep(architecture)).toBe(true)
    expect(differsFromStepToStep(architectureOf([4, 3], [every]))).toBe(false)
  })

  it('has the same parameters, by name, with dropout', () => {
    const slots = (options: object) =>
      createNetwork(architectureOf([4, 3], [layerSpec.parse({ ...every, ...options })])).slots
    expect(slots({ dropout: 0.1, recurrentDropout: 0.2 })).toEqual(slots({}))
  })

  it('gives what it gives without dropout where the mask drops nothing', () => {
    const forward = (recurrentDropout: number) => {
      const network = createNetwork(architectureOf([6, 2], [{ ...every, recurrentDropout }]))
      const run = runNetwork(network, { batch: 3, training: true })
      run.weights.fill(0.3)
      run.input.forEach((_, i) => {
        run.input[i] = Math.sin(i)
      })
      const signal = { data: run.input, rows: 18, stepRows: 3, batchRows: 1 }
      return run.forward(signal, 3, { seed: 1, windows: Int32Array.of(0, 1, 2), share: 1 / 3 })
    }
    const wanted = forward(0)
    forward(1e-9).forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 5)
    })
  })
})
