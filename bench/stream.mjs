// The whole program `telltale stream` with `auto` on 8 channels: messages per second from a pipe and a broker, the time from a message to its score, and
// the memory of 5,000 devices. Usage: node bench/stream.mjs [MQTT-URL]; without a broker its part is left out.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readArguments } from '../scripts/arguments.mjs'
import { folder, line as lineOf, start as startModel, train } from './stream-program.mjs'

const [url] = readArguments(import.meta, {}, [0, 1]).positionals
const MODEL = join(folder, 'model')
const line = (i, more) => lineOf(i, 8, more)
const start = args => startModel(MODEL, args)

/** Writes lines and waits for room; gives the seconds from the first score to the end of the program. */
async function pipe(lines, args) {
  const child = start(['--scores', '-', ...args])
  let first
  child.stdout.on('data', () => {
    first ??= performance.now()
  })
  child.stderr.resume()
  const ended = once(child, 'close')
  for (let at = 0; at < lines.length; at += 100)
    if (!child.stdin.write(`${lines.slice(at, at + 100).join('\n')}\n`)) await once(child.stdin, 'drain')
  child.stdin.end()
  await ended
  return (performance.now() - first) / 1000
}

async function latency(perSecond, seconds, args) {
  const child = start(['--scores', '-', ...args])
  child.stderr.resume()
  const sent = []
  const found = []
  createInterface({ input: child.stdout }).on('line', () =>
    found.push(performance.now() - sent[found.length]),
  )
  child.stdin.write(`${line(0)}\n`)
  sent.push(performance.now())
  await once(child.stdout, 'data')
  const began = performance.now()
  for (let i = 1; i < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - began) / 1000) * perSecond))
    for (; i < due; i++) {
      sent.push(performance.now())
      child.stdin.write(`${line(i)}\n`)
    }
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  child.stdin.end()
  await once(child, 'close')
  const sorted = found.slice(1).sort((a, b) => a - b)
  return [0.5, 0.99].map(q => sorted[Math.floor(q * sorted.length)].toFixed(1))
}

async function memory(devices) {
  const child = start(['--map', 'device=id', '--stats-every', '500ms'])
  const done = new Promise(resolve => {
    createInterface({ input: child.stderr }).on('line', text => {
      if (text.startsWith(`${(3 * devices).toLocaleString('en')} messages`)) resolve()
    })
  })
  for (let i = 0; i < 3; i++)
    for (let d = 0; d < devices; d++)
      if (!child.stdin.write(`${line(i, { id: `d${d}` })}\n`)) await once(child.stdin, 'drain')
  await done
  const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
  child.kill('SIGKILL')
  return Math.round(kb / 1024)
}

async function broker(url, count, qos, state) {
  const { default: mqtt } = await import('mqtt')
  const topic = `bench${Date.now()}`
  const child = start([
    '--source',
    url,
    '--mqtt-client-id',
    topic,
    '--topics',
    `${topic}/{device}`,
    '--qos',
    String(qos),
    '--stats-every',
    '20ms',
    ...state,
  ])
  const seen = createInterface({ input: child.stderr })
  await once(seen, 'line')
  const done = new Promise(resolve => {
    seen.on('line', text => text.includes(`of ${count.toLocaleString('en')} samples`) && resolve())
  })
  const client = await mqtt.connectAsync(url, { clientId: `${topic}-pub`, protocolVersion: 5 })
  const lines = Array.from({ length: count }, (_, i) => line(i))
  const began = performance.now()
  for (let at = 0; at < count; at += 500)
    await Promise.all(
      lines.slice(at, at + 500).map(text => client.publishAsync(`${topic}/p`, text, { qos: 1 })),
    )
  await done
  const seconds = (performance.now() - began) / 1000
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  await Promise.all([ended, client.endAsync()])
  return seconds
}

/** River on the same messages, in its own process. */
function river(lines) {
  const peers = join(import.meta.dirname, 'peers')
  const python = join(peers, '.venv-stream/bin/python')
  if (!existsSync(python)) return 'not installed'
  const file = join(folder, 'river.ndjson')
  writeFileSync(file, lines.join('\n'))
  const { stdout, stderr } = spawnSync(python, [join(peers, 'river_peer.py'), file], { encoding: 'utf8' })
  if (stdout === '') return stderr
  const { rate, p99 } = JSON.parse(stdout)
  return `${Math.round(rate)} messages/s, P99 of one ${p99.toFixed(2)} ms`
}

try {
  await train('model', 8)
  const rows = 40_000
  const lines = Array.from({ length: rows }, (_, i) => line(i))
  const rate = seconds => `${Math.round(rows / seconds)} messages/s`
  console.log(`pipe: ${rate(await pipe(lines, []))}`)
  console.log(`pipe with --state: ${rate(await pipe(lines, ['--state', join(folder, 's1')]))}`)
  for (const [name, args] of [
    ['without state', []],
    ['with --state', ['--state', join(folder, 's2')]],
  ])
    console.log(
      `message to score at 1,000/s ${name}: P50, P99 = ${(await latency(1000, 8, args)).join(', ')} ms`,
    )
  console.log(`River, half-space trees on the same messages: ${river(lines.slice(0, 10_000))}`)
  const [one, many] = [await memory(1), await memory(5000)]
  console.log(
    `memory: 1 device ${one} MB, 5,000 devices ${many} MB (${Math.round(((many - one) * 1024) / 5000)} kB each)`,
  )
  if (url) {
    for (const [qos, state] of [
      [0, []],
      [1, []],
      [1, ['--state', join(folder, 's3')]],
    ]) {
      const seconds = await broker(url, 10_000, qos, state)
      console.log(
        `MQTT QoS ${qos}${state.length ? ' with --state' : ''}: ${Math.round(10_000 / seconds)} messages/s`,
      )
    }
  } else console.log('MQTT: skipped, no URL of a broker was given')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
