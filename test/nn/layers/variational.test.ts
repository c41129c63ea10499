import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, conformsInTraining, differsFromStepToStep, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 5 } as const
const back = { type: 'dense', units: 2 } as const
const repeat = { type: 'repeat', times: 4 } as const
const latent = { type: 'variational', units: 3, klWeight: 0.5 } as const

describe('variational', () => {
  likePyTorch('variational')
  const architectures = {
    'between others': architectureOf([4, 3], [front, latent, back]),
    'first of all': architectureOf([4, 3], [latent, back]),
    'with one step': architectureOf([4, 3], [{ type: 'flatten' }, latent, repeat, back]),
    'of a repeated vector': architectureOf([1, 3], [front, repeat, latent, back]),
  }
  conforms(architectures)
  conformsInTraining(architectures)

  it('draws anew in each step', () => {
    expect(differsFromStepToStep(architectures['between others'])).toBe(true)
  })

  /** Output and penalty of 500 windows `x` with a mean of 2 x and a variance of `variance`. */
  function drawn(variance: number) {
    const network = createNetwork(architectureOf([1, 1], [{ type: 'variational', units: 1, klWeight: 1 }]))
    const run = runNetwork(network, { batch: 500, training: true })
    for (const { name, offset } of network.slots)
      run.weights[offset] = name.endsWith('meanKernel')
        ? 2
        : name.endsWith('varianceBias')
          ? Math.log(variance)
          : 0
    run.input.fill(1.5)
    const windows = Int32Array.from({ length: 500 }, (_, b) => b)
    const signal = { data: run.input, rows: 500, stepRows: 500, batchRows: 1 }
    return { y: [...run.forward(signal, 500, { seed: 3, windows, share: 1 })], penalty: run.penalty() }
  }

  it('draws from the normal distribution that it describes', () => {
    const { y } = drawn(0.25)
    const mean = y.reduce((sum, value) => sum + value, 0) / 500
    const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 500
    expect(Math.abs(mean - 3)).toBeLessThan(0.1)
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.06)
  })

  it('pays the divergence from the standard normal distribution', () => {
    expect(drawn(0.25).penalty / 500).toBeCloseTo((9 + 0.25 - 1 - Math.log(0.25)) / 2, 4)
  })
})
