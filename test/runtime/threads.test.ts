import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { createWindowErrors, localRuntime, type Runtime, residualStream } from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { createNetwork, createPredictor, initialWeights, lstmAutoencoder } from '../../src/nn/index.js'
import { createRuntime } from '../../src/runtime/index.js'

const network = createNetwork(lstmAutoencoder(20, 3, 16, 8))
const random = createRandom(4)
const weights = initialWeights(network, random)
const series = Float32Array.from({ length: 9000 }, () => random.normal())
const local = localRuntime(preferredBuild())

function errorsBy(runtime: Runtime, alignment: 'two-sided' | 'causal') {
  const windowErrors = createWindowErrors(createPredictor(network, weights, runtime.build), runtime)
  const options = { alignment, stride: 1, batchSize: 64, expected: true }
  const stream = residualStream(network, windowErrors, options)
  return [stream.push(series.subarray(0, 3000)), stream.push(series.subarray(3000)), stream.finish()]
}

async function gradientsBy(runtime: Runtime) {
  const engine = await runtime.engine(network, series)
  try {
    engine.load(weights)
    const starts = Int32Array.from({ length: 100 }, (_, i) => (i * 37) % 2900)
    return Array.from({ length: 40 }, (_, seed) => {
      const gradient = new Float32Array(network.flatLength)
      const loss = engine.gradient(starts, gradient, seed)
      return { gradient, loss, validation: engine.loss(starts) }
    })
  } finally {
    engine.close()
  }
}

describe.each([2, 3, 20])('a runtime of %i threads', threads => {
  it.each(['two-sided', 'causal'] as const)('scores %s with the bits of one thread', alignment => {
    const wanted = errorsBy(local, alignment)
    const runtime = createRuntime(threads)
    for (let round = 0; round < 4; round++) expect(errorsBy(runtime, alignment)).toEqual(wanted)
  })

  it('has the gradients and losses of one thread', async () => {
    expect(await gradientsBy(createRuntime(threads))).toEqual(await gradientsBy(local))
  })

  it('scores while it trains', async () => {
    const runtime = createRuntime(threads)
    const engine = await runtime.engine(network, series)
    engine.load(weights)
    expect(errorsBy(runtime, 'two-sided')).toEqual(errorsBy(local, 'two-sided'))
    engine.close()
  })
})
