import { describe, expect, it } from 'vitest'
import { ensureTopic, openKafkaWriter } from '../../src/sources/index.js'
import { hasOpenssl, makeAuthority } from '../authority.js'
import { scratchFolder } from '../cli/world.js'
import { NO_KAFKA, startKafka } from './kafka-broker.js'
import { watch } from './mosquitto.js'
import { liveFrame, stream, toNdjson, trainSmall } from './program.js'

const PASSWORD = 'q7-Vt9xRm2'
const WRONG = 'h3-Kp5wLc8'
const missing = NO_KAFKA ?? (hasOpenssl ? undefined : 'openssl is not installed')

describe.skipIf(missing !== undefined)(
  `Kafka with TLS and users${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    it('signs in by PLAIN and SCRAM over TLS; a wrong password or authority is an error that shows no secret', {
      timeout: 400_000,
    }, async () => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const broker = makeAuthority(folder, 'authority').sign('broker')
      makeAuthority(folder, 'stranger')
      const kafka = await startKafka(folder, { broker, user: 'reader', password: PASSWORD })
      const connection = { brokers: [kafka.address], clientId: 'test' }
      await ensureTopic(connection, 'readings', 1)
      const writer = await openKafkaWriter(connection)
      const lines = toNdjson(liveFrame(20))
      await writer.write(lines.map(value => ({ topic: 'readings', key: 'p7', value })))
      await writer.close()
      const address = `kafkas://${kafka.secure}/readings`
      const start = (password: string, mechanism: string, ca = 'authority.pem') => {
        const events = watch()
        const signIn = ['--kafka-user', 'reader', '--kafka-sasl', mechanism, '--kafka-ca', ca]
        const out = ['--no-events', '--stats-every', '50ms', '--sink', `kafkas://${kafka.secure}/alarms`]
        const args = ['--source', address, '--group', mechanism, ...signIn, ...out]
        return {
          events,
          ...stream(folder, args, events.onLine, { TELLTALE_STREAM_KAFKA_PASSWORD: password }),
        }
      }
      for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512']) {
        const { events, child, ended } = start(PASSWORD, mechanism)
        await events.until(/^20 messages/)
        child.kill('SIGTERM')
        const { code, stderr } = await ended
        expect(code, stderr).toBe(0)
        expect(stderr).not.toContain(PASSWORD)
      }
      for (const [mechanism, password, ca] of [
        ['plain', WRONG, undefined],
        ['scram-sha-512', WRONG, undefined],
        ['plain', PASSWORD, 'stranger.pem'],
      ] as const) {
        const { code, stderr } = await start(password, mechanism, ca).ended
        expect(code, stderr).toBe(1)
        expect(stderr).toMatch(ca ? /certificate/i : /authentication/i)
        expect(stderr).not.toContain(PASSWORD)
        expect(stderr).not.toContain(WRONG)
      }
    })
  },
)
