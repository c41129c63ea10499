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
  type LayerDraft,
  resolveArchitecture,
} from '../../../src/nn/index.js'

const size = fc.constantFrom<string | number>(1, 3, 5, 'units', 'units/2', 'latent', 'channels*2')
const activation = fc.constantFrom('relu', 'tanh')
const plain: fc.Arbitrary<LayerDraft> = fc.oneof(
  fc.record({ type: fc.constant('lstm'), units: size, returnSequences: fc.boolean() }),
  fc.record({ type: fc.constant('gru'), units: size, returnSequences: fc.boolean() }),
  fc.record({ type: fc.constant('dense'), units: size, activation }),
  fc.record({
    type: fc.constant('conv1d'),
    filters: size,
    kernelSize: fc.integer({ min: 1, max: 9 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom('same', 'valid', 'causal'),
  }),
  fc.record({ type: fc.constant('pool'), size: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    type: fc.constantFrom('lstm', 'gru'),
    units: size,
    returnSequences: fc.boolean(),
    dropout: fc.constantFrom(0, 0.3),
    recurrentDropout: fc.constantFrom(0, 0.3),
  }),
  fc.record({ type: fc.constant('dropout'), rate: fc.constantFrom(0, 0.5), perWindow: fc.boolean() }),
  fc.record({
    type: fc.constant('activity-regularization'),
    l1: fc.constantFrom(0, 0.1),
    l2: fc.constantFrom(0, 0.1),
  }),
  fc.record({ type: fc.constant('variational'), units: size }),
  fc.constantFrom(
    { type: 'flatten' },
    { type: 'layer-norm' },
    { type: 'batch-norm' },
    { type: 'activation', activation: 'relu' },
  ),
  fc.record({ type: fc.constant('repeat'), times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant('upsample'), factor: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    type: fc.constant('bidirectional'),
    layer: fc.record({
      type: fc.constantFrom('lstm', 'gru'),
      units: size,
      returnSequences: fc.boolean(),
      recurrentDropout: fc.constantFrom(0, 0.3),
    }),
  }),
  fc.record({ type: fc.constant('gru'), units: size, resetAfter: fc.constant(false) }),
  fc.record({
    type: fc.constant('self-attention'),
    heads: fc.integer({ min: 1, max: 3 }),
    keyWidth: size,
    causal: fc.boolean(),
  }),
  fc.constant({ type: 'position' }),
  fc.record({
    type: fc.constant('conv1d-transposed'),
    filters: size,
    kernelSize: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom('same', 'valid'),
  }),
)
const residual = (inner: fc.Arbitrary<LayerDraft>): fc.Arbitrary<LayerDraft> =>
  fc.record({ type: fc.constant('residual'), layers: fc.array(inner, { minLength: 1, maxLength: 3 }) })
const layer = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 2, arbitrary: residual(plain) },
  { weight: 1, arbitrary: residual(residual(plain)) },
)

describe('an architecture made at random', () => {
  it('is refused with its place, or gives a window back and has a finite gradient', () => {
    let resolved = 0
    fc.assert(
      fc.property(
        fc.array(layer, { minLength: 1, maxLength: 4 }),
        fc.option(fc.array(layer, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 1 }),
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
