import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { preferredBuild } from '../../src/kernels/index.js'
import {
  type Architecture,
  createLocalEngine,
  createNetwork,
  glorotUniform,
  initialWeights,
  lstmAutoencoder,
  orthogonal,
  tensorsToWeights,
  weightsToTensors,
} from '../../src/nn/index.js'
import { runNetwork } from './run.js'

const random = createRandom(11)
const noise = (length: number) => Float32Array.from({ length }, () => random.normal())

describe('the default architecture', () => {
  it('has the published 14,115 parameters at window 30 and 3 channels', () => {
    expect(createNetwork(lstmAutoencoder(30, 3, 32, 16)).parameterCount).toBe(14115)
  })

  it('gives an output of the shape of its input, from (1, 1) to (100, 20)', () => {
    for (const [steps, channels] of [
      [1, 1],
      [2, 5],
      [30, 3],
      [100, 20],
    ]) {
      const { inShape, outShape } = createNetwork(lstmAutoencoder(steps, channels, 8, 4))
      expect(outShape).toEqual(inShape)
    }
  })

  it('grows with units and with latent', () => {
    const count = (units: number, latent: number) =>
      createNetwork(lstmAutoencoder(30, 3, units, latent)).parameterCount
    expect(count(64, 16)).toBeGreaterThan(count(32, 16))
    expect(count(32, 32)).toBeGreaterThan(count(32, 16))
  })
})

describe('initial weights', () => {
  it('are Glorot uniform for kernels: within the limit and of its variance', () => {
    const limit = Math.sqrt(6 / (100 + 300))
    const values = glorotUniform(createRandom(1), 100, 300)
    expect(Math.max(...values)).toBeLessThanOrEqual(limit)
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length
    expect(variance).toBeCloseTo((limit * limit) / 3, 4)
  })

  it.each([
    [5, 20],
    [20, 5],
    [7, 7],
  ])('are orthogonal for recurrent kernels of %i x %i', (rows, columns) => {
    const u = orthogonal(createRandom(3), rows, columns)
    const short = Math.min(rows, columns)
    const at = (vector: number, i: number) =>
      rows <= columns ? u[vector * columns + i] : u[i * columns + vector]
    for (let p = 0; p < short; p++) {
      for (let q = 0; q < short; q++) {
        let dot = 0
        for (let i = 0; i < Math.max(rows, columns); i++) dot += at(p, i) * at(q, i)
        expect(dot).toBeCloseTo(p === q ? 1 : 0, 5)
      }
    }
  })

  it('set the forget bias to 1 and every other bias to 0, and depend on the seed alone', () => {
    const network = createNetwork(lstmAutoencoder(4, 2, 3, 2))
    const weights = initialWeights(network, createRandom(5))
    const bias = weightsToTensors(network, weights)['0.lstm.bias'].data
    expect([...bias]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    expect(initialWeights(network, createRandom(5))).toEqual(weights)
    expect(initialWeights(network, createRandom(6))).not.toEqual(weights)
  })

  it('come back from named tensors', () => {
    const network = createNetwork(lstmAutoencoder(4, 3, 5, 2))
    const weights = initialWeights(network, createRandom(5))
    expect(tensorsToWeights(network, weightsToTensors(network, weights))).toEqual(weights)
    expect(() => tensorsToWeights(network, {})).toThrow(/0\.lstm\.kernel is missing/)
  })
})

const ARCHITECTURES: Record<string, Architecture> = {
  'lstm autoencoder': lstmAutoencoder(5, 3, 4, 3),
  'dense per step': {
    name: 'dense',
    inputShape: [4, 3],
    layers: [
      { type: 'dense', units: 5 },
      { type: 'dense', units: 3 },
    ],
  },
  'dense after repeat': {
    name: 'repeat-dense',
    inputShape: [4, 2],
    layers: [
      { type: 'lstm', units: 3 },
      { type: 'repeat', times: 4 },
      { type: 'dense', units: 3 },
      { type: 'dense', units: 2 },
    ],
  },
  'stacked sequences': {
    name: 'stacked',
    inputShape: [6, 2],
    layers: [
      { type: 'lstm', units: 5, returnSequences: true },
      { type: 'lstm', units: 2, returnSequences: true },
    ],
  },
}

describe.each(Object.entries(ARCHITECTURES))('gradients of %s', (_, architecture) => {
  const network = createNetwork(architecture)
  const { steps, width } = network.inShape
  const series = noise(40 * width)
  const starts = Int32Array.from([0, 7, 3, 12, 20])

  it('agree with central differences of the loss', () => {
    const engine = createLocalEngine(network, series, 'reference')
    const weights = initialWeights(network, createRandom(2))
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
        expect(Math.abs(gradients[i] - numeric), `${name}[${i - offset}]`).toBeLessThan(2e-3 * largest + 1e-5)
      }
    }
  })

  it('are the same for one window alone and as the mean of several', () => {
    const engine = createLocalEngine(network, series, preferredBuild())
    engine.load(initialWeights(network, createRandom(2)))
    const together = new Float32Array(network.flatLength)
    const alone = new Float32Array(network.flatLength)
    const mean = new Float64Array(network.flatLength)
    const loss = engine.gradient(starts, together)
    let sum = 0
    for (let b = 0; b < starts.length; b++) {
      sum += engine.gradient(starts.subarray(b, b + 1), alone)
      alone.forEach((value, i) => {
        mean[i] += value / starts.length
      })
    }
    expect(loss).toBeCloseTo(sum / starts.length, 5)
    together.forEach((value, i) => {
      expect(value).toBeCloseTo(mean[i], 5)
    })
  })

  it('do not depend on what was computed before', () => {
    const engine = createLocalEngine(network, series, preferredBuild())
    engine.load(initialWeights(network, createRandom(2)))
    const first = new Float32Array(network.flatLength)
    const again = new Float32Array(network.flatLength)
    engine.gradient(starts, first)
    engine.gradient(Int32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]), again)
    engine.loss(Int32Array.from([5]))
    engine.gradient(starts, again)
    expect(again).toEqual(first)
    expect(steps).toBeGreaterThan(0)
  })
})

describe('the forward pass', () => {
  it('gives each window the same bits alone, in any batch, and from overlapping or copied windows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(ARCHITECTURES)),
        fc.integer({ min: 1, max: 37 }),
        fc.integer({ min: 1, max: 7 }),
        (architecture, batch, stride) => {
          const network = createNetwork(architecture)
          const { steps, width } = network.inShape
          const weights = initialWeights(network, createRandom(4))
          const rows = (batch - 1) * stride + steps
          const series = noise(rows * width)
          const run = runNetwork(network, { batch, training: false, stride })
          run.weights.set(weights)
          run.input.set(series)
          const y = run.forward({ data: run.input, rows, stepRows: 1, batchRows: stride }, batch)
          const one = runNetwork(network, { batch: 1, training: false })
          one.weights.set(weights)
          for (let b = 0; b < batch; b++) {
            one.input.set(series.subarray(b * stride * width, (b * stride + steps) * width))
            const alone = one.forward({ data: one.input, rows: steps, stepRows: 1, batchRows: 1 }, 1)
            for (let t = 0; t < steps; t++) {
              for (let c = 0; c < width; c++) {
                if (!Object.is(alone[t * width + c], y[(t * batch + b) * width + c])) return false
              }
            }
          }
          return true
        },
      ),
      { numRuns: 40, seed: 1 },
    )
  })
})
