import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MqttClient } from 'mqtt'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { scratchFolder } from '../cli/world.js'
import { receiver } from '../emit/receiver.js'
import { connect, MOSQUITTO, startBroker, watch } from './mosquitto.js'
import { idsOf, linesOf, liveFrame, stream, toNdjson, trainSmall, wantedOf } from './program.js'
import { startProxy } from './proxy.js'

const KILLS = Number(process.env.STREAM_TEST_KILLS ?? 4)
const MESSAGES = 100 * (KILLS + 2)
/** Messages that cannot be used, by the reason for which they are counted. */
const POISON: readonly (readonly [reason: string, payload: string])[] = [
  ['not-json', '{"time":'],
  ['not-json', '\u0000\uffff'],
  ['bad-time', '{"time":"yesterday","a":1}'],
  ['future', '{"time":"2999-01-01","a":1}'],
  ['no-reading', '{"time":"2024-01-01T00:00:00Z"}'],
  ['too-large', `"${'x'.repeat(1 << 20)}"`],
]

/** Ids of events that opened and closed, each once, as the broker delivered them. */
async function hear(client: MqttClient, topic: string) {
  const ids = new Set<string>()
  client.on('message', (from, payload) => {
    if (!from.endsWith('/event')) return
    const { id } = JSON.parse(String(payload))
    if (!id.includes('/updated/')) ids.add(id)
  })
  await client.subscribeAsync(`${topic}/+/event`, { qos: 1 })
  return ids
}

async function plant() {
  const folder = scratchFolder()
  await trainSmall(folder)
  const frame = liveFrame(MESSAGES)
  const lines = toNdjson(frame)
  const wanted = await wantedOf(folder, toNdjson(frame, { id: 'p7' }))
  const broker = await startBroker(folder)
  const client = await connect(broker.url)
  const heard = await hear(client, 'alarms')
  const publish = async (from: number, to: number) => {
    for (const line of lines.slice(from, to)) await client.publishAsync('m/p7', line, { qos: 1 })
  }
  const start = (url: string, hook: string) => {
    const source = ['--source', url, '--topics', 'm/{device}', '--checkpoint-every', '50ms']
    const out = ['--events', 'e.jsonl', '--scores', 's.jsonl', '--state', 'state', '--stats-every', '1ms']
    const events = watch()
    const run = stream(
      folder,
      [...source, ...out, '--sink', `${url}/alarms,http://${hook}/hook`],
      events.onLine,
    )
    return { ...run, events }
  }
  const counts = () => JSON.parse(readFileSync(join(folder, 'state/checkpoint.json'), 'utf8')).stream.counts
  return { folder, wanted, broker, client, heard, publish, start, counts }
}

const idsIn = (bodies: readonly { readonly body: string }[]) =>
  new Set(bodies.map(({ body }) => JSON.parse(body).id as string).filter(id => !id.includes('/updated/')))

const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((a, b) => a + b, 0)

describe.skipIf(MOSQUITTO === undefined)(
  'a stream of a broker that is killed (skipped: mosquitto is not installed)',
  () => {
    it('loses nothing, has each line once and accounts for every message, wherever it is killed, with poison among them', {
      timeout: 3_600_000,
    }, async () => {
      const { folder, wanted, broker, client, heard, publish, start, counts } = await plant()
      const { received, host } = await receiver()
      const random = createRandom(11)
      let sent = 0
      // The broker keeps messages for a program that it knows.
      const first = start(broker.url, host)
      await first.events.until(/messages?/)
      first.child.kill('SIGTERM')
      await first.ended
      for (let kill = 0; kill < KILLS; kill++) {
        const run = start(broker.url, host)
        const publishing = publish(sent, sent + 100)
        sent += 100
        const [, payload] = POISON[kill % POISON.length]
        await client.publishAsync('m/p7', payload, { qos: 1 })
        await run.events.until(/messages?/)
        // Anywhere: while messages come, are scored, are saved, or are on their way to the sinks.
        for (let left = Math.floor(40 * random.uniform()); left > 0; left--)
          await run.events.until(/messages?/)
        const ended = once(run.child, 'exit')
        run.child.kill('SIGKILL')
        await Promise.all([ended, publishing])
      }
      const last = start(broker.url, host)
      await publish(sent, MESSAGES)
      for (const [, payload] of POISON) await client.publishAsync('m/p7', payload, { qos: 1 })
      await last.events.until(new RegExp(` of ${MESSAGES.toLocaleString('en')} samples.*no-reading`))
      last.child.kill('SIGTERM')
      const { code, stderr } = await last.ended
      expect(code, stderr).toBe(0)
      expect(linesOf(join(folder, 's.jsonl'))).toEqual(wanted.scores)
      expect(idsOf(join(folder, 'e.jsonl'))).toEqual(wanted.events)
      expect([...heard]).toEqual(wanted.events)
      expect([...idsIn(received)]).toEqual(wanted.events)
      const { received: all, taken, refused, samples, scored, unscored } = counts()
      expect(taken).toBe(MESSAGES)
      expect(all).toBe(taken + sum(refused))
      expect(samples).toBe(scored + sum(unscored))
      for (const [reason] of POISON) expect(refused[reason]).toBeGreaterThan(0)
    })

    it('goes on when the network is cut and comes back, with source and sink behind it', {
      timeout: 300_000,
    }, async () => {
      const { folder, wanted, broker, heard, publish, start, counts } = await plant()
      const { received, host } = await receiver([503, 500])
      const network = await startProxy(broker.port)
      const run = start(network.url, host)
      const third = Math.floor(MESSAGES / 3)
      await run.events.until(/messages?/)
      await publish(0, third)
      for (const [from, to] of [
        [third, 2 * third],
        [2 * third, MESSAGES],
      ]) {
        const told = run.events.until(/^note: source .*it is tried again/)
        const back = run.events.until(/^note: source .*connected again/)
        network.cut()
        await told
        await publish(from, to)
        network.restore()
        await back
      }
      await run.events.until(new RegExp(` of ${MESSAGES.toLocaleString('en')} samples`))
      run.child.kill('SIGTERM')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      expect(stderr).toMatch(/note: http:.*status 503; it is tried again/)
      expect(linesOf(join(folder, 's.jsonl'))).toEqual(wanted.scores)
      expect([...heard]).toEqual(wanted.events)
      expect([...idsIn(received)]).toEqual(wanted.events)
      const { received: all, taken, refused } = counts()
      expect(all).toBe(taken + sum(refused))
    })
  },
)
