import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import {
  ARCHITECTURES,
  createNetwork,
  initialWeights,
  resolveArchitecture,
  weightsToTensors,
} from '../../src/nn/index.js'
import { encodeDetector } from '../../src/onnx/index.js'
import { difference, openOnnx } from './runtime.js'
import { readOnnx } from './wire.js'

const [T, C] = [10, 3]
const FLOAT = 1
const INT64 = 7
const BOOL = 9
const DOUBLE = 11
const BYTES: Readonly<Record<number, number>> = { [FLOAT]: 4, [INT64]: 8, [DOUBLE]: 8 }
/** Which field of an attribute holds the value of each type: float, int, string, ints. */
const VALUE_FIELD: Readonly<Record<number, number>> = { 1: 2, 2: 3, 3: 4, 7: 8 }

/** Words of the guide. */
const GUIDE = new Set(readFileSync('docs/onnx.md', 'utf8').match(/\w+/g))

function file(definition = ARCHITECTURES[0], level = 2): Uint8Array {
  const network = createNetwork(resolveArchitecture(definition, { window: T, channels: C }))
  return encodeDetector({
    network,
    weights: weightsToTensors(network, initialWeights(network, createRandom(1))),
    scaler: { offset: Float64Array.of(1, 2, 3), spread: Float64Array.of(1, 10, 100) },
    usualError: Float32Array.of(0.1, 0.2, 0.3),
    level,
    metadata: { channels: '["a","µ","c"]', window: '10' },
  })
}

describe.each(ARCHITECTURES.map(definition => [definition.name, definition] as const))(
  'the file of %s',
  (name, definition) => {
    const onnx = readOnnx(file(definition))
    const constants = new Set(onnx.tensors.map(tensor => tensor.name))

    it('computes every value once, before it is used', () => {
      const known = new Set([...constants, ...onnx.inputs.map(input => input.name)])
      expect(known.size).toBe(onnx.tensors.length + onnx.inputs.length)
      for (const { name, inputs, outputs } of onnx.nodes) {
        expect(
          inputs.filter(input => input !== '' && !known.has(input)),
          name,
        ).toEqual([])
        for (const output of outputs.filter(Boolean)) {
          expect(known.has(output), output).toBe(false)
          known.add(output)
        }
      }
      expect(onnx.outputs.filter(output => !known.has(output.name))).toEqual([])
      expect(new Set(onnx.nodes.map(node => node.name)).size).toBe(onnx.nodes.length)
    })

    it('has names that are identifiers of C, as the specification wants them', () => {
      const names = onnx.nodes.flatMap(({ name, outputs }) => [name, ...outputs.filter(Boolean)])
      expect([...names, ...constants].filter(name => !/^[A-Za-z_]\w*$/.test(name))).toEqual([])
    })

    it('holds nothing that no node reads', () => {
      const read = new Set(onnx.nodes.flatMap(({ inputs }) => inputs))
      for (const output of onnx.outputs) read.add(output.name)
      const written = [...constants, ...onnx.nodes.flatMap(({ outputs }) => outputs.filter(Boolean))]
      expect(written.filter(value => !read.has(value))).toEqual([])
    })

    it('has as many bytes in each constant as its shape and type say', () => {
      for (const { name, type, shape, byteLength } of onnx.tensors) {
        expect(byteLength, name).toBe(BYTES[type] * shape.reduce((product, size) => product * size, 1))
      }
    })

    it('says of each attribute its type, and has a value of it', () => {
      for (const { attributes } of onnx.nodes) {
        for (const [key, { type, numbers }] of Object.entries(attributes)) {
          expect(numbers, key).toContain(VALUE_FIELD[type])
        }
      }
    })

    it('uses only operators that the guide names', () => {
      expect(onnx.nodes.map(({ operator }) => operator).filter(operator => !GUIDE.has(operator))).toEqual([])
      expect(onnx.name).toBe(name)
    })
  },
)

describe('the file of a reconstruction detector', () => {
  it('states versions, types, shapes and metadata', () => {
    const { irVersion, opset, producer, metadata, inputs, outputs } = readOnnx(file())
    expect([irVersion, opset, producer[0]]).toEqual([8, 17, 'telltale'])
    expect(metadata).toEqual({ channels: '["a","µ","c"]', window: '10' })
    expect(inputs).toMatchObject([{ name: 'window', type: DOUBLE, shape: ['batch', T, C] }])
    expect(outputs).toMatchObject([
      { name: 'score', type: FLOAT, shape: ['batch'] },
      { name: 'flag', type: BOOL, shape: ['batch'] },
      { name: 'residual', type: FLOAT, shape: ['batch', C] },
      { name: 'errors', type: FLOAT, shape: ['batch', T, C] },
    ])
    expect([...inputs, ...outputs].every(({ description }) => description.endsWith('.'))).toBe(true)
  })

  it('halves its scores when the level doubles', async () => {
    const random = createRandom(5)
    const data = Float64Array.from({ length: 2 * T * C }, () => 20 * random.normal())
    const scores = async (level: number) => {
      const run = await openOnnx(file(ARCHITECTURES[0], level))
      return (await run({ window: { shape: [2, T, C], data } })).score.data
    }
    expect(
      difference(
        await scores(4),
        (await scores(2)).map(score => score / 2),
      ),
    ).toBeLessThan(1e-6)
  })

  it('flags all but a perfect fit at the smallest level there is', async () => {
    const run = await openOnnx(file(ARCHITECTURES[0], 2 ** -149))
    const { score, flag } = await run({ window: { shape: [1, T, C], data: new Float64Array(T * C) } })
    expect(score.data).toEqual([Number.POSITIVE_INFINITY])
    expect(flag.data).toEqual([1])
  })
})
