import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { ensureTopic, openKafkaWriter } from '../../src/sources/index.js'
import { scratchFolder } from '../cli/world.js'
import { NO_KAFKA, startKafka, valuesIn } from './kafka-broker.js'
import { watch } from './mosquitto.js'
import { liveFrame, stream, toNdjson, trainSmall, wantedOf } from './program.js'
import { startProxy } from './proxy.js'

const KILLS = Number(process.env.STREAM_TEST_KILLS ?? 3)
const STEP = 150
const MESSAGES = STEP * (KILLS + 1)

/** A model, messages of one device, a broker, and a stream that writes back to it what it finds. @param network as `startKafka` */
async function plant(network?: Parameters<typeof startKafka>[2]) {
  const folder = scratchFolder()
  await trainSmall(folder)
  const lines = toNdjson(liveFrame(MESSAGES))
  const { scores, events } = await wantedOf(
    folder,
    lines.map(line => line.replace('{', '{"id":"p7",')),
  )
  const { address } = await startKafka(folder, undefined, network)
  const connection = { brokers: [address], clientId: 'test' }
  await ensureTopic(connection, 'readings', 1)
  const writer = await openKafkaWriter(connection)
  onTestFinished(() => writer.close())
  return {
    /** What the same messages give without a disturbance. */
    wanted: { scores: [...scores].sort(), events },
    publish: (from: number, to: number) =>
      writer.write(lines.slice(from, to).map(value => ({ topic: 'readings', key: 'p7', value }))),
    start() {
      const events = watch()
      const source = ['--source', `kafka://${address}/readings`, '--no-events', '--stats-every', '1ms']
      const out = ['--sink', `kafka://${address}/out`, '--publish-scores', '--checkpoint-every', '50ms']
      return { ...stream(folder, [...source, ...out], events.onLine), events }
    },
    /** What is in the topics of the sink: each score once, every event as often as it is there. */
    async found() {
      const ids = (await valuesIn(connection, 'out.events')).map(text => JSON.parse(text).id as string)
      return {
        scores: [...new Set(await valuesIn(connection, 'out.scores'))].sort(),
        events: ids.filter(id => !id.includes('/updated/')),
      }
    },
  }
}

describe.skipIf(NO_KAFKA !== undefined)(
  `a stream of Kafka that is killed${NO_KAFKA ? ` (skipped: ${NO_KAFKA})` : ''}`,
  () => {
    it('has each event once in the topic of the sink, wherever it is killed', {
      timeout: 7_200_000,
    }, async () => {
      const { wanted, publish, start, found } = await plant()
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
      expect(await found()).toEqual(wanted)
    })

    it('goes on when the network is cut and comes back, with source and sink behind it', {
      timeout: 300_000,
    }, async () => {
      let network: Awaited<ReturnType<typeof startProxy>> | undefined
      const { wanted, publish, start, found } = await plant(async port => {
        network = await startProxy(port)
        return network.port
      })
      const { events, ...run } = start()
      const third = Math.floor(MESSAGES / 3)
      await publish(0, third)
      await events.until(/[1-9][\d,]* messages?/)
      // Each time in the middle of what was just sent. The client may bridge a short cut by itself: the first one lasts until it is noticed.
      await publish(third, 2 * third)
      const noticed = events.until(/it is tried again$/)
      const back = events.until(/connected again$/)
      network?.cut()
      await noticed
      network?.restore()
      await back
      await publish(2 * third, MESSAGES)
      network?.cut()
      await sleep(1500)
      network?.restore()
      await events.until(new RegExp(` of ${MESSAGES.toLocaleString('en')} samples`))
      run.child.kill('SIGTERM')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      expect(stderr).toMatch(/^note: kafka:.*; it is tried again$/m)
      expect(stderr).toMatch(/^note: kafka:.*: connected again$/m)
      expect(await found()).toEqual(wanted)
    })
  },
)
