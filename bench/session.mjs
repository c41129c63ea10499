// npm run bench:session -- [--seconds 3] [--models 20000] [--sessions 5000] [--soak 1000000] [--before DIR]
// The path of a live system: `session.push` of one sample. Beside ONNX Runtime called once per window where that is installed (bench/peers).
// Then many models, many sessions with save and restore, and a soak with the memory on the way.
// --before DIR: the compiled `dist` of another commit; the cost of `detect` for a file is compared with it in the same run.
import { loadavg } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sliceFrame } from '../dist/core/frame.js'
import { createRandom } from '../dist/core/random.js'
import { modelFromState, modelToState } from '../dist/model/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { openSession } from '../dist/session/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { ENGINES, startEngine } from './engines.mjs'

const { values } = readArguments(import.meta, {
  seconds: { type: 'string', default: '3' },
  models: { type: 'string', default: '20000' },
  sessions: { type: 'string', default: '5000' },
  soak: { type: 'string', default: '1000000' },
  before: { type: 'string' },
})
const seconds = Number(values.seconds)
const MB = 1e6

/** Channels that oscillate together, a sample a minute. */
function machine(n, channels, seed) {
  const random = createRandom(seed)
  const data = new Float64Array(n * channels)
  for (let i = 0; i < n; i++)
    for (let c = 0; c < channels; c++)
      data[i * channels + c] = 100 * c + (c % 2 ? -1 : 1) * Math.sin(0.2 * i + c) + 0.1 * random.normal()
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => 1.7e12 + 60_000 * i),
    timeKind: 'utc',
    values: data,
    channels: Array.from({ length: channels }, (_, c) => `c${c}`),
  }
}
const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const rss = () => {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

/** Microseconds of each push of one sample. */
function pushTimes(model, frame, ms) {
  const session = openSession(model)
  const times = []
  const rows = frame.timeMs.length
  for (let i = 0, end = performance.now() + ms; performance.now() < end; i++) {
    const at = i % rows
    const one = sliceFrame(frame, at, at + 1)
    const sample = { ...one, timeMs: Float64Array.of(1.7e12 + 60_000 * i) }
    const started = performance.now()
    session.push(sample)
    times.push(1000 * (performance.now() - started))
  }
  return times.slice(times.length >> 2)
}

async function singlePushes() {
  console.log(`\none sample per push, load ${loadavg()[0].toFixed(1)}`)
  const [history, live] = [machine(3000, 8, 1), machine(4000, 8, 2)]
  const kinds = ['auto', 'z-score', 'ewma', 'pca-q', 'linear-var', 'moving-average', 'seasonal', 'range']
  for (const detector of kinds) {
    const model = await trainModel(history, {
      detector,
      workers: 1,
      ...(detector !== 'auto' && { eventLength: 0 }),
    })
    const times = pushTimes(model, live, 1000 * seconds).sort((a, b) => a - b)
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length
    const p99 = times[Math.floor(0.99 * times.length)]
    console.log(
      `${detector.padEnd(16)} 8 channels  median ${times[times.length >> 1].toFixed(1)} us, P99 ${p99.toFixed(1)} us, ${Math.round(8e6 / mean)} readings/s`,
    )
  }
}

async function againstOnnxRuntime() {
  const options = { detector: 'autoencoder', window: 30, units: 32, latent: 16, epochs: 1, workers: 1 }
  const model = await trainModel(machine(2000, 3, 1), options)
  const peer = await startEngine(ENGINES.find(({ id }) => id === 'onnxruntime-1'))
  const live = machine(4000, 3, 2)
  const rates = { telltale: [], peer: [] }
  for (let round = 0; round < 5; round++) {
    const times = pushTimes(model, live, 1000 * seconds)
    rates.telltale.push(1e6 / (times.reduce((sum, time) => sum + time, 0) / times.length))
    if (!peer.missing)
      rates.peer.push((await peer.ask({ measure: 'latency', problem: 'P1', batch: 1, seconds })).rate)
  }
  console.log(
    `\nLSTM autoencoder P1, session.push of one sample: ${Math.round(median(rates.telltale))} windows/s`,
  )
  if (peer.missing) return console.log(`ONNX Runtime: ${peer.missing}`)
  peer.close()
  const ratio = median(rates.telltale.map((rate, r) => rate / rates.peer[r]))
  console.log(
    `${peer.hello.name} ${peer.hello.version}: ${Math.round(median(rates.peer))} windows/s; ratio ${ratio.toFixed(2)}`,
  )
}

async function manyModels(count) {
  const state = modelToState(await trainModel(machine(1000, 3, 1), { workers: 1 }))
  const before = rss()
  const started = performance.now()
  const models = Array.from({ length: count }, () => modelFromState(state))
  const took = performance.now() - started
  const sample = sliceFrame(machine(2, 3, 2), 0, 1)
  for (const model of models) openSession(model).push(sample)
  console.log(
    `\n${count} auto models loaded: ${(took / 1000).toFixed(1)} s, ${(took / count).toFixed(2)} ms each, +${Math.round((rss() - before) / MB)} MB`,
  )
}

async function manySessions(count) {
  const model = await trainModel(machine(3000, 10, 1), { workers: 1 })
  const live = machine(80, 10, 3)
  const before = rss()
  const sessions = Array.from({ length: count }, () => openSession(model))
  for (let i = 0; i < 80; i++) {
    const one = sliceFrame(live, i, i + 1)
    for (const session of sessions) session.push(one)
  }
  const held = rss() - before
  const states = sessions.map(session => session.state())
  const started = performance.now()
  const restored = states.map(state => openSession(model, {}, state))
  const took = performance.now() - started
  const next = sliceFrame(machine(81, 10, 3), 80)
  const wanted = sessions[0].push(next).scored.score[0]
  const equal = restored.every(session => Object.is(session.push(next).scored.score[0], wanted))
  console.log(
    `\n${count} sessions of 10 channels on one auto model, 80 samples each: +${Math.round(held / MB)} MB; restored in ${(took / 1000).toFixed(1)} s, ${equal ? 'equal bits' : 'DIFFERENT BITS'}`,
  )
}

async function soak(samples) {
  const model = await trainModel(machine(3000, 5, 1), { detector: 'auto', workers: 1 })
  const session = openSession(model)
  const chunk = machine(5000, 5, 4)
  console.log(`\nsoak: one session, ${samples} samples of 5 channels`)
  const step = Math.ceil(samples / 5 / 5000) * 5000
  for (let done = 0; done < samples; done += 5000) {
    const timeMs = chunk.timeMs.map((_, i) => 1.7e12 + 60_000 * (done + i))
    // Small and large pieces in turn.
    for (let at = 0; at < 5000; ) {
      const size = done % 10_000 === 0 ? 500 : 25
      session.push(sliceFrame({ ...chunk, timeMs }, at, at + size))
      at += size
    }
    if (done % step === 0) {
      const bytes = Object.values(session.state().arrays).reduce((sum, { data }) => sum + data.byteLength, 0)
      console.log(
        `${String(done).padStart(10)} samples  rss ${Math.round(rss() / MB)} MB  state ${bytes} bytes`,
      )
    }
  }
}

async function fileCost(folder) {
  const old = await import(pathToFileURL(resolve(folder, 'index.js')).href)
  const [history, live] = [machine(5000, 5, 1), machine(20_000, 5, 2)]
  console.log(`\ndetect of a file, 20,000 x 5, against ${folder}; load ${loadavg()[0].toFixed(1)}`)
  for (const [name, given, before] of [
    ['auto', {}, {}],
    ['pca-q', { detector: 'pca-q', eventLength: 0 }, { detector: 'pca-q', eventLength: 0 }],
    ['dense network', { architecture: 'dense-ae', epochs: 1 }, { architecture: 'dense-ae', epochs: 1 }],
  ]) {
    const model = await trainModel(history, { workers: 1, ...given })
    const oldModel = await old.trainModel(history, old.trainOptions.parse({ workers: 1, ...before }))
    const cpu = async work => {
      const started = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(started)
      return (user + system) / 1000
    }
    const ratios = []
    for (let round = 0; round < 9; round++) {
      const then = await cpu(() => old.detect(oldModel, live))
      const now = await cpu(() => detect(model, live))
      ratios.push(now / then)
    }
    console.log(`${name.padEnd(16)} ratio of processor time, median of 9: ${median(ratios).toFixed(2)}`)
  }
}

// First: what ran before in a process changes how the engine has compiled the shared code.
if (values.before) await fileCost(values.before)
await singlePushes()
await againstOnnxRuntime()
if (Number(values.models) > 0) await manyModels(Number(values.models))
if (Number(values.sessions) > 0) await manySessions(Number(values.sessions))
if (Number(values.soak) > 0) await soak(Number(values.soak))
