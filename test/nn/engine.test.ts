import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import {
  createLocalEngine,
  createNetwork,
  createTrainingSession,
  initialWeights,
  shardsOf,
  sumSlots,
} from '../../src/nn/index.js'

/** Every kind of noise, running statistics and a penalty. */
const network = createNetwork({
  name: 'test',
  inputShape: [6, 2],
  layers: [
    { type: 'lstm', units: 5, returnSequences: true, dropout: 0.2, recurrentDropout: 0.2 },
    { type: 'batch-norm' },
    { type: 'dropout', rate: 0.3 },
    { type: 'gru', units: 4, recurrentDropout: 0.2 },
    { type: 'variational', units: 3 },
    { type: 'activity-regularization', l2: 0.1 },
    { type: 'repeat', times: 6 },
    { type: 'bidirectional', layer: { type: 'lstm', units: 3, returnSequences: true, dropout: 0.2 } },
    { type: 'dense', units: 2 },
  ],
})
const random = createRandom(12)
const series = Float32Array.from({ length: 400 }, () => random.normal())
const starts = Int32Array.from({ length: 70 }, (_, i) => 2 * i)
const weights = initialWeights(network, random)

describe('the gradient of a batch in training', () => {
  it('has the same bits when several sessions share its shards, in whatever order', () => {
    const engine = createLocalEngine(network, series)
    engine.load(weights)
    const wanted = new Float32Array(network.flatLength)
    const wantedLoss = engine.gradient(starts, wanted, 5)

    const shards = shardsOf(starts.length)
    const sessions = [createTrainingSession(network, series), createTrainingSession(network, series)]
    for (const session of sessions) session.load(weights)
    const n = network.flatLength
    const slots = new Float32Array(shards.length * n)
    const losses: number[] = []
    for (const s of [...shards.keys()].reverse()) {
      const step = { share: 1 / starts.length, seed: 5 }
      const slot = slots.subarray(s * n, (s + 1) * n)
      losses[s] = sessions[s % 2].gradient(starts, shards[s].from, shards[s].to, step, slot)
    }
    const got = new Float32Array(n)
    sumSlots(got, slots, shards.length)
    expect(got).toEqual(wanted)
    expect(losses.reduce((sum, loss) => sum + loss, 0)).toBe(wantedLoss)
  })

  it('differs with the noise of the step, and the loss of validation does not see it', () => {
    const engine = createLocalEngine(network, series)
    engine.load(weights)
    const of = (seed: number) => {
      const gradient = new Float32Array(network.flatLength)
      engine.gradient(starts, gradient, seed)
      return { gradient, loss: engine.loss(starts) }
    }
    expect(of(1).gradient).not.toEqual(of(2).gradient)
    expect(of(1).gradient).toEqual(of(1).gradient)
    expect(of(1).loss).toBe(of(2).loss)
  })
})
