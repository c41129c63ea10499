import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TelltaleError } from '../../../src/core/errors.js'
import { createRandom } from '../../../src/core/random.js'
import {
  type Architecture,
  createLocalEngine,
  createNetwork,
  describeNetwork,
  initialWeights,
  resolveArchitecture,
} from '../../../src/nn/index.js'
import { anyLayer } from './arbitrary.js'

describe('an architecture made at random', () => {
  it('is refused with its place, or gives a window back and has a finite gradient', () => {
    let resolved = 0
    fc.assert(
      fc.property(
        fc.array(anyLayer, { minLength: 1, maxLength: 4 }),
        fc.option(fc.array(anyLayer, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 1 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (encoder, decoder, window, channels) => {
          const definition = { name: 'any', units: 4, latent: 2, encoder, ...(decoder && { decoder }) }
          let architecture: Architecture
          try {
            architecture = resolveArchitecture(definition, { window, channels }, 'any.json')
          } catch (error) {
            expect(error).toBeInstanceOf(TelltaleError)
            expect((error as TelltaleError).code).toBe('architecture-invalid')
            expect((error as TelltaleError).message).toMatch(
              /^any\.json: (encoder|decoder|derived decoder|output)/,
            )
            return
          }
          resolved++
          const network = createNetwork(architecture)
          expect(network.outShape).toEqual({ steps: window, width: channels })
          expect(describeNetwork(architecture).parameters).toBe(network.parameterCount)
          const random = createRandom(3)
          const series = Float32Array.from({ length: (window + 4) * channels }, () => random.normal())
          const engine = createLocalEngine(network, series)
          const gradient = new Float32Array(network.flatLength)
          engine.load(initialWeights(network, random))
          expect(engine.gradient(Int32Array.of(0, 2, 4), gradient)).toBeGreaterThan(0)
          expect(gradient.every(Number.isFinite)).toBe(true)
        },
      ),
      { numRuns: 400, seed: 1 },
    )
    expect(resolved).toBeGreaterThan(60)
  })
})
