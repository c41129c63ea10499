import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { attentionWeights, createNetwork, initialWeights, lstmAutoencoder } from '../../src/nn/index.js'

describe('the weights of attention', () => {
  const network = createNetwork({
    name: 'two layers',
    inputShape: [8, 3],
    layers: [
      { type: 'self-attention', heads: 2, keyWidth: 3 },
      { type: 'pool', size: 2 },
      { type: 'residual', layers: [{ type: 'self-attention', heads: 1, keyWidth: 4, causal: true }] },
    ],
  })
  const random = createRandom(4)
  const weights = initialWeights(network, random)
  const window = Float32Array.from({ length: 8 * 3 }, () => random.normal())

  it('come per layer, also from within a block, one square of its steps per head', () => {
    const layers = attentionWeights(network, weights, window)
    expect(layers.map(({ shape }) => shape)).toEqual([
      [2, 8, 8],
      [1, 4, 4],
    ])
    for (const { shape, data } of layers) expect(data).toHaveLength(shape.reduce((a, b) => a * b))
  })

  it('sum to 1 in each row, none is negative, and a causal layer gives none to later steps', () => {
    const [, last] = attentionWeights(network, weights, window)
    for (const { shape, data } of attentionWeights(network, weights, window)) {
      const steps = shape[2]
      for (let row = 0; row < data.length; row += steps) {
        const shares = [...data.subarray(row, row + steps)]
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
      }
    }
    for (let t = 0; t < 4; t++) {
      for (let s = t + 1; s < 4; s++) expect(last.data[t * 4 + s]).toBe(0)
    }
  })

  it('are those of the window alone: other windows leave the same numbers', () => {
    const first = attentionWeights(network, weights, window)
    attentionWeights(
      network,
      weights,
      window.map(value => -value),
    )
    expect(attentionWeights(network, weights, window)).toEqual(first)
  })

  it('are none where no layer attends', () => {
    const other = createNetwork(lstmAutoencoder(8, 3, 4, 2))
    expect(attentionWeights(other, initialWeights(other, random), window)).toEqual([])
  })
})
