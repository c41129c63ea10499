import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, likePyTorch, refusal } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const back = { type: 'dense', units: 2 } as const
const flatten = { type: 'flatten' } as const

describe('flatten and reshape', () => {
  likePyTorch('flatten and reshape')
  conforms({
    flatten: architectureOf([4, 2], [front, flatten, back]),
    'flatten first of all': architectureOf([4, 2], [flatten, back]),
    'flatten at the end': architectureOf([4, 2], [front, flatten]),
    'flatten of a repeated vector': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 4 }, flatten, back],
    ),
    reshape: architectureOf([4, 2], [front, { type: 'reshape', steps: 6, width: 2 }, back]),
    'reshape of a repeated vector': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 4 }, { type: 'reshape', steps: 2, width: 6 }, back],
    ),
    'a dense autoencoder of whole windows': architectureOf(
      [5, 2],
      [
        flatten,
        { type: 'dense', units: 4, activation: 'tanh' },
        { type: 'dense', units: 10 },
        { type: 'reshape', steps: 5, width: 2 },
      ],
    ),
  })

  it('keep the order: step after step', () => {
    const network = createNetwork(architectureOf([3, 2], [flatten, { type: 'reshape', steps: 2, width: 3 }]))
    const run = runNetwork(network, { batch: 2, training: false, stride: 3 })
    run.input.set([1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16])
    const y = run.forward({ data: run.input, rows: 6, stepRows: 1, batchRows: 3 }, 2)
    expect([...y]).toEqual([1, 2, 3, 11, 12, 13, 4, 5, 6, 14, 15, 16])
  })

  it('are refused when the numbers do not fit', () => {
    expect(refusal([4, 2], [flatten, { type: 'reshape', steps: 3, width: 2 }])).toMatchObject({
      code: 'architecture-invalid',
      message:
        'layers[1] (reshape): 3 steps of 2 are 6 numbers, but 1 steps of 8, which is 8 numbers, come in',
    })
    expect(refusal([1000, 200], [flatten])).toMatchObject({
      message: 'layers[0] (flatten): the width of its output would be 200000, the limit is 100000',
    })
  })
})
