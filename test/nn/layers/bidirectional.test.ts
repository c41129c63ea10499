import { describe, expect, it } from 'vitest'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { architectureOf, conforms, conformsInTraining, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const lstm = { type: 'lstm', units: 3, returnSequences: true } as const
const gru = { type: 'gru', units: 2, returnSequences: true } as const

describe('bidirectional', () => {
  likePyTorch('bidirectional')
  conforms({
    'lstm, every step': architectureOf([4, 2], [{ type: 'bidirectional', layer: lstm }]),
    'lstm, last states': architectureOf(
      [4, 2],
      [{ type: 'bidirectional', layer: { ...lstm, returnSequences: false } }],
    ),
    'gru between other layers': architectureOf([5, 2], [front, { type: 'bidirectional', layer: gru }, front]),
    'after a convolution with a stride': architectureOf(
      [8, 2],
      [
        { type: 'conv1d', filters: 3, kernelSize: 2, stride: 2 },
        { type: 'bidirectional', layer: gru },
      ],
    ),
    'after repeat': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 5 }, { type: 'bidirectional', layer: lstm }, front],
    ),
    'one step': architectureOf([1, 2], [front, { type: 'bidirectional', layer: gru }, front]),
  })

  conformsInTraining({
    'with dropout': architectureOf(
      [4, 2],
      [front, { type: 'bidirectional', layer: { ...lstm, dropout: 0.3, recurrentDropout: 0.4 } }],
    ),
    'with dropout of the state, last states': architectureOf(
      [4, 2],
      [front, { type: 'bidirectional', layer: { type: 'gru', units: 3, recurrentDropout: 0.4 } }],
    ),
  })

  it('has twice the parameters and twice the width of its layer', () => {
    const network = createNetwork(architectureOf([6, 4], [{ type: 'bidirectional', layer: lstm }]))
    expect(network.parameterCount).toBe(2 * 4 * (4 * 3 + 3 * 3 + 3))
    expect(network.outShape).toEqual({ steps: 6, width: 6 })
    expect(network.slots[3].name).toBe('0.bidirectional.backward.kernel')
  })

  it('is refused around anything but an lstm or a gru', () => {
    expect(layerSpec.safeParse({ type: 'bidirectional', layer: front }).success).toBe(false)
    expect(layerSpec.safeParse({ type: 'bidirectional' }).success).toBe(false)
  })
})
