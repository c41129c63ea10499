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
import { isWellFormed } from './well-formed.js'
import { readOnnx } from './wire.js'

const [T, C] = [10, 3]
const FLOAT = 1
const BOOL = 9
const DOUBLE = 11

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
    isWellFormed(onnx)

    it('has the name of the architecture', () => {
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
