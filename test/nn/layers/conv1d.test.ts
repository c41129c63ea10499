import { describe, expect, it } from 'vitest'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, likePyTorch, refusal } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const back = { type: 'dense', units: 2 } as const
const conv = { type: 'conv1d', filters: 5, kernelSize: 3 } as const

describe('conv1d', () => {
  likePyTorch('conv1d')
  conforms({
    valid: architectureOf([7, 2], [front, conv, back]),
    'first of all': architectureOf([7, 2], [conv, back]),
    'one channel': architectureOf([7, 1], [conv]),
    'without bias': architectureOf([7, 2], [front, { ...conv, bias: false }, back]),
    'stride 2': architectureOf([9, 2], [front, { ...conv, stride: 2 }, back]),
    'stride 2 first of all': architectureOf([9, 2], [{ ...conv, stride: 2 }, back]),
    'stride more than the kernel': architectureOf(
      [9, 2],
      [front, { ...conv, kernelSize: 2, stride: 4 }, back],
    ),
    'dilation 3': architectureOf([9, 2], [front, { ...conv, dilation: 3, activation: 'tanh' }, back]),
    'stacked strides': architectureOf([12, 2], [{ ...conv, stride: 2 }, { ...conv, stride: 2 }, back]),
    same: architectureOf([6, 2], [front, { ...conv, kernelSize: 4, padding: 'same' }, back]),
    'same, stride 2': architectureOf([7, 2], [front, { ...conv, padding: 'same', stride: 2 }, back]),
    causal: architectureOf([6, 2], [front, { ...conv, padding: 'causal', dilation: 2 }, back]),
    'after repeat': architectureOf([1, 2], [front, { type: 'repeat', times: 7 }, conv, back]),
    'same after repeat': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 5 }, { ...conv, padding: 'same' }, back],
    ),
    'stride 2 after repeat': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 7 }, { ...conv, stride: 2 }, back],
    ),
    'before a recurrence': architectureOf(
      [8, 2],
      [
        { ...conv, stride: 2 },
        { type: 'lstm', units: 3 },
      ],
    ),
    'one step left': architectureOf([5, 2], [front, { ...conv, kernelSize: 5, stride: 3 }, back]),
  })

  it.each([
    [10, {}, 8],
    [10, { stride: 2 }, 4],
    [10, { dilation: 4 }, 2],
    [10, { padding: 'same' as const, stride: 3 }, 4],
    [10, { padding: 'causal' as const, dilation: 7 }, 10],
    [1, { padding: 'same' as const }, 1],
  ])('makes of %i steps with %o the steps that Keras makes', (steps, options, wanted) => {
    const network = createNetwork(architectureOf([steps, 2], [{ ...conv, ...options }]))
    expect(network.outShape).toEqual({ steps: wanted, width: 5 })
  })

  it('has the parameters of Keras: kernelSize * channels * filters, and a bias', () => {
    expect(createNetwork(architectureOf([9, 4], [conv])).parameterCount).toBe(3 * 4 * 5 + 5)
    expect(createNetwork(architectureOf([9, 4], [{ ...conv, bias: false }])).parameterCount).toBe(3 * 4 * 5)
  })

  it('shows a causal output nothing that comes later', () => {
    const network = createNetwork(architectureOf([6, 1], [{ ...conv, filters: 1, padding: 'causal' }]))
    const run = runNetwork(network, { batch: 1, training: false })
    run.weights.fill(1)
    const output = (input: number[]) => {
      run.input.set(input)
      return [...run.forward({ data: run.input, rows: 6, stepRows: 1, batchRows: 1 }, 1)]
    }
    expect(output([1, 2, 3, 4, 5, 6])).toEqual([2, 4, 7, 10, 13, 16])
    expect(output([1, 2, 3, 4, 5, Number.NaN]).slice(0, 5)).toEqual([2, 4, 7, 10, 13])
  })

  it('is refused when its kernel is longer than what comes in', () => {
    expect(refusal([8, 2], [front, { ...conv, kernelSize: 5, dilation: 2 }])).toMatchObject({
      code: 'architecture-invalid',
      kind: 'option',
      message: 'layers[1] (conv1d): a kernel of 5 with dilation 2 spans 9 steps, but only 8 steps come in',
    })
    expect(refusal([8, 2], [conv, conv, conv, conv])).toMatchObject({
      message: 'layers[3] (conv1d): a kernel of 3 with dilation 1 spans 3 steps, but only 2 steps come in',
    })
  })

  it('is refused with unknown keys, unknown padding and sizes that are no sizes', () => {
    for (const wrong of [
      { kernel: 3 },
      { padding: 'full' },
      { stride: 0 },
      { filters: -1 },
      { kernelSize: 2.5 },
    ]) {
      expect(layerSpec.safeParse({ ...conv, ...wrong }).success, JSON.stringify(wrong)).toBe(false)
    }
  })
})
