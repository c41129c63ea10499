// What it costs to measure: scoring with and without the timer of stages, by turns, and what one span takes.
// node bench/observe.mjs [--rounds 40]
import { detect, frameFromColumns, trainModel } from '../dist/doors/index.js'
import { createMetrics } from '../dist/observe/index.js'
import { readArguments } from '../scripts/arguments.mjs'

const { values } = readArguments(import.meta, { rounds: { type: 'string', default: '40' } })
const rounds = Number(values.rounds)
const median = numbers => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const n = 40_000
const channels = Object.fromEntries(
  Array.from({ length: 8 }, (_, c) => [
    `c${c}`,
    Float64Array.from({ length: n }, (_, i) => Math.sin(i / (20 + c)) + ((i * (c + 7919)) % 101) / 500),
  ]),
)
const frame = frameFromColumns({ channels })
const rows = []
for (const detector of ['z-score', 'pca-q', 'dense-ae']) {
  const options = detector === 'dense-ae' ? { architecture: detector, epochs: 1, workers: 1 } : { detector }
  const model = await trainModel(frameFromColumns({ channels: mapped(channels, 8000) }), {
    window: 20,
    ...options,
  })
  const metrics = createMetrics({ now: () => performance.now() })
  const costs = { off: [], on: [] }
  const run = async (kind, hooks) => {
    const started = cpuMs()
    await detect(model, frame, {}, hooks)
    costs[kind].push(cpuMs() - started)
  }
  for (let r = 0; r < rounds + 3; r++) {
    // By turns, so that both meet the same machine; the first rounds warm up.
    for (const kind of r % 2 ? ['on', 'off'] : ['off', 'on'])
      await run(kind, kind === 'on' ? { time: metrics.time } : {})
    if (r < 3) for (const kind of ['on', 'off']) costs[kind] = []
  }
  const spans = metrics
    .families()
    .flatMap(({ name, series }) => (name === 'telltale_stage_duration_seconds' ? series : []))
    .reduce((sum, { summary }) => sum + summary.count, 0)
  const differences = costs.on.map((on, i) => on - costs.off[i])
  rows.push({
    detector,
    'off (ms)': median(costs.off).toFixed(1),
    'on (ms)': median(costs.on).toFixed(1),
    'difference of pairs (%)': ((100 * median(differences)) / median(costs.off)).toFixed(2),
    'spans per run': Math.round(spans / (rounds + 3)),
  })
}
const metrics = createMetrics({ now: () => performance.now() })
const count = 1_000_000
const started = performance.now()
for (let i = 0; i < count; i++) metrics.time('score', () => i)
const nanoseconds = ((performance.now() - started) / count) * 1e6
for (const row of rows)
  row['spans (% of run)'] = (
    (100 * row['spans per run'] * nanoseconds) /
    1e6 /
    Number(row['off (ms)'])
  ).toFixed(4)
console.table(rows)
console.log(`one span: ${nanoseconds.toFixed(0)} ns`)

function mapped(columns, length) {
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, values.subarray(0, length)]),
  )
}
