// Requests a second of one scored window (P1: LSTM autoencoder, 30 x 3, JSON), and how fast health answers meanwhile, under 2 times the load too. Beside it
// the same network as ONNX behind FastAPI, uvicorn and ONNX Runtime, where bench/peers/install.sh has put them. Server, its worker and the load share the
// cores of the machine. Usage: node bench/serve.mjs [--seconds 10] [--connections 10,20,40]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { exportOnnx, trainModel } from '../dist/doors/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { startModelServer } from './model-server.mjs'

const { values } = readArguments(import.meta, {
  seconds: { type: 'string', default: '10' },
  connections: { type: 'string', default: '10,20,40' },
})
const seconds = Number(values.seconds)
const WINDOW = 30
const CHANNELS = ['a', 'b', 'c']
const PYTHON = new URL('peers/.venv-serve/bin/python', import.meta.url).pathname
const PEER_PORT = 18_765
const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
const reading = (i, c) => Number((10 + Math.sin(i + c)).toFixed(3))
const body = JSON.stringify({
  window: Array.from({ length: WINDOW }, (_, i) => CHANNELS.map((_, c) => reading(i, c))),
})

async function trainP1() {
  const n = 2000
  const values = Float64Array.from({ length: n * 3 }, (_, at) => reading(Math.floor(at / 3), at % 3))
  const frame = {
    timeMs: Float64Array.from({ length: n }, (_, i) => 1000 * i),
    timeKind: 'utc',
    values,
    channels: CHANNELS,
  }
  return trainModel(frame, {
    detector: 'autoencoder',
    window: WINDOW,
    units: 32,
    latent: 16,
    epochs: 1,
    workers: 1,
  })
}

async function startTelltale(model) {
  const { server, url, headers } = await startModelServer(folder, model, 'p1')
  return { server, url: `${url}/api/v1/models/p1/score`, health: `${url}/livez`, headers }
}

async function startPeer(model) {
  if (!existsSync(PYTHON)) return undefined
  const path = join(folder, 'p1.onnx')
  writeFileSync(path, exportOnnx(model))
  const script = new URL('peers/onnx_server.py', import.meta.url).pathname
  const server = spawn(PYTHON, [script, path, String(PEER_PORT)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${PEER_PORT}/score`
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return { server, url, headers: { 'content-type': 'application/json' } }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Times of answers of `/livez`, ms, until it is ended. */
function watchHealth(url) {
  const times = []
  let isDone = false
  const watching = (async () => {
    while (!isDone) {
      const from = performance.now()
      await fetch(url)
      times.push(performance.now() - from)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  })()
  return async () => {
    isDone = true
    await watching
    times.sort((a, b) => a - b)
    return Math.round(times[Math.floor(times.length * 0.99)])
  }
}

async function measure(name, { url, headers, health }, load) {
  const end = health && watchHealth(health)
  const result = await autocannon({ url, method: 'POST', headers, body, duration: seconds, ...load })
  console.log(
    JSON.stringify({
      server: name,
      ...load,
      requestsPerSecond: Math.round(result['2xx'] / result.duration),
      p50: result.latency.p50,
      p99: result.latency.p99,
      refused: result.non2xx,
      errors: result.errors,
      ...(end && { healthP99: await end() }),
      machineLoad: Number(loadavg()[0].toFixed(1)),
    }),
  )
  return result['2xx'] / result.duration
}

const started = []
try {
  const model = await trainP1()
  const own = await startTelltale(model)
  started.push(own.server)
  await autocannon({ ...own, method: 'POST', body, connections: 10, duration: 2 })
  let most = 0
  const connections = values.connections.split(',').map(Number)
  for (const count of connections)
    most = Math.max(most, await measure('telltale', own, { connections: count }))
  await measure('telltale, 2 x overload', own, { connections: 100, overallRate: Math.round(2 * most) })
  own.server.kill('SIGTERM')
  await once(own.server, 'exit')
  const peer = await startPeer(model)
  if (peer === undefined) console.log('FastAPI: not installed (bench/peers/install.sh)')
  else {
    started.push(peer.server)
    for (const count of connections) await measure('FastAPI, ONNX Runtime', peer, { connections: count })
  }
} finally {
  for (const server of started) server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
