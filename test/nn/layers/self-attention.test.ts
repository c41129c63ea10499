import { describe, expect, it } from 'vitest'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { architectureOf, conforms, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const attention = { type: 'self-attention', heads: 2, keyWidth: 3 } as const

describe('self-attention', () => {
  likePyTorch('self-attention')
  conforms({
    'first of all': architectureOf([4, 3], [attention]),
    'between other layers': architectureOf([5, 2], [front, attention, front]),
    causal: architectureOf([5, 2], [front, { ...attention, causal: true }, front]),
    'one head, one column': architectureOf([4, 2], [front, { ...attention, heads: 1, keyWidth: 1 }]),
    'after repeat': architectureOf([1, 2], [front, { type: 'repeat', times: 4 }, attention, front]),
    'one step': architectureOf([1, 2], [front, attention]),
    'in a block with its position': architectureOf(
      [4, 2],
      [front, { type: 'position' }, { type: 'residual', layers: [attention] }, { type: 'layer-norm' }],
    ),
  })

  it('has the parameters of a layer in PyTorch with as many columns inside as outside: 4 (D D + D)', () => {
    const network = createNetwork(architectureOf([7, 6], [attention]))
    expect(network.parameterCount).toBe(4 * (6 * 6 + 6))
    expect(network.outShape).toEqual({ steps: 7, width: 6 })
  })

  it('is refused without heads or columns', () => {
    expect(layerSpec.safeParse({ ...attention, heads: 0 }).success).toBe(false)
    expect(layerSpec.safeParse({ type: 'self-attention', heads: 2 }).success).toBe(false)
  })
})
