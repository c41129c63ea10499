import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, likePyTorch, refusal } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const back = { type: 'dense', units: 2 } as const
const upsample = { type: 'upsample', factor: 3 } as const

describe('upsample', () => {
  likePyTorch('upsample')
  conforms({
    'between others': architectureOf([4, 2], [front, upsample, back]),
    'first of all': architectureOf([4, 2], [upsample, back]),
    'of a repeated vector': architectureOf([1, 2], [front, { type: 'repeat', times: 2 }, upsample, back]),
    'at the end': architectureOf([4, 2], [front, upsample]),
  })

  it('gives each step several times', () => {
    const network = createNetwork(architectureOf([2, 2], [upsample]))
    const run = runNetwork(network, { batch: 1, training: false })
    run.input.set([1, 2, 3, 4])
    const y = run.forward({ data: run.input, rows: 2, stepRows: 1, batchRows: 1 }, 1)
    expect([...y]).toEqual([1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4])
  })

  it('is refused when more steps come out than any layer may have', () => {
    expect(refusal([1000, 1], [{ type: 'upsample', factor: 1000 }])).toMatchObject({
      code: 'architecture-invalid',
      message: 'layers[0] (upsample): the steps of its output would be 1000000, the limit is 100000',
    })
  })
})
