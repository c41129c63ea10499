import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { ensureTopic, openKafkaWriter, openTopicReader } from '../../src/sources/index.js'
import { scratchFolder } from '../cli/world.js'
import { NO_KAFKA, startKafka } from './kafka-broker.js'
import { watch } from './mosquitto.js'
import { liveFrame, stream, toNdjson, trainSmall, wantedOf } from './program.js'
import { startProxy } from './proxy.js'

const KILLS = Number(process.env.STREAM_TEST_KILLS ?? 3)
const STEP = 150
const MESSAGES = STEP * (KILLS + 1)

describe.skipIf(NO_KAFKA !== undefined)(
  `a stream of Kafka that is killed${NO_KAFKA ? ` (skipped: ${NO_KAFKA})` : ''}`,
  () => {
    it('has each event once in the topic of the sink, wherever it is killed', {
      timeout: 7_200_000,
    }, async () => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const lines = toNdjson(liveFrame(MESSAGES))
      const wanted = await wantedOf(
        folder,
        lines.map(line => line.replace('{', '{"id":"p7",')),
      )
      const kafka = await startKafka(folder)
      const connection = { brokers: [kafka.address], clientId: 'test' }
      await ensureTopic(connection, 'readings', 1)
      const writer = await openKafkaWriter(connection)
      const publish = (from: number, to: number) =>
        writer.write(lines.slice(from, to).map(value => ({ topic: 'readings', key: 'p7', value })))
      const start = () => {
        const events = watch()
        const source = [
          '--source',
          `kafka://${kafka.address}/readings`,
          '--no-events',
          '--stats-every',
          '1ms',
        ]
        const out = [
          '--sink',
          `kafka://${kafka.address}/out`,
          '--publish-scores',
          '--checkpoint-every',
          '50ms',
        ]
        return { ...stream(folder, [...source, ...out], events.onLine), events }
      }
      const random = createRandom(13)
      let sent = 0
      for (let kill = 0; kill < KILLS; kill++) {
        const run = start()
        const publishing = publish(sent, sent + STEP)
        sent += STEP
        await run.events.until(/messages?/)
        for (let left = Math.floor(10 * random.uniform()); left > 0; left--)
          await run.events.until(/messages?/)
        const ended = once(run.child, 'exit')
        run.child.kill('SIGKILL')
        await Promise.all([ended, publishing])
      }
      const last = start()
      await publish(sent, MESSAGES)
      await last.events.until(new RegExp(` of ${MESSAGES.toLocaleString('en')} samples`))
      last.child.kill('SIGTERM')
      const { code, stderr } = await last.ended
      expect(code, stderr).toBe(0)
      const ids = (await valuesIn(connection, 'out.events')).map(text => JSON.parse(text).id as string)
      expect(ids.filter(id => !id.includes('/updated/'))).toEqual(wanted.events)
      expect([...new Set(await valuesIn(connection, 'out.scores'))].sort()).toEqual([...wanted.scores].sort())
      await writer.close()
    })

    it('goes on when the network is cut and comes back, with source and sink behind it', {
      timeout: 300_000,
    }, async () => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const lines = toNdjson(liveFrame(MESSAGES))
      const wanted = await wantedOf(
        folder,
        lines.map(line => line.replace('{', '{"id":"p7",')),
      )
      let network: Awaited<ReturnType<typeof startProxy>> | undefined
      const kafka = await startKafka(folder, undefined, async port => {
        network = await startProxy(port)
        return network.port
      })
      const connection = { brokers: [kafka.address], clientId: 'test' }
      await ensureTopic(connection, 'readings', 1)
      const writer = await openKafkaWriter(connection)
      const publish = (from: number, to: number) =>
        writer.write(lines.slice(from, to).map(value => ({ topic: 'readings', key: 'p7', value })))
      const events = watch()
      const source = ['--source', `kafka://${kafka.address}/readings`, '--no-events', '--stats-every', '1ms']
      const out = ['--sink', `kafka://${kafka.address}/out`, '--publish-scores', '--checkpoint-every', '50ms']
      const run = stream(folder, [...source, ...out], events.onLine)
      const third = Math.floor(MESSAGES / 3)
      await publish(0, third)
      await events.until(/[1-9][\d,]* messages?/)
      for (const [from, to] of [
        [third, 2 * third],
        [2 * third, MESSAGES],
      ]) {
        await publish(from, to)
        // In the middle of what was just sent.
        network?.cut()
        await sleep(1500)
        network?.restore()
      }
      await events.until(new RegExp(` of ${MESSAGES.toLocaleString('en')} samples`))
      run.child.kill('SIGTERM')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      expect(stderr).toMatch(/^note: kafka:.*; it is tried again$/m)
      expect(stderr).toMatch(/^note: kafka:.*: connected again$/m)
      const ids = (await valuesIn(connection, 'out.events')).map(text => JSON.parse(text).id as string)
      expect(ids.filter(id => !id.includes('/updated/'))).toEqual(wanted.events)
      expect([...new Set(await valuesIn(connection, 'out.scores'))].sort()).toEqual([...wanted.scores].sort())
      await writer.close()
    })
  },
)

async function valuesIn(connection: Parameters<typeof openTopicReader>[0], topic: string): Promise<string[]> {
  const reader = await openTopicReader(connection, topic)
  const partitions = Array.from({ length: await reader.partitions() }, (_, p) => p)
  const all = await Promise.all(partitions.map(partition => reader.readAll(partition, 0n)))
  await reader.close()
  return all.flat().map(({ value }) => String(value))
}
