import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { preferredBuild } from '../../../src/kernels/index.js'
import {
  type Architecture,
  createLocalEngine,
  createNetwork,
  initialWeights,
  layerSpec,
  type Network,
  weightsToTensors,
} from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, conformsInTraining, likePyTorch } from './suite.js'

type Named = Record<string, { data: number[] }>
interface Stored {
  size: { T: number; C: number; units: number; latent: number; B: number }
  x: { data: number[] }
  y: { data: number[] }
  /** In the order of telltale's parameters. */
  weights: Named
  gradients: Named
  loss: number
}

function autoencoder(steps: number, channels: number, units: number, latent: number): Architecture {
  return architectureOf(
    [steps, channels],
    [
      { type: 'gru', units, returnSequences: true },
      { type: 'gru', units: latent },
      { type: 'repeat', times: steps },
      { type: 'gru', units, returnSequences: true },
      { type: 'dense', units: channels },
    ],
  )
}

function flat(network: Network, named: Named): Float32Array {
  const out = new Float32Array(network.flatLength)
  Object.values(named).forEach(({ data }, i) => {
    out.set(data, network.slots[i].offset)
  })
  return out
}

/** Largest difference, relative to the largest magnitude of the expected values. */
function relativeError(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let difference = 0
  let magnitude = 0
  for (let i = 0; i < wanted.length; i++) {
    difference = Math.max(difference, Math.abs(got[i] - wanted[i]))
    magnitude = Math.max(magnitude, Math.abs(wanted[i]))
  }
  return difference / magnitude
}

describe.each(['reference', preferredBuild()] as const)(
  'a GRU autoencoder of PyTorch on the kernels %s',
  build => {
    const fixture = JSON.parse(
      readFileSync(new URL('../../fixtures/nn/gru.json', import.meta.url), 'utf8'),
    ) as Stored
    const { T, C, units, latent, B } = fixture.size
    const network = createNetwork(autoencoder(T, C, units, latent))
    // One series with the windows one after another: window b starts at sample b * T.
    const series = Float32Array.from(fixture.x.data)
    const starts = Int32Array.from({ length: B }, (_, b) => b * T)

    it('has the same forward values', () => {
      const run = runNetwork(network, { batch: B, training: false, stride: T, build })
      run.weights.set(flat(network, fixture.weights))
      run.input.set(series)
      const y = run.forward({ data: run.input, rows: T * B, stepRows: 1, batchRows: T }, B)
      const batchMajor = Float32Array.from({ length: B * T * C }, (_, i) => {
        const [b, t, c] = [Math.floor(i / (T * C)), Math.floor(i / C) % T, i % C]
        return y[(t * B + b) * C + c]
      })
      expect(relativeError(batchMajor, fixture.y.data)).toBeLessThan(2e-6)
    })

    it('has the same loss and gradient of every parameter, both biases too', () => {
      const engine = createLocalEngine(network, series, build)
      engine.load(flat(network, fixture.weights))
      const gradients = new Float32Array(network.flatLength)
      expect(Math.abs(engine.gradient(starts, gradients) / fixture.loss - 1)).toBeLessThan(1e-6)
      const wanted = Object.values(fixture.gradients)
      expect(network.slots).toHaveLength(wanted.length)
      network.slots.forEach(({ name, offset, length }, i) => {
        expect(wanted[i].data, name).toHaveLength(length)
        const error = relativeError(gradients.subarray(offset, offset + length), wanted[i].data)
        expect(error, name).toBeLessThan(1e-5)
      })
    })
  },
)

describe('gru', () => {
  likePyTorch('gru in training')
  const dropping = {
    'with both dropouts': architectureOf(
      [4, 3],
      [{ type: 'gru', units: 4, returnSequences: true, dropout: 0.3, recurrentDropout: 0.3 }],
    ),
    'with dropout of its state on a repeated vector': architectureOf(
      [1, 3],
      [
        { type: 'dense', units: 5 },
        { type: 'repeat', times: 3 },
        { type: 'gru', units: 4, recurrentDropout: 0.3 },
      ],
    ),
    'with the reset before the product and dropout': architectureOf(
      [4, 3],
      [{ type: 'gru', units: 4, resetAfter: false, dropout: 0.3 }],
    ),
  }
  conforms(dropping)
  conformsInTraining(dropping)
  conforms({
    'every step': architectureOf([4, 3], [{ type: 'gru', units: 5, returnSequences: true }]),
    'the last state': architectureOf([4, 3], [{ type: 'gru', units: 4 }]),
    'one step': autoencoder(1, 2, 3, 2),
    'on a constant input': autoencoder(5, 3, 5, 4),
    'with other layers around': architectureOf(
      [4, 2],
      [
        { type: 'dense', units: 3, activation: 'tanh' },
        { type: 'gru', units: 6, returnSequences: true },
        { type: 'gru', units: 2, returnSequences: true },
        { type: 'dense', units: 2 },
      ],
    ),
  })

  it('has the parameters that Keras and PyTorch count: 3 (I H + H H + 2 H)', () => {
    expect(createNetwork(autoencoder(30, 3, 32, 16)).parameterCount).toBe(
      3 * (3 * 32 + 32 * 32 + 64) + 3 * (32 * 16 + 16 * 16 + 32) + 3 * (16 * 32 + 32 * 32 + 64) + 33 * 3,
    )
  })

  it('starts with a Glorot kernel, an orthogonal recurrent kernel and zero biases', () => {
    const network = createNetwork(autoencoder(4, 2, 3, 2))
    const tensors = weightsToTensors(network, initialWeights(network, createRandom(5)))
    expect(tensors['0.gru.bias'].data).toEqual(new Float32Array(9))
    expect(tensors['0.gru.recurrentBias'].data).toEqual(new Float32Array(9))
    expect(Math.max(...tensors['0.gru.kernel'].data.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 11))
    const u = tensors['0.gru.recurrent'].data
    for (let p = 0; p < 3; p++) {
      for (let q = 0; q < 3; q++) {
        const dot = [...u.subarray(p * 9, p * 9 + 9)].reduce((sum, value, i) => sum + value * u[q * 9 + i], 0)
        expect(dot).toBeCloseTo(p === q ? 1 : 0, 5)
      }
    }
  })

  it('refuses sizes that are no sizes and unknown keys', () => {
    expect(layerSpec.safeParse({ type: 'gru', units: 0 }).success).toBe(false)
    expect(layerSpec.safeParse({ type: 'gru', units: 4, activation: 'tanh' }).success).toBe(false)
  })
})
