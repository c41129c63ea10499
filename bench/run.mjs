// npm run bench -- [--quick] [--only train,layers,score,latency,cli] [--rows N] [--own]
// Measures telltale and every peer that is installed (bench/peers/install.sh), in turns, so that a busy machine slows all alike.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { readArguments } from '../scripts/arguments.mjs'
import { measureCommandLine } from './command-line.mjs'
import { ENGINES, startEngine } from './engines.mjs'
import { commandLineTable, measurementTable } from './table.mjs'

const { values: given } = readArguments(import.meta, {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', default: 'train,layers,score,latency,cli' },
  rows: { type: 'string' },
  own: { type: 'boolean', default: false },
})
const kinds = given.only.split(',')
const seconds = given.quick ? 0.5 : 2
const rounds = given.quick ? 2 : 4
const problems = given.quick ? ['P1'] : ['P1', 'P2']
const say = text => process.stderr.write(`${text}\n`)

/** What is measured: for scoring each engine gets the batch at which it is fastest. */
const MEASUREMENTS = problems.flatMap(problem => [
  { measure: 'train', problem, batches: [32], title: `Training ${problem}, batch 32, windows/s` },
  { measure: 'train', problem, batches: [256], title: `Training ${problem}, batch 256, windows/s` },
  ...['gru', 'conv1d'].map(layers => {
    const title = `Training ${problem} of ${layers} layers, batch 32, windows/s`
    return { measure: 'layers', problem: `${problem}-${layers}`, batches: [32], title }
  }),
  { measure: 'score', problem, batches: [32, 64, 256, 1024], title: `Scoring ${problem}, windows/s` },
  { measure: 'latency', problem, batches: [1], title: `One window at a time, ${problem}, windows/s` },
])

async function measure({ measure, problem, batches, title }, engines) {
  const rows = engines
    .filter(({ does }) => does.includes(measure))
    .map(({ engine, id }) => ({
      id,
      engine,
      ...(engine.hello ?? { name: id }),
      rates: [],
      error: engine.missing,
    }))
  const ask = async (row, batch) => {
    const { rate, error } = await row.engine.ask({ measure, problem, batch, seconds })
    if (error) row.error = error
    return rate
  }
  for (const row of rows) {
    if (row.error) continue
    row.batch = batches[0]
    let best = 0
    for (const batch of batches.length > 1 ? batches : []) {
      const rate = await ask(row, batch)
      if (rate > best) [best, row.batch] = [rate, batch]
    }
  }
  for (let round = 0; round < rounds; round++) {
    // There and back, so that no engine always follows the same one.
    for (const row of round % 2 ? rows.toReversed() : rows) {
      if (row.error) continue
      const rate = await ask(row, row.batch)
      if (rate > 0) row.rates.push(rate)
    }
  }
  return { measure, problem, title, rows: rows.map(({ engine, ...kept }) => kept) }
}

function machine(engines) {
  const { model } = cpus()[0]
  return {
    cpu: model.trim(),
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    loadBefore,
    kernels: engines.find(({ engine }) => engine.hello?.build)?.engine.hello.build,
  }
}

const loadBefore = Math.round(loadavg()[0] * 10) / 10
const list = ENGINES.filter(({ id }) => !given.own || id.startsWith('telltale'))
const wanted = MEASUREMENTS.filter(({ measure }) => kinds.includes(measure))
const engines = []
for (const entry of wanted.length > 0 ? list : list.slice(0, 1)) {
  say(`starting ${entry.id}`)
  engines.push({ ...entry, engine: await startEngine(entry) })
}
const about = machine(engines)
const date = new Date().toISOString().slice(0, 10)

const measurements = []
try {
  for (const one of wanted) {
    say(one.title)
    measurements.push(await measure(one, engines))
  }
} finally {
  for (const { engine } of engines) engine.close?.()
}
const commandLine = kinds.includes('cli')
  ? await measureCommandLine(Number(given.rows ?? (given.quick ? 5_000 : 100_000)), {
      withPeers: !given.own,
      say,
    })
  : undefined

const heading = [
  `# Benchmark of ${date}`,
  '',
  `${about.cpu}, ${about.cores} cores, ${about.memoryGB} GB, ${about.system}; Node ${about.node}; telltale kernels: ${about.kernels}; load before the run: ${about.loadBefore}.`,
  `Each number: ${rounds} rounds of ${seconds} s, engines in turns; ratios compare the best rounds.`,
  'P1: LSTM autoencoder 32-16, window 30, 3 channels. P2: the same with 38 channels.',
  '',
].join('\n')
const text = [
  heading,
  ...measurements.map(measurementTable),
  commandLine ? commandLineTable(commandLine) : '',
].join('\n')

const slug = `${about.cpu} ${about.cores} cores`
  .toLowerCase()
  .replace(/[^a-z0-9]+/g, '-')
  .replace(/^-|-$/g, '')
const folder = new URL(`results/${date}-${slug}${given.quick ? '-quick' : ''}/`, import.meta.url)
mkdirSync(folder, { recursive: true })
const results = { date, machine: about, rounds, seconds, measurements, commandLine }
writeFileSync(new URL('results.json', folder), `${JSON.stringify(results, null, 2)}\n`)
writeFileSync(new URL('results.md', folder), text)
process.stdout.write(text)
