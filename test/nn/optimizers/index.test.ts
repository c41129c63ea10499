import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { preferredBuild } from '../../../src/kernels/index.js'
import { createOptimizer, type OptimizerChoice } from '../../../src/nn/index.js'

interface Case {
  name: string
  options: OptimizerChoice
  learningRate: number
  weights: number[][]
}
const FIXTURE = JSON.parse(
  readFileSync(new URL('../../fixtures/nn/optimizers.json', import.meta.url), 'utf8'),
) as { start: number[]; gradients: number[][]; optimizers: Case[] }

describe.each(FIXTURE.optimizers)('the optimizer $name', ({ options, learningRate, weights }) => {
  it.each(['reference', preferredBuild()] as const)('moves weights as Keras does (%s)', build => {
    const optimizer = createOptimizer(options, Float32Array.from(FIXTURE.start), build)
    weights.forEach((wanted, step) => {
      optimizer.gradients.set(FIXTURE.gradients[step])
      optimizer.step(learningRate)
      wanted.forEach((value, i) => {
        expect(optimizer.weights[i]).toBeCloseTo(value, 6)
      })
    })
  })

  it('goes on from its state as if it had never stopped', () => {
    const whole = createOptimizer(options, Float32Array.from(FIXTURE.start))
    let resumed = createOptimizer(options, Float32Array.from(FIXTURE.start))
    FIXTURE.gradients.forEach((gradient, step) => {
      for (const optimizer of [whole, resumed]) {
        optimizer.gradients.set(gradient)
        optimizer.step(learningRate)
      }
      if (step === 2) resumed = createOptimizer(options, resumed.weights, undefined, resumed.state())
    })
    expect(resumed.weights).toEqual(whole.weights)
  })
})

describe('an optimizer', () => {
  it('scales gradients down to the longest that is allowed, and leaves shorter ones', () => {
    const optimizer = createOptimizer({ type: 'sgd' }, new Float32Array(2))
    optimizer.gradients.set([3, 4])
    expect(optimizer.clip(1)).toBeCloseTo(5)
    expect(Math.hypot(...optimizer.gradients)).toBeCloseTo(1)
    const kept = Float32Array.from(optimizer.gradients)
    optimizer.clip(2)
    expect(optimizer.gradients).toEqual(kept)
  })

  it('is refused with options out of range', () => {
    expect(() => createOptimizer({ type: 'sgd', momentum: 1 }, new Float32Array(1))).toThrow()
  })
})
