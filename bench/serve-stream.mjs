// How fast a server answers while a stream works: devices that send 200 samples a second each, scored with `auto`, and probes of `/livez` and of one score request
// meanwhile. Server, its workers, the sender and the probes share the cores of the machine. Usage: node bench/serve-stream.mjs [--devices 50] [--rate 200] [--seconds 20]
// [--detector auto]
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { readArguments } from '../scripts/arguments.mjs'

const CHANNELS = ['power', 'flow', 'pressure']
const pause = ms => new Promise(resolve => setTimeout(resolve, Math.max(0, ms)))
const asked = (url, options) => fetch(url, options).then(answer => answer.json())

/** Sends a fifth of a second of all devices in one request, five times a second, and counts what was acknowledged. */
async function sendMessages({ url, headers, devices, rate, seconds }) {
  const PART = 5
  const startMs = Date.UTC(2026, 0, 1)
  const from = performance.now()
  let taken = 0
  let sent = 0
  const answers = []
  for (let part = 0; part < seconds * PART; part++) {
    const lines = []
    for (let k = 0; k < rate / PART; k++) {
      const i = (part * rate) / PART + k
      const readings = CHANNELS.map((name, c) => [name, Number((10 + Math.sin(i / 7 + c)).toFixed(3))])
      const time = startMs + (1000 / rate) * i
      for (let device = 0; device < devices; device++)
        lines.push(JSON.stringify({ device: `d${device}`, time, ...Object.fromEntries(readings) }))
    }
    sent += lines.length
    const body = lines.join('\n')
    answers.push(
      asked(url, { method: 'POST', headers, body }).then(answer => {
        taken += answer.taken ?? 0
      }),
    )
    await pause(from + ((part + 1) * 1000) / PART - performance.now())
  }
  await Promise.all(answers)
  parentPort.postMessage({ sent, taken, seconds: (performance.now() - from) / 1000 })
}

async function probe(ask, isDone) {
  const times = []
  while (!isDone()) {
    const from = performance.now()
    await ask()
    times.push(performance.now() - from)
    await pause(20)
  }
  times.sort((a, b) => a - b)
  const at = share => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1))
  return { count: times.length, p50: at(0.5), p99: at(0.99), most: at(1) }
}

async function bench() {
  const { generatePlant, trainModel } = await import('../dist/doors/index.js')
  const { startModelServer } = await import('./model-server.mjs')
  const { values } = readArguments(import.meta, {
    devices: { type: 'string', default: '50' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    detector: { type: 'string', default: 'auto' },
  })
  const [devices, rate, seconds] = [values.devices, values.rate, values.seconds].map(Number)
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
  const { train } = generatePlant({ rows: 4000, channels: 3, seed: 3 })
  const model = await trainModel({ ...train, channels: CHANNELS }, { detector: values.detector, workers: 1 })
  const { server, url, headers: json } = await startModelServer(folder, model, 'pump')
  const { authorization } = json
  try {
    const body = JSON.stringify({ name: 'load', model: 'pump' })
    await asked(`${url}/api/v1/streams`, { method: 'POST', headers: json, body })
    const { scoredWindow } = await asked(`${url}/api/v1/models/pump/versions/1`, { headers: json })
    const window = JSON.stringify({
      window: Array.from({ length: scoredWindow }, (_, i) => CHANNELS.map((_, c) => 10 + Math.sin(i + c))),
    })
    const probes = isDone =>
      Promise.all([
        probe(() => asked(`${url}/livez`), isDone),
        probe(
          () => asked(`${url}/api/v1/models/pump/score`, { method: 'POST', headers: json, body: window }),
          isDone,
        ),
      ])
    const say = (state, [livez, score], more) =>
      console.log(
        JSON.stringify({ state, livez, score, ...more, machineLoad: Number(loadavg()[0].toFixed(1)) }),
      )
    const until = performance.now() + 5000
    say('idle', await probes(() => performance.now() > until))
    const sender = new Worker(new URL(import.meta.url), {
      workerData: {
        url: `${url}/api/v1/streams/load/messages`,
        headers: { authorization, 'content-type': 'application/x-ndjson' },
        devices,
        rate,
        seconds,
      },
    })
    let result
    sender.on('message', message => {
      result = message
    })
    const times = await probes(() => result !== undefined)
    const perSecond = Math.round(result.taken / result.seconds)
    say(`${devices} devices x ${rate}/s`, times, { sent: result.sent, taken: result.taken, perSecond })
  } finally {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

if (isMainThread) await bench()
else await sendMessages(workerData)
