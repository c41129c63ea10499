import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { preferredBuild } from '../../src/kernels/index.js'
import {
  createLocalEngine,
  createNetwork,
  createOptimizer,
  lstmAutoencoder,
  type Network,
} from '../../src/nn/index.js'
import { runNetwork } from './run.js'

interface Stored {
  size: { T: number; C: number; units: number; latent: number; B: number }
  adam: { lr: number; beta1: number; beta2: number; epsilon: number }
  x: { data: number[] }
  y: { data: number[] }
  weights: Record<string, { data: number[] }>
  gradients: Record<string, { data: number[] }>
  loss: number
  trainingLosses: number[]
  trainedWeights: Record<string, { data: number[] }>
}

const NAMES: Record<string, string> = {
  '0.lstm.kernel': 'encoder1.W',
  '0.lstm.recurrent': 'encoder1.U',
  '0.lstm.bias': 'encoder1.b',
  '1.lstm.kernel': 'encoder2.W',
  '1.lstm.recurrent': 'encoder2.U',
  '1.lstm.bias': 'encoder2.b',
  '3.lstm.kernel': 'decoder.W',
  '3.lstm.recurrent': 'decoder.U',
  '3.lstm.bias': 'decoder.b',
  '4.dense.kernel': 'dense.W',
  '4.dense.bias': 'dense.b',
}

function flat(network: Network, named: Record<string, { data: number[] }>): Float32Array {
  const out = new Float32Array(network.flatLength)
  for (const slot of network.slots) out.set(named[NAMES[slot.name]].data, slot.offset)
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

describe.each(['lstm-autoencoder', 'lstm-autoencoder-odd'])('PyTorch fixture %s', file => {
  const fixture = JSON.parse(
    readFileSync(new URL(`../fixtures/nn/${file}.json`, import.meta.url), 'utf8'),
  ) as Stored
  const { T, C, units, latent, B } = fixture.size
  const network = createNetwork(lstmAutoencoder(T, C, units, latent))
  // One series with the windows one after another: window b starts at sample b * T.
  const series = Float32Array.from(fixture.x.data)
  const starts = Int32Array.from({ length: B }, (_, b) => b * T)

  describe.each(['reference', preferredBuild()] as const)('kernels %s', build => {
    it('gives the forward values', () => {
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

    it('gives the loss and the gradient of every parameter', () => {
      const engine = createLocalEngine(network, series, build)
      engine.load(flat(network, fixture.weights))
      const gradients = new Float32Array(network.flatLength)
      expect(Math.abs(engine.gradient(starts, gradients) / fixture.loss - 1)).toBeLessThan(1e-6)
      for (const { name, offset, length } of network.slots) {
        const error = relativeError(
          gradients.subarray(offset, offset + length),
          fixture.gradients[NAMES[name]].data,
        )
        expect(error, name).toBeLessThan(1e-5)
      }
    })

    it('follows 20 steps of Adam', () => {
      const engine = createLocalEngine(network, series, build)
      const { lr, beta1, beta2, epsilon } = fixture.adam
      const options = { type: 'adam', beta1, beta2, epsilon } as const
      const optimizer = createOptimizer(options, flat(network, fixture.weights), build)
      const losses = fixture.trainingLosses.map(() => {
        engine.load(optimizer.weights)
        const loss = engine.gradient(starts, optimizer.gradients)
        optimizer.step(lr)
        return loss
      })
      expect(relativeError(losses, fixture.trainingLosses)).toBeLessThan(1e-5)
      const wanted = flat(network, fixture.trainedWeights)
      expect(relativeError(optimizer.weights, wanted)).toBeLessThan(1e-4)
    })
  })
})
