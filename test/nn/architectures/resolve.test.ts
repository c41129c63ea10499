import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import {
  type ArchitectureDefinition,
  createNetwork,
  describeNetwork,
  findArchitecture,
  initialWeights,
  lstmAutoencoder,
  parseArchitecture,
  resolveArchitecture,
} from '../../../src/nn/index.js'

const SIZES = { window: 12, channels: 3 }
const define = (more: Partial<ArchitectureDefinition>): ArchitectureDefinition => ({
  name: 'mine',
  latent: 4,
  encoder: [{ type: 'lstm', units: 'latent' }],
  ...more,
})
const typesOf = (definition: ArchitectureDefinition, sizes = SIZES) =>
  resolveArchitecture(definition, sizes).layers.map(({ type }) => type)

describe('resolving an architecture', () => {
  it('gives the default network, with the same weights for a seed as before it could be chosen', () => {
    const resolved = resolveArchitecture(findArchitecture('lstm-autoencoder'), { window: 30, channels: 3 })
    const before = lstmAutoencoder(30, 3, 32, 16)
    expect(resolved).toEqual(before)
    expect(initialWeights(createNetwork(resolved), createRandom(7))).toEqual(
      initialWeights(createNetwork(before), createRandom(7)),
    )
  })

  it('puts the sizes of the data and of the user where the file has words', () => {
    const definition = define({
      units: 10,
      encoder: [
        { type: 'lstm', units: 'units*2', returnSequences: true },
        { type: 'lstm', units: 'channels' },
        { type: 'dense', units: 'latent' },
      ],
      decoder: [{ type: 'lstm', units: 'window / 5', returnSequences: true }],
    })
    const units = (sizes: { units?: number; latent?: number }) =>
      resolveArchitecture(definition, { ...SIZES, ...sizes }).layers.map(layer =>
        'units' in layer ? layer.units : 0,
      )
    expect(units({})).toEqual([20, 3, 4, 0, 2, 3])
    expect(units({ units: 6, latent: 7 })).toEqual([12, 3, 7, 0, 2, 3])
  })

  it('refuses a latent size or units that would be ignored', () => {
    const fixed = define({ encoder: [{ type: 'lstm', units: 4 }] })
    expect(() => resolveArchitecture(fixed, { ...SIZES, latent: 8 })).toThrow(
      /--latent is given, but no layer/,
    )
    expect(() => resolveArchitecture(fixed, { ...SIZES, units: 8 })).toThrow(/--units is given, but no layer/)
  })

  it('uses the decoder of the file, repeating the latent vector before it', () => {
    const definition = define({ decoder: [{ type: 'lstm', units: 5, returnSequences: true }] })
    expect(typesOf(definition)).toEqual(['lstm', 'repeat', 'lstm', 'dense'])
  })

  it('adds no output layer after one that is linear and has a value per channel', () => {
    const decoder = [
      { type: 'lstm', units: 5, returnSequences: true },
      { type: 'dense', units: 'channels' },
    ]
    expect(typesOf(define({ decoder }))).toEqual(['lstm', 'repeat', 'lstm', 'dense'])
  })
})

describe('a derived decoder', () => {
  it('mirrors the encoder without its last layer', () => {
    const encoder = [
      { type: 'lstm', units: 9, returnSequences: true },
      { type: 'lstm', units: 6 },
      { type: 'dense', units: 5 },
      { type: 'dense', units: 'latent' },
    ]
    expect(resolveArchitecture(define({ encoder }), SIZES).layers.slice(4)).toEqual([
      { type: 'dense', units: 5 },
      { type: 'repeat', times: 12 },
      { type: 'lstm', units: 6, returnSequences: true },
      { type: 'lstm', units: 9, returnSequences: true },
      { type: 'dense', units: 3 },
    ])
  })

  it('varies over time even when the encoder has one layer', () => {
    expect(typesOf(define({}))).toEqual(['lstm', 'repeat', 'lstm', 'dense'])
  })

  it('mirrors recurrences in both directions, every step of them', () => {
    const layer = { type: 'gru', units: 4 }
    const encoder = [
      { type: 'bidirectional', layer },
      { type: 'dense', units: 'latent' },
    ]
    expect(resolveArchitecture(define({ encoder }), SIZES).layers.slice(2, 4)).toEqual([
      { type: 'repeat', times: 12 },
      { type: 'bidirectional', layer: { ...layer, returnSequences: true } },
    ])
  })

  it('brings back the steps that convolutions and pools dropped, for every window', () => {
    const encoder = [
      { type: 'conv1d', filters: 4, kernelSize: 3, stride: 2, padding: 'same', activation: 'relu' },
      { type: 'pool', size: 2 },
      { type: 'flatten' },
      { type: 'dense', units: 'latent' },
    ]
    for (let window = 4; window < 40; window++) {
      const facts = describeNetwork(resolveArchitecture(define({ encoder }), { window, channels: 2 }))
      expect([facts.layers.at(-1)?.steps, facts.layers.at(-1)?.width]).toEqual([window, 2])
    }
  })
})

describe('layers within layers', () => {
  const convolution = { type: 'conv1d', filters: 'units/2', kernelSize: 3, padding: 'causal' }
  const nested = { type: 'residual', layers: [convolution, { type: 'dense', units: 'latent' }] }

  it('have sizes that depend on the data like any other', () => {
    const definition = define({
      units: 8,
      latent: 2,
      encoder: [nested],
      decoder: [{ type: 'dense', units: 4 }],
    })
    const [layer] = resolveArchitecture(definition, { ...SIZES, latent: 5 }).layers
    expect(layer).toEqual({
      type: 'residual',
      layers: [
        { ...convolution, filters: 4 },
        { type: 'dense', units: 5 },
      ],
    })
  })

  it.each([
    [
      'a word without a value',
      { type: 'residual', layers: [convolution] },
      /^mine: encoder\[0\]\.layers\[0\]\.filters: units is used but has no value in the file$/,
    ],
    [
      'an unknown layer type',
      { type: 'residual', layers: [{ type: 'dance', units: 3 }] },
      /^mine: encoder\[0\]\.layers\[0\]\.type: unknown layer type "dance"/,
    ],
    [
      'a size that is none',
      { type: 'bidirectional', layer: { type: 'lstm', units: 0 } },
      /^mine: encoder\[0\]\.layer\.units: 0 is too small/,
    ],
    [
      'a kernel longer than the window',
      { type: 'residual', layers: [{ type: 'conv1d', filters: 3, kernelSize: 13 }] },
      /^mine: encoder\[0\]\.layers\[0\] \(conv1d\): a kernel of 13 .*only 12 steps/,
    ],
  ])('are refused by their path with %s', (_, layer, message) => {
    expect(() => resolveArchitecture(define({ encoder: [layer], units: undefined }), SIZES)).toThrow(message)
  })

  it('are refused after the sequence was collapsed, as they would be without the layer around', () => {
    const encoder = [
      { type: 'lstm', units: 4 },
      { type: 'residual', layers: [{ type: 'self-attention', heads: 1, keyWidth: 2 }] },
    ]
    expect(() => resolveArchitecture(define({ encoder }), SIZES)).toThrow(
      /^mine: encoder\[1\]: self-attention needs a sequence/,
    )
  })

  it('are refused when they lie deeper than anyone writes them, however deep that is', () => {
    const nested = (depth: number) =>
      `{"name":"x","encoder":[${'{"type":"residual","layers":['.repeat(depth)}${']}'.repeat(depth)}]}`
    expect(() => parseArchitecture(nested(20), 'a.json')).toThrow(/layers lie more than 10 deep$/)
    expect(() => parseArchitecture(nested(20_000), 'a.json')).toThrow(/nested deeper than 100/)
  })

  it('may tell the steps of a repeated vector apart', () => {
    const decoder = [{ type: 'repeat', times: 12 }, { type: 'position' }, { type: 'dense', units: 4 }]
    expect(typesOf(define({ decoder }))).toEqual(['lstm', 'repeat', 'position', 'dense', 'dense'])
    expect(
      typesOf(define({ decoder: [{ type: 'conv1d-transposed', filters: 2, kernelSize: 12, stride: 12 }] })),
    ).toEqual(['lstm', 'conv1d-transposed', 'dense'])
  })
})

describe('describing a network', () => {
  it('counts parameters, multiply-adds and bytes of each layer', () => {
    const { layers, ...whole } = describeNetwork(lstmAutoencoder(30, 3, 32, 16))
    expect(layers[0]).toEqual({
      kind: 'lstm',
      steps: 30,
      width: 32,
      parameters: 4 * 32 * (3 + 32 + 1),
      multiplyAdds: 30 * 4 * 32 * (3 + 32),
      weightBytes: 4 * 4 * 32 * 36,
      activationBytes: 4 * 30 * 32,
    })
    expect(layers[1]).toMatchObject({ steps: 1, width: 16, multiplyAdds: 30 * 4 * 16 * (32 + 16) })
    expect(whole.parameters).toBe(14115)
    expect(whole.weightBytes).toBe(4 * 14115)
  })

  it('names the layer whose shape does not fit', () => {
    const { layers } = lstmAutoencoder(30, 3, 32, 16)
    const broken = { name: 'broken', inputShape: [30, 3] as [number, number], layers: [layers[0], layers[2]] }
    expect(() => describeNetwork(broken)).toThrow(
      /broken: layers\[1\] \(repeat\): repeat needs a single step, but 30/,
    )
  })
})

const file = (value: unknown) => JSON.stringify(value)

describe('an architecture file', () => {
  it('is read with its words', () => {
    const definition = parseArchitecture(file(define({ when: 'always' })), 'a.json')
    expect(definition).toEqual(define({ when: 'always' }))
  })

  it.each([
    ['a key it does not know', { ...define({}), encodr: [] }, /^a\.json: unknown key encodr$/],
    [
      'a key that the layer does not know',
      define({ encoder: [{ type: 'lstm', units: 4, unit: 4 }] }),
      /^a\.json: encoder\[0\]: unknown key unit$/,
    ],
    [
      'a layer type it does not know',
      define({ encoder: [{ type: 'lstn', units: 4 }] }),
      /^a\.json: encoder\[0\]\.type: unknown layer type "lstn"; known are lstm,/,
    ],
    [
      'missing units',
      define({ encoder: [{ type: 'lstm' }] }),
      /^a\.json: encoder\[0\]\.units: number missing$/,
    ],
    ['a missing encoder', { name: 'x' }, /^a\.json: encoder: array missing$/],
    ['an empty encoder', define({ encoder: [] }), /^a\.json: encoder: \[\] is too small, at least 1/],
    ['a layer without a type', { name: 'x', encoder: [{ units: 3 }] }, /encoder\[0\]\.type: string missing$/],
    ['a latent size of zero', define({ latent: 0 }), /^a\.json: latent: 0 is too small, more than 0/],
    ['a negative latent size', define({ latent: -3 }), /^a\.json: latent: -3 is too small/],
    ['units that are no number', define({ encoder: [{ type: 'lstm', units: 'many' }] }), /"many" is given/],
    [
      'a word without a value',
      define({ encoder: [{ type: 'lstm', units: 'units' }] }),
      /^a\.json: encoder\[0\]\.units: units is used but has no value in the file$/,
    ],
    ['a list instead of an object', [], /^a\.json: \[\] is given, expected object$/],
  ])('is refused with %s, naming file and path', (_, value, message) => {
    expect(() => parseArchitecture(file(value), 'a.json')).toThrow(message)
    expect(() => parseArchitecture(file(value), 'a.json')).toThrow(
      expect.objectContaining({ code: 'architecture-invalid' }),
    )
  })

  it.each([
    ['{\n  "name": "x",\n  "encoder": [}\n}', 'a.json, line 3: not valid JSON: unexpected "}"'],
    ['{\n  "name": "x",\n}', 'a.json, line 3: not valid JSON: unexpected "}"'],
    ['{\n  "name" "x"\n}', 'a.json, line 2: not valid JSON: unexpected "\\""'],
    ['{\n  "name": "x"\n', 'a.json, line 3: not valid JSON: the text ends too early'],
    ['{ "a": 1 }\n\nmore', 'a.json, line 3: not valid JSON: unexpected "m"'],
    ['{ "a": [1,\n2,\n03] }', 'a.json, line 3: not valid JSON: unexpected "3"'],
    ['', 'a.json, line 1: not valid JSON: the text ends too early'],
  ])('that is not JSON is refused with its line (%j)', (text, message) => {
    expect(() => parseArchitecture(text, 'a.json')).toThrow(message)
  })

  it.each([
    [
      'a kernel longer than the window',
      [
        { type: 'conv1d', filters: 4, kernelSize: 13 },
        { type: 'lstm', units: 4 },
      ],
      /^mine: encoder\[0\]: a kernel of 13 .*only 12 steps/,
    ],
    [
      'a sequence collapsed too early',
      [
        { type: 'lstm', units: 4 },
        { type: 'lstm', units: 4 },
      ],
      /^mine: encoder\[1\]: lstm needs a sequence/,
    ],
    ['nothing to learn', [{ type: 'flatten' }], /^mine: encoder: no layer of it can learn$/],
    [
      'a repeat of a sequence',
      [
        { type: 'lstm', units: 4, returnSequences: true },
        { type: 'repeat', times: 12 },
      ],
      /^mine: encoder\[1\]: repeat needs a single step, but 12 come in/,
    ],
  ])('with %s is refused once the window is known', (_, encoder, message) => {
    expect(() => resolveArchitecture(define({ encoder }), SIZES)).toThrow(message)
  })

  it.each([
    [
      'the same output at every step',
      [{ type: 'dense', units: 8 }],
      /decoder: it gives the same output at every step/,
    ],
    [
      'fewer steps than the window',
      [
        { type: 'repeat', times: 5 },
        { type: 'lstm', units: 3, returnSequences: true },
      ],
      /decoder: it ends with 5 steps, but the window has 12/,
    ],
  ])('is refused when its decoder gives %s', (_, decoder, message) => {
    expect(() => resolveArchitecture(define({ decoder }), SIZES)).toThrow(message)
  })
})
