import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { preferredBuild } from '../../src/kernels/index.js'
import {
  type Architecture,
  createLocalEngine,
  createNetwork,
  initialWeights,
  layerSpec,
  type Network,
  runNetwork,
  weightsToTensors,
} from '../../src/nn/index.js'

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

const BUILDS = ['reference', preferredBuild()] as const

function autoencoder(steps: number, channels: number, units: number, latent: number): Architecture {
  return {
    name: 'gru-autoencoder',
    inputShape: [steps, channels],
    layers: [
      { type: 'gru', units, returnSequences: true },
      { type: 'gru', units: latent },
      { type: 'repeat', times: steps },
      { type: 'gru', units, returnSequences: true },
      { type: 'dense', units: channels },
    ],
  }
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

describe.each(BUILDS)('a GRU autoencoder of PyTorch on the kernels %s', build => {
  const fixture = JSON.parse(
    readFileSync(new URL('../fixtures/nn/gru.json', import.meta.url), 'utf8'),
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
})

const ARCHITECTURES: Record<string, Architecture> = {
  autoencoder: autoencoder(5, 3, 5, 4),
  'one step': autoencoder(1, 2, 3, 2),
  'constant input': {
    name: 'constant-input',
    inputShape: [4, 2],
    layers: [
      { type: 'dense', units: 3 },
      { type: 'gru', units: 4 },
      { type: 'repeat', times: 4 },
      { type: 'gru', units: 3, returnSequences: true },
      { type: 'gru', units: 2, returnSequences: true },
    ],
  },
}

describe.each(Object.entries(ARCHITECTURES))('a network of GRUs (%s)', (_, architecture) => {
  const network = createNetwork(architecture)
  const { steps, width } = network.inShape
  const random = createRandom(11)
  const series = Float32Array.from({ length: 60 * width }, () => random.normal())
  // Biases start at zero: move them, so that both take part.
  const weights = initialWeights(network, createRandom(2)).map(value => value + 0.3 * random.normal())

  it.each(BUILDS)('has the gradients of central differences of the loss (kernels %s)', build => {
    const starts = Int32Array.from([0, 7, 3, 12, 20])
    const engine = createLocalEngine(network, series, build)
    const gradients = new Float32Array(network.flatLength)
    engine.load(weights)
    engine.gradient(starts, gradients)
    const lossAt = (index: number, delta: number) => {
      const moved = Float32Array.from(weights)
      moved[index] += delta
      engine.load(moved)
      return { loss: engine.loss(starts), weight: moved[index] }
    }
    for (const { name, offset, length } of network.slots) {
      const largest = Math.max(...gradients.subarray(offset, offset + length).map(Math.abs))
      for (let i = offset; i < offset + length; i += Math.max(1, Math.floor(length / 12))) {
        const up = lossAt(i, 1e-2)
        const down = lossAt(i, -1e-2)
        const numeric = (up.loss - down.loss) / (up.weight - down.weight)
        expect(Math.abs(gradients[i] - numeric), `${name}[${i - offset}]`).toBeLessThan(2e-3 * largest + 2e-5)
      }
    }
  })

  it('gives each window the same bits alone, in any batch, and from overlapping or copied windows', () => {
    for (const [batch, stride] of [
      [1, 1],
      [2, 7],
      [13, 3],
      [37, 1],
    ]) {
      const rows = (batch - 1) * stride + steps
      const run = runNetwork(network, { batch, training: false, stride })
      run.weights.set(weights)
      run.input.set(series.subarray(0, rows * width))
      const y = run.forward({ data: run.input, rows, stepRows: 1, batchRows: stride }, batch)
      const one = runNetwork(network, { batch: 1, training: false })
      one.weights.set(weights)
      for (let b = 0; b < batch; b++) {
        one.input.set(series.subarray(b * stride * width, (b * stride + steps) * width))
        const alone = one.forward({ data: one.input, rows: steps, stepRows: 1, batchRows: 1 }, 1)
        for (let t = 0; t < steps; t++) {
          const row = (t * batch + b) * width
          const window = y.subarray(row, row + width)
          expect([...window]).toEqual([...alone.subarray(t * width, (t + 1) * width)])
        }
      }
    }
  })

  it('scores with the bits it trains with', () => {
    const batch = 6
    const copied = new Float32Array(steps * batch * width)
    for (let t = 0; t < steps; t++) {
      for (let b = 0; b < batch; b++) {
        const window = series.subarray((b + t) * width, (b + t + 1) * width)
        copied.set(window, (t * batch + b) * width)
      }
    }
    const outputs = [true, false].map(training => {
      const run = runNetwork(network, { batch, training, stride: steps })
      run.weights.set(weights)
      run.input.set(copied)
      return run.forward({ data: run.input, rows: steps * batch, stepRows: batch, batchRows: 1 }, batch)
    })
    expect(outputs[0]).toEqual(outputs[1])
  })
})

describe('the layer gru', () => {
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

  it('refuses the reset before the product, which has other weights', () => {
    expect(layerSpec.safeParse({ type: 'gru', units: 4, resetAfter: true }).success).toBe(true)
    expect(layerSpec.safeParse({ type: 'gru', units: 4, resetAfter: false }).success).toBe(false)
    expect(layerSpec.safeParse({ type: 'gru', units: 0 }).success).toBe(false)
    expect(layerSpec.safeParse({ type: 'gru', units: 4, activation: 'tanh' }).success).toBe(false)
  })
})
