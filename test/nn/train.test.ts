import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import {
  createLocalEngine,
  createNetwork,
  initialWeights,
  lstmAutoencoder,
  shardsOf,
  type TrainingEngine,
  type TrainingOptions,
  type TrainingResult,
  type TrainingState,
  train,
} from '../../src/nn/index.js'

const OPTIONS: TrainingOptions = { epochs: 5, batchSize: 8, learningRate: 0.01, patience: 0, minDelta: 0 }
const data = {
  trainStarts: Int32Array.from({ length: 40 }, (_, i) => i),
  validationStarts: Int32Array.of(60, 70),
}

function finish(
  engine: TrainingEngine,
  options: Partial<TrainingOptions>,
  initial: Float32Array = new Float32Array(4),
): TrainingResult {
  const loop = train(engine, initial, data, { ...OPTIONS, ...options }, createRandom(1), 'reference')
  for (;;) {
    const turn = loop.next()
    if (turn.done) return turn.value
  }
}

/** An engine whose validation losses are given; its gradient moves the weights so that epochs can be told apart. */
function scripted(losses: number[]): TrainingEngine & { seen: Float32Array[]; batches: number[][] } {
  const seen: Float32Array[] = []
  const batches: number[][] = []
  let weights: Float32Array = new Float32Array(0)
  return {
    statistics: [],
    seen,
    batches,
    load(next) {
      weights = Float32Array.from(next)
    },
    gradient(starts, out) {
      batches.push([...starts])
      out.fill(1)
      return 1
    },
    loss() {
      seen.push(weights)
      return losses[seen.length - 1]
    },
    close() {},
  }
}

describe('training', () => {
  it('restores the weights of the best epoch although all epochs ran', () => {
    const engine = scripted([3, 1, 2, 2, 2])
    const result = finish(engine, {})
    expect(result.bestEpoch).toBe(2)
    expect(result.history.map(record => record.best)).toEqual([true, true, false, false, false])
    expect(result.weights).toEqual(engine.seen[1])
    expect(result.stoppedEarly).toBe(false)
  })

  it('stops after `patience` epochs without improvement, counted from the last one', () => {
    expect(finish(scripted([3, 2, 2.5, 2.4, 2.3, 2.2]), { epochs: 6, patience: 2 }).history).toHaveLength(4)
    expect(finish(scripted([1, 2, 3, 4, 5]), { patience: 1 }).history).toHaveLength(2)
  })

  it('lets a slow steady fall go on once it adds up to the minimum delta, and stops when it does not', () => {
    const slow = Array.from({ length: 20 }, (_, i) => 1 - 0.04 * i)
    expect(finish(scripted(slow), { epochs: 20, patience: 4, minDelta: 0.1 }).history).toHaveLength(20)
    const slower = Array.from({ length: 20 }, (_, i) => 1 - 0.001 * i)
    const result = finish(scripted(slower), { epochs: 20, patience: 4, minDelta: 0.1 })
    expect(result.history).toHaveLength(5)
    expect(result.bestEpoch).toBe(5)
  })

  it('shows every window once per epoch, in another order each time', () => {
    const engine = scripted([5, 4])
    finish(engine, { epochs: 2, batchSize: 7 })
    const first = engine.batches.slice(0, 6).flat()
    const second = engine.batches.slice(6).flat()
    expect([...first].sort((a, b) => a - b)).toEqual([...data.trainStarts])
    expect([...second].sort((a, b) => a - b)).toEqual([...data.trainStarts])
    expect(first).not.toEqual(second)
  })

  it('ends at once when told to, with the best finished epoch', () => {
    const engine = scripted([3, 2, 1])
    const loop = train(engine, new Float32Array(4), data, OPTIONS, createRandom(1), 'reference')
    let turn = loop.next()
    while (!turn.done && turn.value.epoch < 3) turn = loop.next()
    turn = loop.next(true)
    expect(turn.done && turn.value.bestEpoch).toBe(2)
    expect(turn.done && turn.value.weights).toEqual(engine.seen[1])
  })

  it('refuses a loss that is no longer a number, naming the epoch', () => {
    expect(() => finish(scripted([3, Number.NaN]), {})).toThrow(/NaN in epoch 2/)
  })

  it.each<Partial<TrainingOptions>>([
    {},
    { optimizer: { type: 'sgd', momentum: 0.9 }, schedule: 'cosine', clipNorm: 0.1 },
    { optimizer: { type: 'rmsprop' }, schedule: 'reduce-on-plateau', learningRate: 0.05 },
    { patience: 2, learningRate: 0.2 },
  ])('goes on from the end of any epoch to the same weights and history, bit for bit: %j', more => {
    const network = createNetwork(lstmAutoencoder(6, 1, 4, 2))
    const series = Float32Array.from({ length: 120 }, (_, i) => Math.sin(0.4 * i))
    const initial = initialWeights(network, createRandom(1))
    const options = { ...OPTIONS, epochs: 12, ...more }
    const begin = (from?: TrainingState) =>
      train(createLocalEngine(network, series), initial, data, options, createRandom(1), undefined, from)
    const states: TrainingState[] = []
    const run = (from?: TrainingState) => {
      const loop = begin(from)
      for (let turn = loop.next(); ; turn = loop.next()) {
        if (turn.done) return turn.value
        if (from === undefined && turn.value.state) states.push(turn.value.state())
      }
    }
    const whole = run()
    expect(states.length).toBe(whole.history.length)
    for (const state of states) expect(run(state)).toEqual(whole)
  })

  it('moves running statistics towards what the engine saw, whatever the optimizer does', () => {
    const engine = { ...scripted([1, 1]), statistics: [{ start: 1, end: 3 }] }
    const statistics: number[][] = []
    const loop = train(
      {
        ...engine,
        load: weights => statistics.push([...weights.subarray(1, 3)]),
        loss: () => 1,
      },
      Float32Array.of(0, 0, 4, 0),
      data,
      { ...OPTIONS, epochs: 1, batchSize: 20, optimizer: { type: 'adamw', weightDecay: 1 } },
      createRandom(1),
    )
    while (!loop.next().done);
    const round = (values: number[]) => values.map(value => Math.fround(value))
    expect(statistics.map(round)).toEqual(
      [
        [0, 4],
        [0.1, 3.7],
        [0.19, 3.43],
      ].map(round),
    )
  })

  it('gives each step its own noise', () => {
    const seeds: (number | undefined)[] = []
    const engine = scripted([1, 1])
    const gradient = engine.gradient
    engine.gradient = (starts, out, seed) => {
      seeds.push(seed)
      return gradient(starts, out, seed)
    }
    finish(engine, { epochs: 2 })
    expect(new Set(seeds).size).toBe(10)
  })

  it('learns to reproduce a sine far better than its mean does', () => {
    const network = createNetwork(lstmAutoencoder(12, 1, 8, 4))
    const series = Float32Array.from({ length: 120 }, (_, i) => Math.sin(0.4 * i))
    const result = finish(
      createLocalEngine(network, series),
      { epochs: 60, batchSize: 16, learningRate: 0.01 },
      initialWeights(network, createRandom(1)),
    )
    const best = Math.min(...result.history.map(record => record.validationLoss))
    expect(best).toBeLessThan(0.5 / 5)
  })
})

describe('shards', () => {
  it('cover a batch without gap or overlap and never exceed 8', () => {
    for (let count = 0; count < 600; count++) {
      const shards = shardsOf(count)
      expect(shards.length).toBeLessThanOrEqual(8)
      let at = 0
      for (const { from, to } of shards) {
        expect(from).toBe(at)
        expect(to).toBeGreaterThan(from)
        at = to
      }
      expect(at).toBe(count)
    }
  })
})
