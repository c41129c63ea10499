import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createNetwork, parseArchitecture, resolveArchitecture } from '../../../src/nn/index.js'

const read = (name: string) =>
  parseArchitecture(readFileSync(`test/fixtures/architectures/${name}.json`, 'utf8'), name)

const EXAMPLE = {
  name: 'example',
  input_shape: [30, 3],
  encoder_layers: [
    { type: 'lstm', units: 8, return_sequences: true },
    { type: 'lstm', units: 4 },
  ],
  latent_config: { dim: 2 },
  compilation: { optimizer: 'adam', loss: 'mse' },
}
const refusal = (more: object) => () => parseArchitecture(JSON.stringify({ ...EXAMPLE, ...more }), 'f.json')

describe("an architecture in the original system's schema", () => {
  it.each([
    ['simple-lstm', 30, 3, 51_283],
    ['deep-lstm', 50, 5, 252_245],
    ['hybrid-conv-lstm', 60, 8, 79_576],
    ['gru-based', 40, 4, 47_432],
  ])('%s has as many parameters as there', (name, window, channels, parameters) => {
    const definition = read(name)
    const { slots } = createNetwork(resolveArchitecture(definition, { window, channels }))
    // Keras counts running statistics too.
    expect(slots.reduce((sum, { length }) => sum + length, 0)).toBe(parameters)
  })

  it('that had no decoder layer gets one that can vary over time', () => {
    const { layers } = resolveArchitecture(read('lightweight'), { window: 20, channels: 3 })
    expect(layers.map(({ type }) => type)).toEqual(['lstm', 'dense', 'repeat', 'lstm', 'dense'])
  })

  it('keeps the latent size of the file unless the user gives another', () => {
    const definition = read('lightweight')
    const latent = (size?: number) =>
      resolveArchitecture(definition, { window: 20, channels: 3, latent: size }).layers[1]
    expect(latent()).toEqual({ type: 'dense', units: 8 })
    expect(latent(5)).toEqual({ type: 'dense', units: 5 })
  })

  it('keeps its dropout, normalisation and regularisation', () => {
    const layers = (name: string) => resolveArchitecture(read(name), { window: 20, channels: 3 }).layers
    expect(layers('gru-based').slice(0, 2)).toEqual([
      { type: 'gru', units: 64, returnSequences: true, recurrentDropout: 0.1 },
      { type: 'dropout', rate: 0.2 },
    ])
    const deep = layers('deep-lstm')
    expect(deep[0]).toEqual({ type: 'lstm', units: 128, returnSequences: true, dropout: 0.1 })
    expect(deep[1]).toEqual({ type: 'batch-norm', epsilon: 0.001 })
    expect(deep[6]).toEqual({ type: 'activity-regularization', l2: 0.01 })
  })

  it.each([
    ['none', []],
    ['l1', [{ type: 'activity-regularization', l1: 0.01 }]],
    ['l1_l2', [{ type: 'activity-regularization', l1: 0.01, l2: 0.01 }]],
  ])('regularises the latent representation by %s', (regularization, wanted) => {
    const definition = parseArchitecture(
      JSON.stringify({ ...EXAMPLE, latent_config: { dim: 2, regularization } }),
      'f.json',
    )
    expect(definition.encoder.slice(3)).toEqual(wanted)
  })

  it('takes decoder layers as they stand and lets recurrent ones give every step', () => {
    const definition = parseArchitecture(
      JSON.stringify({ ...EXAMPLE, decoder_layers: [{ type: 'lstm', units: 7 }] }),
      'f.json',
    )
    expect(definition.decoder).toEqual([{ type: 'lstm', units: 7, returnSequences: true }])
  })

  it('keeps the optimizer, the loss and the learning rate that Keras would take', () => {
    expect(read('gru-based').training).toEqual({
      optimizer: 'adam',
      loss: 'huber',
      learningRate: 0.001,
    })
    const compilation = { optimizer: 'sgd', loss: 'logcosh', metrics: ['mae'] }
    const definition = parseArchitecture(JSON.stringify({ ...EXAMPLE, compilation }), 'f.json')
    expect(definition.training).toEqual({ optimizer: 'sgd', loss: 'log-cosh', learningRate: 0.01 })
    expect(resolveArchitecture(definition, { window: 30, channels: 3 }).loss).toBe('log-cosh')
  })

  it.each([
    [
      'a layer that is not there',
      { encoder_layers: [{ type: 'attention' }] },
      /encoder_layers\[0\].*unknown layer type "attention"/,
    ],
    [
      'a key that is not there',
      { encoder_layers: [{ type: 'lstm', units: 3, recurrent_initializer: 'zeros' }] },
      /encoder_layers\[0\]: unknown key recurrentInitializer/,
    ],
    ['a latent dim of zero', { latent_config: { dim: 0 } }, /latent_config\.dim: 0 is too small/],
    ['an unknown activation', { latent_config: { dim: 2, activation: 'tahn' } }, /latent_config\.activation/],
    [
      'a regularisation that is not there',
      { latent_config: { dim: 2, regularization: 'l3' } },
      /regularization: "l3"/,
    ],
    ['an unknown loss', { compilation: { optimizer: 'adam', loss: 'msle' } }, /compilation\.loss: "msle"/],
    ['no compilation', { compilation: undefined }, /compilation: object missing/],
    ['an input shape of three', { input_shape: [1, 2, 3] }, /input_shape/],
    ['an unknown key', { latent_size: 3 }, /unknown key latent_size/],
  ])('is refused with %s, naming the place', (_, more, message) => {
    expect(refusal(more)).toThrow(message)
  })
})
