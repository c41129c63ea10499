// The whole program `telltale stream` behind real brokers: messages per second of MQTT with an LSTM autoencoder and of Kafka with a cheap detector, the time
// from a message to its score at half of that load, and 4,000 devices of 12 channels at 1 Hz with `auto`.
// Usage: node bench/stream-brokers.mjs [--mqtt mqtt://localhost] [--kafka localhost:9092] [--devices 4000] [--seconds 30]
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readArguments } from '../scripts/arguments.mjs'
import { folder, line, processorSeconds, start, train } from './stream-program.mjs'

const { values: options } = readArguments(import.meta, {
  mqtt: { type: 'string' },
  kafka: { type: 'string' },
  devices: { type: 'string', default: '4000' },
  seconds: { type: 'string', default: '30' },
})
const number = x => Math.round(x).toLocaleString('en')
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Resolves with the time at which a line of statistics fits. */
function until(child, test) {
  return new Promise(resolve => {
    createInterface({ input: child.stderr }).on('line', text => test(text) && resolve(performance.now()))
  })
}

async function stop(child) {
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  await ended
}

async function mqttRate(url, model, count) {
  const { default: mqtt } = await import('mqtt')
  const topic = `bench${Date.now()}`
  const source = ['--source', url, '--mqtt-client-id', topic, '--topics', `${topic}/{device}`, '--qos', '0']
  const child = start(model, [...source, '--stats-every', '20ms'])
  await once(child.stderr, 'data')
  const done = until(child, text => text.includes(` of ${count.toLocaleString('en')} samples`))
  const client = await mqtt.connectAsync(url, { clientId: `${topic}-pub`, protocolVersion: 5 })
  const lines = Array.from({ length: count }, (_, i) => line(i, 8))
  const used = processorSeconds(child)
  const began = performance.now()
  for (let at = 0; at < count; at += 500)
    await Promise.all(
      lines.slice(at, at + 500).map(text => client.publishAsync(`${topic}/p`, text, { qos: 1 })),
    )
  const seconds = ((await done) - began) / 1000
  const perCore = count / (processorSeconds(child) - used)
  await Promise.all([stop(child), client.endAsync()])
  return { rate: count / seconds, perCore }
}

/** From the call that publishes a message to its score on standard output. */
async function mqttDelay(url, model, perSecond, seconds) {
  const { default: mqtt } = await import('mqtt')
  const topic = `delay${Date.now()}`
  const source = ['--source', url, '--mqtt-client-id', topic, '--topics', `${topic}/{device}`, '--qos', '0']
  const child = start(model, [...source, '--stats-every', '100ms', '--scores', '-'])
  await once(child.stderr, 'data')
  child.stderr.resume()
  const client = await mqtt.connectAsync(url, { clientId: `${topic}-pub`, protocolVersion: 5 })
  // A device sends each message at once; without this the kernel holds small ones back for up to 40 ms.
  client.stream.setNoDelay(true)
  const sent = []
  const found = []
  createInterface({ input: child.stdout }).on('line', () =>
    found.push(performance.now() - sent[found.length]),
  )
  const began = performance.now()
  const count = perSecond * seconds
  while (sent.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * perSecond))
    while (sent.length < due) {
      const text = line(sent.length, 8)
      sent.push(performance.now())
      client.publish(`${topic}/p`, text, { qos: 0 })
    }
    await pause(1)
  }
  while (found.length < count) await pause(10)
  await Promise.all([stop(child), client.endAsync()])
  const sorted = found.slice(perSecond).sort((a, b) => a - b)
  return [0.5, 0.99].map(q => `${sorted[Math.floor(q * sorted.length)].toFixed(1)} ms`)
}

/** Messages that are there when the program starts: the time from the first statistics to the last score. */
async function kafkaRate(address, model, count) {
  const { ensureTopic, openKafkaWriter } = await import('../dist/sources/index.js')
  const connection = { brokers: [address], clientId: 'bench' }
  const topic = `bench${Date.now()}`
  await ensureTopic(connection, topic, 4)
  const writer = await openKafkaWriter(connection)
  for (let at = 0; at < count; at += 5000)
    await writer.write(
      Array.from({ length: Math.min(5000, count - at) }, (_, i) => ({
        topic,
        key: `d${i % 64}`,
        value: line(Math.floor((at + i) / 64), 8),
      })),
    )
  await writer.close()
  const child = start(model, [
    '--source',
    `kafka://${address}/${topic}`,
    '--group',
    topic,
    '--stats-every',
    '20ms',
  ])
  let first
  const seen = [/^([\d,]+) messages/, Number.NaN]
  const done = until(child, text => {
    const messages = Number(seen[0].exec(text)?.[1].replaceAll(',', ''))
    if (messages > 0) first ??= { at: performance.now(), used: processorSeconds(child), messages }
    return messages === count
  })
  const seconds = ((await done) - first.at) / 1000
  const rest = count - first.messages
  const perCore = rest / (processorSeconds(child) - first.used)
  await stop(child)
  return { rate: rest / seconds, perCore }
}

/** Devices that send once in a second: memory, share of a core, and the time from the start with their state to the first score. */
async function fleet(model, devices, seconds) {
  const args = [
    '--map',
    'device=id',
    '--state',
    join(folder, 'fleet'),
    '--scores',
    '-',
    '--stats-every',
    '1s',
  ]
  const status = ({ pid }) => readFileSync(`/proc/${pid}/status`, 'utf8')
  const send = async (child, i) => {
    for (let d = 0; d < devices; d++)
      if (!child.stdin.write(`${line(i, 12, { id: `d${d}` })}\n`)) await once(child.stdin, 'drain')
  }
  const run = start(model, args)
  run.stderr.resume()
  run.stdout.resume()
  const warmUp = 20
  for (let i = 0; i < warmUp; i++) await send(run, i)
  const before = processorSeconds(run)
  const began = performance.now()
  for (let i = 0; i < seconds; i++) {
    await send(run, warmUp + i)
    await pause(Math.max(0, began + 1000 * (i + 1) - performance.now()))
  }
  const share = (processorSeconds(run) - before) / ((performance.now() - began) / 1000)
  const peak = Math.round(/VmHWM:\s+(\d+)/.exec(status(run))[1] / 1024)
  const ended = once(run, 'exit')
  run.kill('SIGKILL')
  await ended
  const restarted = performance.now()
  const again = start(model, args)
  again.stderr.resume()
  const scored = new Set()
  const all = new Promise(resolve => {
    createInterface({ input: again.stdout }).on('line', text => {
      const { time, device } = JSON.parse(text)
      if (Date.parse(time) === 1.7e12 + 1000 * (warmUp + seconds)) scored.add(device)
      if (scored.size === devices) resolve(performance.now())
    })
  })
  await send(again, warmUp + seconds)
  const restart = ((await all) - restarted) / 1000
  const work = processorSeconds(again)
  await stop(again)
  return { peak, share, restart, work }
}

try {
  const { mqtt, kafka } = options
  const told = ({ rate, perCore }) =>
    `${number(rate)} messages/s, ${number(perCore)} per processor second (${number(8 * perCore)} readings)`
  if (mqtt) {
    console.log(`MQTT, auto: ${told(await mqttRate(mqtt, await train('auto8', 8), 10_000))}`)
    const network = await train('lstm', 8, { detector: 'autoencoder', epochs: 1 }, 2000)
    const found = await mqttRate(mqtt, network, 10_000)
    console.log(`MQTT, LSTM autoencoder: ${told(found)}`)
    for (const rate of [1000, Math.floor(found.rate / 4), Math.floor(found.rate / 2)]) {
      const delays = await mqttDelay(mqtt, network, rate, 8)
      console.log(
        `MQTT, LSTM autoencoder, ${number(rate)} messages/s: message to score P50, P99 = ${delays.join(', ')}`,
      )
    }
  } else console.log('MQTT: skipped, no --mqtt')
  if (kafka) {
    const cheap = await train('ewma', 8, { detector: 'ewma' })
    console.log(`Kafka, ewma: ${told(await kafkaRate(kafka, cheap, 200_000))}`)
  } else console.log('Kafka: skipped, no --kafka')
  const devices = Number(options.devices)
  const { peak, share, restart, work } = await fleet(
    await train('auto', 12),
    devices,
    Number(options.seconds),
  )
  console.log(
    `${number(devices)} devices of 12 channels at 1 Hz, auto, --state: peak ${peak} MB, ${(100 * share).toFixed(0)} % of a core; ` +
      `all scored ${restart.toFixed(1)} s after a kill -9 and restart, ${work.toFixed(1)} s of a processor`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
