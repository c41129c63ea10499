// Peak memory of scoring: `node bench/memory.mjs [--rows 100000] [--channels 10] [--window 200]`. Linux only (VmHWM).
// What is counted lies above the process that already holds the series: the arena of one batch, the errors, and what Node adds.
import { readFileSync } from 'node:fs'
import { createRandom } from '../dist/core/random.js'
import { createWindowErrors, localRuntime, residualStream } from '../dist/detect/index.js'
import { preferredBuild } from '../dist/kernels/index.js'
import { createNetwork, createPredictor, initialWeights, lstmAutoencoder } from '../dist/nn/index.js'
import { readArguments } from '../scripts/arguments.mjs'

const options = {
  rows: { type: 'string', default: '100000' },
  channels: { type: 'string', default: '10' },
  window: { type: 'string', default: '200' },
  batch: { type: 'string', default: '64' },
}
const { rows, channels, window, batch } = Object.fromEntries(
  Object.entries(readArguments(import.meta, options).values).map(([key, value]) => [key, Number(value)]),
)
const MB = 2 ** 20
const status = name =>
  Number(readFileSync('/proc/self/status', 'utf8').match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024

const network = createNetwork(lstmAutoencoder(window, channels, 32, 16))
const weights = initialWeights(network, createRandom(1))
const random = createRandom(2)
const series = Float32Array.from({ length: rows * channels }, () => random.normal())
const out = new Float32Array(series.length)
const runtime = localRuntime(preferredBuild())
const windowErrors = createWindowErrors(createPredictor(network, weights, runtime.build), runtime)
const PIECE = 1024
const score = (end, target, batchSize) => {
  const stream = residualStream(network, windowErrors, { alignment: 'two-sided', stride: 1, batchSize })
  let done = 0
  const take = ({ residual }) => {
    target.set(residual, done)
    done += residual.length
  }
  for (let at = 0; at < end; at += PIECE)
    take(stream.push(series.subarray(at * channels, Math.min(end, at + PIECE) * channels)))
  take(stream.finish())
}
score(window, new Float32Array(window * channels), 1) // compiles the kernels before the count begins
globalThis.gc?.()
const before = status('VmRSS')
const started = performance.now()
score(rows, out, batch)
const seconds = (performance.now() - started) / 1000
const windows = rows - window + 1
const print = (name, value) => console.log(`${name.padEnd(58)} ${value}`)
print('problem', `${rows} samples x ${channels} channels x window ${window}, batch ${batch}`)
print('series, float32', `${((rows * channels * 4) / MB).toFixed(1)} MB`)
print('errors per sample and channel, float32', `${((rows * channels * 4) / MB).toFixed(1)} MB`)
print(
  'all windows copied out, float32 (what is never made)',
  `${((windows * window * channels * 4) / MB).toFixed(1)} MB`,
)
print(
  'peak above the process before scoring (errors included)',
  `${(status('VmHWM') - before).toFixed(1)} MB`,
)
print('peak of the whole process', `${status('VmHWM').toFixed(1)} MB`)
print('windows per second', Math.round(windows / seconds))
