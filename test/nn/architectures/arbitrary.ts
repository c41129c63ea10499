import fc from 'fast-check'
import type { LayerDraft } from '../../../src/nn/index.js'

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
/** Any layer, most of them with sizes that fit somewhere; an architecture of them may still be refused. */
export const anyLayer = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 2, arbitrary: residual(plain) },
  { weight: 1, arbitrary: residual(residual(plain)) },
)
