// telltale itself, as one more engine that speaks the lines of peers/problems.py: `node bench/telltale.mjs --threads 1`.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createRandom } from '../dist/core/random.js'
import { preferredBuild } from '../dist/kernels/index.js'
import { createNetwork, initialWeights, lstmAutoencoder, runNetwork, train } from '../dist/nn/index.js'
import { createRuntime } from '../dist/runtime/index.js'
import { PROBLEMS, rateOf, series } from './problems.mjs'

const { threads } = parseArgs({ options: { threads: { type: 'string', default: '1' } } }).values
const runtime = createRuntime(Number(threads))

/** Layers of an autoencoder, by what they are made of. */
const LAYERS = {
  lstm: ({ steps, channels, units, latent }) => lstmAutoencoder(steps, channels, units, latent).layers,
  gru: problem =>
    LAYERS.lstm(problem).map(layer => (layer.type === 'lstm' ? { ...layer, type: 'gru' } : layer)),
  conv1d({ channels, units, latent }) {
    const conv = { type: 'conv1d', kernelSize: 5, padding: 'same', activation: 'relu' }
    return [
      { ...conv, filters: units },
      { ...conv, filters: latent, stride: 2 },
      { type: 'upsample', factor: 2 },
      { ...conv, filters: units },
      { type: 'dense', units: channels },
    ]
  },
}

function network(problem) {
  const { steps, channels, layers } = problem
  const made = createNetwork({ name: layers, inputShape: [steps, channels], layers: LAYERS[layers](problem) })
  return { made, weights: initialWeights(made, createRandom(1)) }
}

/** The training loop of the product: shuffled windows, one validation pass (of one window) per epoch. */
async function trainRate(problem, batch, seconds) {
  const { made, weights } = network(problem)
  const engine = await runtime.engine(made, series(problem))
  try {
    const data = {
      trainStarts: Int32Array.from({ length: Math.floor(problem.windows / batch) * batch }, (_, i) => i),
      validationStarts: Int32Array.of(0),
    }
    const options = {
      epochs: Number.POSITIVE_INFINITY,
      batchSize: batch,
      learningRate: 0.001,
      patience: 0,
      minDelta: 0,
    }
    const loop = train(engine, weights, data, options, createRandom(2), runtime.build)
    return await rateOf(() => void loop.next(), [undefined], batch, seconds)
  } finally {
    engine.close()
  }
}

/** One call that scores a series of about `seconds`, from samples to the error of every sample and channel. */
async function scoreRate(problem, batch, seconds) {
  const { made, weights } = network(problem)
  const options = { alignment: 'covering', stride: 1, batchSize: batch }
  const run = async windows => {
    const values = series({ ...problem, windows })
    const start = performance.now()
    await runtime.residuals(made, weights, values, options, {})
    return (windows * 1000) / (performance.now() - start)
  }
  await run(2_000)
  const probe = await run(4_000)
  return run(Math.ceil(probe * seconds))
}

/** One window at a time, from its samples to its mean squared errors. */
async function latencyRate(problem, _batch, seconds) {
  const { steps, channels } = problem
  const { made, weights } = network(problem)
  const run = runNetwork(made, { batch: 1, training: false, scratch: channels, build: runtime.build })
  run.weights.set(weights)
  run.refresh()
  const values = series(problem)
  const signal = { data: run.input, rows: steps, stepRows: 1, batchRows: 1 }
  const starts = Array.from({ length: problem.windows }, (_, i) => i * channels)
  const step = start => {
    run.input.set(values.subarray(start, start + steps * channels))
    const output = run.forward(signal, 1)
    run.kernels.windowSquaredError(run.scratch, output, run.input, steps, 1, channels, 1)
  }
  return rateOf(step, starts, 1, seconds)
}

const measures = { train: trainRate, layers: trainRate, score: scoreRate, latency: latencyRate }
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

const say = line => process.stdout.write(`${JSON.stringify(line)}\n`)
say({ name: 'telltale', version, threads: Number(threads), build: preferredBuild() })
for await (const line of createInterface({ input: process.stdin })) {
  const { measure, problem, batch, seconds } = JSON.parse(line)
  try {
    say({ rate: await measures[measure](PROBLEMS[problem], batch, seconds) })
  } catch (error) {
    say({ error: String(error) })
  }
}
