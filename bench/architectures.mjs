// Trains every predefined architecture on generated plant data: `npm run bench:architectures [-- --only conv-ae,dense-ae] [--file mine.json]`.
// The loss is the mean squared error of held-back windows in scaled units; the constant is the best value per channel, found in hindsight.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { sliceFrame } from '../dist/core/frame.js'
import { createRandom } from '../dist/core/random.js'
import { preferredBuild } from '../dist/kernels/index.js'
import {
  ARCHITECTURES,
  createLocalEngine,
  createNetwork,
  initialWeights,
  measureNetwork,
  parseArchitecture,
  resolveArchitecture,
  train,
} from '../dist/nn/index.js'
import { SCALERS } from '../dist/scale/index.js'
import { generatePlant } from '../dist/simulate/index.js'
import { readArguments } from '../scripts/arguments.mjs'

const { values: given } = readArguments(import.meta, {
  only: { type: 'string' },
  file: { type: 'string', multiple: true, default: [] },
  rows: { type: 'string', default: '4000' },
  channels: { type: 'string', default: '6' },
  window: { type: 'string', default: '30' },
  epochs: { type: 'string', default: '10' },
  'learning-rate': { type: 'string', default: '0.003' },
  seed: { type: 'string', default: '1' },
})
const [rows, channels, window, epochs, seed] = ['rows', 'channels', 'window', 'epochs', 'seed'].map(key =>
  Number(given[key]),
)
const BATCH = 32
const build = preferredBuild()
/** Milliseconds of processor time: unlike those of the clock, they are the same on a busy machine. */
const processorTime = () => process.cpuUsage().user / 1000

/** Three quarters of the history to learn from, the rest held back; a gap of two windows between them. */
function history() {
  const { train: frame } = generatePlant({ rows, channels, seed })
  const cut = Math.floor(0.75 * rows)
  const part = sliceFrame(frame, 0, cut)
  const { values } = SCALERS.standard.fit(part).transform(frame)
  return { series: Float32Array.from(values), cut }
}

const range = (from, to) => Int32Array.from({ length: to - from }, (_, i) => from + i)

/** Mean squared error of the best constant of each channel, over the values that the network is compared with. */
function constantLoss(series, starts, { offset, steps }) {
  let sum = 0
  for (let c = 0; c < channels; c++) {
    let [count, mean, squares] = [0, 0, 0]
    for (const start of starts) {
      for (let t = start + offset; t < start + offset + steps; t++) {
        const delta = series[t * channels + c] - mean
        mean += delta / ++count
        squares += delta * (series[t * channels + c] - mean)
      }
    }
    sum += squares / count
  }
  return sum / channels
}

function measure(definition) {
  const architecture = resolveArchitecture(definition, { window, channels })
  const network = createNetwork(architecture)
  const { series, cut } = history()
  const data = {
    trainStarts: range(0, cut - network.span + 1),
    validationStarts: range(cut + 2 * window, rows - network.span + 1),
  }
  const { optimizer, learningRate = Number(given['learning-rate']) } = definition.training ?? {}
  const options = {
    epochs,
    batchSize: BATCH,
    learningRate,
    optimizer: typeof optimizer === 'string' ? { type: optimizer } : optimizer,
    schedule: 'cosine',
    clipNorm: 1,
    patience: 0,
    minDelta: 0,
  }
  const random = createRandom(seed)
  const initial = initialWeights(network, random.fork('weights'))
  const started = processorTime()
  const loop = train(createLocalEngine(network, series, build), initial, data, options, random, build)
  let step = loop.next()
  while (!step.done) step = loop.next()
  const seconds = (processorTime() - started) / 1000
  const { weights, bestEpoch } = step.value

  // Whatever it was trained on, it is compared by its squared error.
  const squared = createLocalEngine(createNetwork({ ...architecture, loss: 'mse' }), series, build)
  squared.load(weights)
  const loss = squared.loss(data.validationStarts)
  const constant = constantLoss(series, data.validationStarts, network.target)
  const measuring = { now: processorTime, budgetMs: 1000, batchSize: BATCH, build }
  const speed = measureNetwork(architecture, measuring)
  const { parameterCount: parameters } = network
  return { name: definition.name, parameters, seconds, bestEpoch, loss, constant, ...speed }
}

const HEAD = [
  'architecture',
  'parameters',
  'seconds',
  'loss',
  'constant / loss',
  'training, windows/s',
  'scoring, windows/s',
]
const cells = ({ name, parameters, seconds, loss, constant, training, scoring }) => [
  name,
  parameters.toLocaleString('en-US'),
  seconds.toFixed(1),
  loss.toFixed(4),
  (constant / loss).toFixed(1),
  Math.round(training).toLocaleString('en-US'),
  Math.round(scoring).toLocaleString('en-US'),
]
const line = values => `| ${values.join(' | ')} |`

const own = given.file.map(file => parseArchitecture(readFileSync(file, 'utf8'), file))
const chosen = given.only?.split(',')
const definitions = [
  ...ARCHITECTURES.filter(({ name }) => (chosen ? chosen.includes(name) : own.length === 0)),
  ...own,
]
const { model } = cpus()[0]
const machine = `${model.trim()}, ${availableParallelism()} cores, one of them used; Node ${process.versions.node}; kernels: ${build}; load before the run: ${loadavg()[0].toFixed(1)}`
const heading = [
  `# Architectures on generated plant data, ${new Date().toISOString().slice(0, 10)}`,
  '',
  `${machine}.`,
  `${rows} samples of ${channels} channels, window ${window}, ${epochs} epochs of batch ${BATCH}, Adam at ${given['learning-rate']} with a cosine schedule unless the architecture has its own; seed ${seed}.`,
  'Loss: mean squared error of held-back windows, scaled units. Constant: the best value per channel in hindsight. Seconds and rates: processor time.',
  '',
  line(HEAD),
  line(HEAD.map(() => '---')),
]
process.stdout.write(`${heading.join('\n')}\n`)
const results = []
for (const definition of definitions) {
  results.push(measure(definition))
  process.stdout.write(`${line(cells(results.at(-1)))}\n`)
}

if (chosen === undefined && own.length === 0) {
  const slug = `${model.trim()} ${availableParallelism()} cores`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const folder = new URL(`results/${new Date().toISOString().slice(0, 10)}-${slug}/`, import.meta.url)
  mkdirSync(folder, { recursive: true })
  const table = results.map(result => line(cells(result)))
  writeFileSync(new URL('architectures.md', folder), `${[...heading, ...table].join('\n')}\n`)
  writeFileSync(new URL('architectures.json', folder), `${JSON.stringify({ machine, results }, null, 2)}\n`)
}
