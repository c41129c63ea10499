import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { architectureOf, conforms, likePyTorch } from './suite.js'

describe('dense', () => {
  likePyTorch('dense')
  conforms({
    alone: architectureOf([4, 3], [{ type: 'dense', units: 5 }]),
    'with activation': architectureOf(
      [4, 3],
      [
        { type: 'dense', units: 5, activation: 'sigmoid' },
        { type: 'dense', units: 3, activation: 'elu' },
      ],
    ),
  })

  it('keeps the names of its parameters with an activation', () => {
    const names = (activation?: 'relu') =>
      createNetwork(architectureOf([4, 3], [{ type: 'dense', units: 5, activation }])).slots.map(
        ({ name }) => name,
      )
    expect(names('relu')).toEqual(['0.dense.kernel', '0.dense.bias'])
    expect(names()).toEqual(names('relu'))
  })
})
