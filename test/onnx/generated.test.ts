import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { type Architecture, createNetwork, initialWeights, resolveArchitecture } from '../../src/nn/index.js'
import { anyLayer } from '../nn/architectures/arbitrary.js'
import { difference, networkFile, openOnnx, ownOutput } from './runtime.js'

it('gives for any architecture that is not refused the numbers that telltale gives', async () => {
  let resolved = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLayer, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 3 }),
      async (encoder, window, channels) => {
        let architecture: Architecture
        try {
          const definition = { name: 'any', units: 4, latent: 2, encoder }
          architecture = resolveArchitecture(definition, { window, channels })
        } catch {
          return
        }
        resolved++
        const network = createNetwork(architecture)
        const random = createRandom(3)
        const weights = initialWeights(network, random)
        const x = Float32Array.from({ length: 3 * window * channels }, () => random.normal())
        const run = await openOnnx(networkFile(network, weights))
        const { y } = await run({ x: { shape: [3, window, channels], data: x } })
        expect(difference(y.data, ownOutput(network, weights, x))).toBeLessThan(1e-5)
      },
    ),
    { numRuns: 250, seed: 2 },
  )
  expect(resolved).toBeGreaterThan(30)
})
