import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { architectureOf, conforms, likePyTorch } from './suite.js'

const before = { type: 'gru', units: 4, returnSequences: true, resetAfter: false } as const

describe('gru with the reset before the product', () => {
  likePyTorch('gru reset before')
  conforms({
    'every step': architectureOf([4, 3], [before]),
    'the last state': architectureOf([4, 3], [{ ...before, units: 5, returnSequences: false }]),
    'one step': architectureOf([1, 2], [{ type: 'dense', units: 3 }, before]),
    'after repeat': architectureOf(
      [1, 2],
      [{ type: 'dense', units: 3 }, { type: 'repeat', times: 5 }, before, { type: 'dense', units: 2 }],
    ),
    'one after another': architectureOf(
      [4, 2],
      [before, { ...before, units: 3 }, { type: 'dense', units: 2 }],
    ),
  })

  it('has the parameters that Keras counts with reset_after=False: 3 (I H + H H + H)', () => {
    expect(createNetwork(architectureOf([4, 3], [before])).parameterCount).toBe(3 * (3 * 4 + 4 * 4 + 4))
  })
})
