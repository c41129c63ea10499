import { describe, expect, it } from 'vitest'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { architectureOf, conforms, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const back = { type: 'dense', units: 2 } as const
const spread = { type: 'conv1d-transposed', filters: 4, kernelSize: 3 } as const

describe('conv1d-transposed', () => {
  likePyTorch('conv1d-transposed')
  conforms({
    valid: architectureOf([5, 2], [front, spread, back]),
    'first of all': architectureOf([5, 2], [spread]),
    'stride 2': architectureOf(
      [5, 2],
      [front, { ...spread, kernelSize: 4, stride: 2, activation: 'tanh' }, back],
    ),
    'same, stride 2': architectureOf([5, 2], [front, { ...spread, stride: 2, padding: 'same' }, back]),
    'same, stride 1': architectureOf([5, 2], [{ ...spread, kernelSize: 4, padding: 'same' }, back]),
    'same, stride more than the kernel': architectureOf(
      [3, 2],
      [front, { ...spread, kernelSize: 2, stride: 5, padding: 'same' }, back],
    ),
    'after repeat': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 4 }, { ...spread, stride: 2, padding: 'same' }, back],
    ),
    'from one step': architectureOf([1, 2], [front, { ...spread, kernelSize: 6, stride: 6 }, back]),
  })

  it.each([
    [10, {}, 12],
    [10, { stride: 2 }, 21],
    [10, { stride: 2, padding: 'same' as const }, 20],
    [1, { stride: 8, padding: 'same' as const }, 8],
  ])(
    'makes of %i steps with %o the steps that PyTorch (valid) and Keras (same) make',
    (steps, options, wanted) => {
      const network = createNetwork(architectureOf([steps, 2], [{ ...spread, ...options }]))
      expect(network.outShape).toEqual({ steps: wanted, width: 4 })
    },
  )

  it('is refused with what only a convolution has', () => {
    for (const wrong of [{ padding: 'causal' }, { dilation: 2 }, { stride: 0 }]) {
      expect(layerSpec.safeParse({ ...spread, ...wrong }).success, JSON.stringify(wrong)).toBe(false)
    }
  })
})
