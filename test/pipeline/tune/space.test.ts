import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ARCHITECTURES } from '../../../src/nn/index.js'
import { propose, type SearchSpace, VARIED } from '../../../src/pipeline/tune/space.js'

const space: SearchSpace = {
  architectures: ARCHITECTURES,
  base: {
    architecture: ARCHITECTURES[0].name,
    window: 30,
    units: 32,
    latent: 16,
    learningRate: 0.001,
    batchSize: 32,
  },
  vary: VARIED,
  largestWindow: 50,
  seed: 1,
}

describe('the search space', () => {
  it('tries what the user gave first', () => expect(propose(space, 0)).toEqual(space.base))

  it('is a function of the seed and the number of the trial', () => {
    expect(propose(space, 7)).toEqual(propose(space, 7))
    const drawn = new Set(Array.from({ length: 30 }, (_, i) => JSON.stringify(propose(space, i + 1))))
    expect(drawn.size).toBeGreaterThan(25)
    expect(propose({ ...space, seed: 2 }, 7)).not.toEqual(propose(space, 7))
  })

  it('leaves what is not varied as it was given, and what is varied as without it', () => {
    const names = fc.subarray([...VARIED], { minLength: 1 })
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 500 }), (vary, trial) => {
        const some = propose({ ...space, vary }, trial)
        const all = propose(space, trial)
        expect(some.window).toBe((vary.includes('window') ? all : space.base).window)
        expect(some.batchSize).toBe((vary.includes('batch-size') ? all : space.base).batchSize)
        expect(some.learningRate).toBe((vary.includes('learning-rate') ? all : space.base).learningRate)
        expect(some.architecture).toBe((vary.includes('architecture') ? all : space.base).architecture)
        expect(some.window).toBeLessThanOrEqual(50)
      }),
      { seed: 1 },
    )
  })
})
