import { describe, expect, it } from 'vitest'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, likePyTorch, refusal } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const back = { type: 'dense', units: 2 } as const
const max = { type: 'pool', size: 3 } as const
const average = { ...max, method: 'average' } as const

describe('pool', () => {
  likePyTorch('pool')
  conforms({
    max: architectureOf([8, 2], [front, max, back]),
    'max, first of all': architectureOf([8, 2], [max, back]),
    'max of a repeated vector': architectureOf([1, 2], [front, { type: 'repeat', times: 7 }, max, back]),
    average: architectureOf([8, 2], [front, average, back]),
    'average, first of all': architectureOf([8, 2], [average, back]),
    'average of a repeated vector': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 7 }, average, back],
    ),
    'average of everything': architectureOf([6, 2], [front, { ...average, size: 6 }, back]),
  })

  it('lets a NaN through, wherever it stands', () => {
    for (const method of ['max', 'average'] as const) {
      for (const place of [0, 1, 2]) {
        const network = createNetwork(architectureOf([6, 1], [{ ...max, method }]))
        const run = runNetwork(network, { batch: 1, training: false })
        run.input.set([1, 2, 6, 4, 9, 5])
        run.input[place] = Number.NaN
        const y = run.forward({ data: run.input, rows: 6, stepRows: 1, batchRows: 1 }, 1)
        expect([...y]).toEqual([Number.NaN, method === 'max' ? 9 : 6])
      }
    }
  })

  it('is refused when no step is left', () => {
    expect(refusal([4, 2], [front, { ...max, size: 5 }])).toMatchObject({
      code: 'architecture-invalid',
      message: 'layers[1] (pool): size is 5, but only 4 steps come in: none would be left',
    })
  })

  it('is refused with an unknown method', () => {
    expect(layerSpec.safeParse({ ...max, method: 'median' }).success).toBe(false)
  })
})
