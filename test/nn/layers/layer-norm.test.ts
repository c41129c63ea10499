import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 5 } as const
const norm = { type: 'layer-norm' } as const
const back = { type: 'dense', units: 2 } as const

describe('layer-norm', () => {
  likePyTorch('layer-norm')
  conforms({
    'between others': architectureOf([4, 3], [front, norm, back]),
    'first of all': architectureOf([4, 3], [{ ...norm, epsilon: 1e-3 }, back]),
    'of a repeated vector': architectureOf([1, 3], [front, { type: 'repeat', times: 4 }, norm, back]),
  })

  function output(input: number[], epsilon?: number): number[] {
    const network = createNetwork(architectureOf([1, input.length], [{ ...norm, epsilon }]))
    const run = runNetwork(network, { batch: 1, training: false })
    const size = run.weights.length / 2
    run.weights.fill(1, 0, size)
    run.input.set(input)
    return [...run.forward({ data: run.input, rows: 1, stepRows: 1, batchRows: 1 }, 1)]
  }

  it('does not see an offset or, but for epsilon, a factor', () => {
    const wanted = output([1, 2, 4, 5])
    output([101, 102, 104, 105]).forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 5)
    })
    output([1000, 2000, 4000, 5000]).forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 5)
    })
  })

  it('gives zeros for equal numbers and NaN for a step with a NaN', () => {
    expect(output([7, 7, 7, 7])).toEqual([0, 0, 0, 0])
    expect(output([1, Number.NaN, 2, 3]).every(Number.isNaN)).toBe(true)
  })
})
