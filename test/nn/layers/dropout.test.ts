import { describe, expect, it } from 'vitest'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, conformsInTraining, differsFromStepToStep, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 5 } as const
const back = { type: 'dense', units: 2 } as const
const repeat = { type: 'repeat', times: 4 } as const

describe('dropout', () => {
  likePyTorch('dropout')
  const architectures = {
    'between others': architectureOf([4, 3], [front, { type: 'dropout', rate: 0.4 }, back]),
    'the same at every step': architectureOf(
      [4, 3],
      [front, { type: 'dropout', rate: 0.4, perWindow: true }, back],
    ),
    'first of all': architectureOf([4, 3], [{ type: 'dropout', rate: 0.2 }, back]),
    'of a repeated vector': architectureOf([1, 3], [front, repeat, { type: 'dropout', rate: 0.4 }, back]),
    'of nothing': architectureOf([4, 3], [front, { type: 'dropout', rate: 0 }, back]),
  }
  conforms(architectures)
  conformsInTraining(architectures)

  /** `[steps, batch, width]` of ones. */
  function ones(rate: number, perWindow: boolean, steps: number, batch: number, width: number) {
    const network = createNetwork(architectureOf([steps, width], [{ type: 'dropout', rate, perWindow }]))
    const run = runNetwork(network, { batch, training: true })
    run.input.fill(1)
    const signal = { data: run.input, rows: steps * batch, stepRows: batch, batchRows: 1 }
    const windows = Int32Array.from({ length: batch }, (_, b) => b)
    return run.forward(signal, batch, { seed: 5, windows, share: 1 })
  }

  it('drops the share that it is told and keeps the expected value', () => {
    const y = ones(0.3, false, 20, 32, 25)
    const dropped = y.filter(value => value === 0).length
    expect(dropped / y.length).toBeCloseTo(0.3, 1)
    expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / 0.7)]))
    expect(y.reduce((sum, value) => sum + value, 0) / y.length).toBeCloseTo(1, 1)
  })

  it('drops the same columns of a window at every step when asked to, and other ones of other windows', () => {
    const y = ones(0.5, true, 3, 2, 30)
    const step = (t: number) => [...y.subarray(t * 60, (t + 1) * 60)]
    expect(step(1)).toEqual(step(0))
    expect(step(2)).toEqual(step(0))
    expect(step(0).slice(0, 30)).not.toEqual(step(0).slice(30))
  })

  it('draws anew in each step', () => {
    expect(differsFromStepToStep(architectures['between others'])).toBe(true)
    expect(differsFromStepToStep(architectures['of nothing'])).toBe(false)
  })

  it('cannot drop everything', () => {
    expect(layerSpec.safeParse({ type: 'dropout', rate: 1 }).success).toBe(false)
    expect(layerSpec.safeParse({ type: 'dropout' }).success).toBe(false)
  })
})
