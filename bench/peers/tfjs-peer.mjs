// TensorFlow.js in Node: `--backend wasm` (default) or `--backend cpu`. Speaks the same lines as problems.py.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { readArguments } from '../../scripts/arguments.mjs'
import { PROBLEMS, rateOf, windows } from '../problems.mjs'

console.log = console.error
const { backend } = readArguments(import.meta, { backend: { type: 'string', default: 'wasm' } }).values

const say = line => process.stdout.write(`${JSON.stringify(line)}\n`)

function autoencoder({ steps, channels, units, latent }) {
  const { layers } = tf
  const network = [
    layers.lstm({ units, returnSequences: true, inputShape: [steps, channels] }),
    layers.lstm({ units: latent }),
    layers.repeatVector({ n: steps }),
    layers.lstm({ units, returnSequences: true }),
    layers.timeDistributed({ layer: layers.dense({ units: channels }) }),
  ]
  return tf.sequential({ layers: network })
}

function batches(problem, batch) {
  const size = batch * problem.steps * problem.channels
  const values = windows(problem)
  const shape = [batch, problem.steps, problem.channels]
  // A few batches are enough: the work does not depend on the values, and tensors of this library are never collected.
  const count = Math.min(8, Math.floor(values.length / size))
  return Array.from({ length: count }, (_, i) =>
    tf.tensor3d(values.subarray(i * size, (i + 1) * size), shape),
  )
}

async function train(problem, batch, seconds) {
  const model = autoencoder(problem)
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'meanSquaredError' })
  const items = batches(problem, batch)
  const rate = await rateOf(x => model.trainOnBatch(x, x), items, batch, seconds)
  model.dispose()
  tf.dispose(items)
  return rate
}

async function score(problem, batch, seconds) {
  const model = autoencoder(problem)
  const items = batches(problem, batch)
  const errors = x => {
    const result = tf.tidy(() =>
      tf.mean(tf.squaredDifference(model.predict(x, { batchSize: batch }), x), [1, 2]),
    )
    result.dataSync()
    result.dispose()
  }
  const rate = await rateOf(errors, items, batch, seconds)
  model.dispose()
  tf.dispose(items)
  return rate
}

const measures = { train, score, latency: score }

if (backend === 'wasm') {
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`)
}
await tf.setBackend(backend)
await tf.ready()
say({ name: `TensorFlow.js ${backend}`, version: tf.version.tfjs, threads: 1 })
for await (const line of createInterface({ input: process.stdin })) {
  const { measure, problem, batch, seconds } = JSON.parse(line)
  try {
    say({ rate: await measures[measure](PROBLEMS[problem], batch, seconds) })
  } catch (error) {
    say({ error: String(error) })
  }
}
process.exit(0)
