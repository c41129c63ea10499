// telltale itself, as one more engine that speaks the lines of peers/problems.py: `node bench/telltale.mjs --threads 1`.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { sliceFrame } from '../dist/core/frame.js'
import { createRandom } from '../dist/core/random.js'
import { loadAutoencoder } from '../dist/detect/index.js'
import { preferredBuild } from '../dist/kernels/index.js'
import { createNetwork, initialWeights, lstmAutoencoder, train, weightsToTensors } from '../dist/nn/index.js'
import { createRuntime } from '../dist/runtime/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { PROBLEMS, rateOf, series } from './problems.mjs'

const { threads } = readArguments(import.meta, { threads: { type: 'string', default: '1' } }).values
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

/** A trained detector of the problem, as a model file gives it: errors of 1 in every channel. */
function detector(problem) {
  const { made, weights } = network(problem)
  const one = { shape: [problem.channels], data: new Float32Array(problem.channels).fill(1) }
  const arrays = {
    ...weightsToTensors(made, weights),
    'usualError.causal': one,
    'usualError.two-sided': one,
  }
  const options = { architecture: made.architecture, bestEpoch: 0, history: [] }
  return loadAutoencoder({ kind: 'detector:autoencoder', version: 2, options, arrays }, runtime)
}

function frameOf(values, channels) {
  const names = Array.from({ length: channels }, (_, c) => `c${c}`)
  const timeMs = Float64Array.from({ length: values.length / channels }, (_, i) => i)
  return { timeMs, timeKind: 'index', values, channels: names }
}

/** Samples that a loop around a scorer pushes between two turns of the event loop. */
const PIECE = 1024

/** Two-sided scores of a series of about `seconds`, pushed in pieces, from samples to the error of every sample and channel. */
async function scoreRate(problem, batch, seconds) {
  const fitted = detector(problem)
  const run = windows => {
    const frame = frameOf(series({ ...problem, windows }), problem.channels)
    const start = performance.now()
    const scorer = fitted.online({ alignment: 'two-sided', batchSize: batch })
    for (let at = 0; at < windows; at += PIECE) scorer.push(sliceFrame(frame, at, at + PIECE))
    scorer.finish()
    return (windows * 1000) / (performance.now() - start)
  }
  run(2_000)
  const probe = run(4_000)
  return run(Math.ceil(probe * seconds))
}

/** One sample at a time through the scorer of a live series: a causal score for each. */
async function latencyRate(problem, _batch, seconds) {
  const { channels, steps, windows } = problem
  const scorer = detector(problem).online()
  const frame = frameOf(series(problem), channels)
  const samples = Array.from({ length: windows }, (_, i) => sliceFrame(frame, i, i + 1))
  for (const sample of samples.slice(0, steps)) scorer.push(sample)
  return rateOf(sample => void scorer.push(sample), samples, 1, seconds)
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
