import { describe, expect, it } from 'vitest'
import { createNetwork } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, likePyTorch } from './suite.js'

const front = { type: 'dense', units: 3 } as const

describe('position', () => {
  likePyTorch('position')
  conforms({
    'first of all': architectureOf([4, 3], [{ type: 'position' }, front]),
    'between other layers': architectureOf([5, 2], [front, { type: 'position' }, front]),
    'after repeat': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 4 }, { type: 'position' }, front],
    ),
  })

  it('adds the waves of the paper', () => {
    const network = createNetwork(architectureOf([3, 4], [{ type: 'position' }]))
    const run = runNetwork(network, { batch: 1, training: false })
    const y = run.forward({ data: run.input, rows: 3, stepRows: 1, batchRows: 1 }, 1)
    const wanted = [0, 1, 2].flatMap(t => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)])
    wanted.forEach((value, i) => {
      expect(y[i]).toBeCloseTo(value, 6)
    })
  })
})
