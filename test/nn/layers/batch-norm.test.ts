import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { createLocalEngine, createNetwork, initialWeights, train } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, conformsInTraining, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 5 } as const
const norm = { type: 'batch-norm' } as const
const back = { type: 'dense', units: 2 } as const

describe('batch-norm', () => {
  likePyTorch('batch-norm')
  const architectures = {
    'between others': architectureOf([4, 3], [front, norm, back]),
    'first of all': architectureOf([4, 3], [{ ...norm, epsilon: 1e-3 }, back]),
    'of a repeated vector': architectureOf([1, 3], [front, { type: 'repeat', times: 4 }, norm, back]),
    'after an lstm': architectureOf([4, 3], [{ type: 'lstm', units: 4, returnSequences: true }, norm, back]),
  }
  conforms(architectures)
  conformsInTraining(architectures, 'the windows together')

  it('gives columns of mean 0 and variance 1 in training, whatever comes in', () => {
    const network = createNetwork(architectureOf([6, 2], [norm]))
    const run = runNetwork(network, { batch: 16, training: true })
    const random = createRandom(4)
    run.weights.set(initialWeights(network, random))
    for (let i = 0; i < run.input.length; i++) run.input[i] = 50 + 3 * random.normal()
    const signal = { data: run.input, rows: 96, stepRows: 16, batchRows: 1 }
    const y = run.forward(signal, 16, { seed: 0, windows: new Int32Array(16), share: 1 / 16 })
    for (const column of [0, 1]) {
      const values = [...y].filter((_, i) => i % 2 === column)
      const mean = values.reduce((sum, value) => sum + value, 0) / 96
      expect(mean).toBeCloseTo(0, 4)
      expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 96).toBeCloseTo(1, 3)
    }
  })

  it('learns the mean and variance that come in, so that scoring gives what training gave', () => {
    const random = createRandom(6)
    const series = Float32Array.from({ length: 600 }, () => 5 + 2 * random.normal())
    const network = createNetwork(architectureOf([4, 1], [norm]))
    const starts = Int32Array.from({ length: 500 }, (_, i) => i)
    const options = { epochs: 4, batchSize: 64, learningRate: 1e-6, patience: 0, minDelta: 0 }
    const run = train(
      createLocalEngine(network, series),
      initialWeights(network, random),
      { trainStarts: starts, validationStarts: starts },
      options,
      random,
    )
    let weights = new Float32Array()
    for (const { state } of run) weights = Float32Array.from(state?.().weights ?? weights)
    const learned = (name: string) =>
      weights[network.slots.find(slot => slot.name.endsWith(name))?.offset ?? -1]
    expect(Math.abs(learned('mean') - 5)).toBeLessThan(0.4)
    expect(Math.abs(learned('variance') - 4)).toBeLessThan(0.8)
    expect(network.parameterCount).toBe(2)
  })

  it('keeps a NaN of scoring where it is', () => {
    const network = createNetwork(architectureOf([2, 2], [norm]))
    const run = runNetwork(network, { batch: 1, training: false })
    run.weights.set(initialWeights(network, createRandom(1)))
    run.input.set([Number.NaN, 1, 2, 3])
    const y = run.forward({ data: run.input, rows: 2, stepRows: 1, batchRows: 1 }, 1)
    expect([...y].map(Number.isNaN)).toEqual([true, false, false, false])
  })
})
