import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, conformsInTraining, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 5 } as const
const back = { type: 'dense', units: 2 } as const
const both = { type: 'activity-regularization', l1: 0.3, l2: 0.7 } as const

describe('activity-regularization', () => {
  likePyTorch('activity-regularization')
  const architectures = {
    'between others': architectureOf([4, 3], [front, both, back]),
    'first of all': architectureOf([4, 3], [both, back]),
    'of a repeated vector': architectureOf([1, 3], [front, { type: 'repeat', times: 4 }, both, back]),
  }
  conforms(architectures)
  conformsInTraining(architectures)

  it('adds l1 |x| + l2 x^2 over the numbers of a window to its loss', () => {
    const run = runNetwork(createNetwork(architectureOf([2, 2], [both])), { batch: 2, training: true })
    run.input.set([1, -2, 0, 3, 0.5, 0, 0, 0])
    run.forward({ data: run.input, rows: 4, stepRows: 2, batchRows: 1 }, 2)
    expect(run.penalty()).toBeCloseTo(0.3 * 6.5 + 0.7 * 14.25, 5)
  })
})
