// npm run bench:threads -- [--seconds 2] [--rounds 5]
// What a second thread brings and what it costs: training and scoring of P1 with 1 and 2 threads, on the machine as it is, on one core
// (taskset, Linux), and beside a process that keeps a core busy. Interleaved, so that a busy machine slows all alike; then one sample at a time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { readArguments } from '../scripts/arguments.mjs'
import { ENGINES, startEngine } from './engines.mjs'

const { seconds, rounds } = Object.fromEntries(
  Object.entries(
    readArguments(import.meta, {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
    }).values,
  ).map(([name, value]) => [name, Number(value)]),
)
const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const engine = id => ENGINES.find(one => one.id === id)

/** The same engine on one core. */
const pinned = ({ command, args }) => ({ command: 'taskset', args: ['-c', '0', command, ...args] })

async function busyProcess() {
  const child = spawn(process.execPath, ['-e', "process.stdout.write('busy'); for (;;);"])
  await once(child.stdout, 'data')
  return child
}

/** Rates by number of threads, in turns. */
async function compare(condition, start) {
  const engines = []
  for (const threads of [1, 2]) {
    const started = await startEngine(start(engine(`telltale-${threads}`)))
    if (started.missing) return console.log(`${condition.padEnd(28)} not measured: ${started.missing}`)
    engines.push(started)
  }
  for (const measure of ['train', 'score']) {
    const request = { measure, problem: 'P1', batch: measure === 'train' ? 32 : 64, seconds }
    const rates = [[], []]
    for (let round = 0; round < rounds; round++)
      for (const [e, { ask }] of engines.entries()) rates[e].push((await ask(request)).rate)
    const [one, two] = rates.map(median)
    const ratios = median(rates[0].map((rate, r) => rates[1][r] / rate))
    const shown = [one, two].map(rate => String(Math.round(rate)).padStart(8)).join('')
    console.log(`${condition.padEnd(28)} ${measure.padEnd(6)} ${shown}   ${ratios.toFixed(2)}`)
  }
  for (const { close } of engines) close()
}

console.log(
  `P1, windows/s, medians of ${rounds} rounds of ${seconds} s; load before ${loadavg()[0].toFixed(1)}`,
)
console.log(`${''.padEnd(28)} ${''.padEnd(6)} 1 thread 2 threads ratio`)
await compare('as it is', start => start)
await compare('on one core', pinned)
const busy = await busyProcess()
await compare('beside a busy process', start => start)
busy.kill()

for (const id of ['telltale-1', 'onnxruntime-1']) {
  const { hello, ask, close, missing } = await startEngine(engine(id))
  if (missing) {
    console.log(`one sample at a time, ${id}: ${missing}`)
    continue
  }
  const rates = []
  for (let round = 0; round < rounds; round++)
    rates.push((await ask({ measure: 'latency', problem: 'P1', batch: 1, seconds })).rate)
  close()
  console.log(`one sample at a time, ${hello.name} ${hello.version}: ${Math.round(median(rates))} windows/s`)
}
