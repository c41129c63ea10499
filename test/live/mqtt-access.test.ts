import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hasOpenssl, makeAuthority } from '../authority.js'
import { scratchFolder } from '../cli/world.js'
import { connect, MOSQUITTO, startBroker, watch } from './mosquitto.js'
import { linesOf, liveFrame, stream, toNdjson, trainSmall } from './program.js'

const PASSWORD = 'q7-Vt9xRm2'
const WRONG = 'h3-Kp5wLc8'
const missing =
  MOSQUITTO === undefined ? 'mosquitto is not installed' : hasOpenssl ? undefined : 'openssl is not installed'

/** The plugin of the broker with rights per topic. */
const DYNAMIC_SECURITY = ['/usr/lib', '/usr/local/lib']
  .flatMap(folder => [folder, ...readdirSync(folder).map(name => join(folder, name))])
  .map(folder => join(folder, 'mosquitto_dynamic_security.so'))
  .find(path => existsSync(path))

/** A folder with a model, an authority, a certificate of the broker and one of a client. */
async function secured() {
  const folder = scratchFolder()
  await trainSmall(folder)
  const ca = makeAuthority(folder, 'authority')
  ca.sign('broker')
  const client = ca.sign('client')
  makeAuthority(folder, 'stranger')
  const users = join(folder, 'users')
  execFileSync('mosquitto_passwd', ['-b', '-c', users, 'reader', PASSWORD], { stdio: 'ignore' })
  const file = (name: string) => join(folder, name)
  const tls = [
    `cafile ${file('authority.pem')}`,
    `certfile ${file('broker.pem')}`,
    `keyfile ${file('broker.key')}`,
  ]
  const signIn = ['allow_anonymous false', `password_file ${users}`]
  const access = { ca: ca.cert, username: 'reader', password: PASSWORD }
  return { folder, tls, signIn, access, client }
}

const TOPICS = [
  '--topics',
  'plant/{device}',
  '--events',
  'e.jsonl',
  '--scores',
  's.jsonl',
  '--stats-every',
  '1ms',
]
const SIGNED = ['--mqtt-ca', 'authority.pem', '--mqtt-user', 'reader']
const passwordIs = (password: string) => ({ TELLTALE_STREAM_MQTT_PASSWORD: password })

describe.skipIf(missing !== undefined)(
  `brokers with TLS and users${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    it.each(['3.1.1', '5'])(
      'reads and publishes with an authority of its own, a user and a last will (MQTT %s)',
      {
        timeout: 120_000,
      },
      async version => {
        const { folder, tls, signIn, access } = await secured()
        const broker = await startBroker(folder, [...tls, ...signIn])
        const client = await connect(broker.url, access)
        const heard: string[] = []
        const isOffline = new Promise<void>(resolve =>
          client.on('message', (topic, payload) => {
            heard.push(`${topic} ${payload}`)
            if (String(payload) === 'offline') resolve()
          }),
        )
        await client.subscribeAsync('alarms/status', { qos: 1 })
        const events = watch()
        const sink = ['--sink', `${broker.url}/alarms`, '--mqtt-version', version]
        const args = ['--source', broker.url, ...TOPICS, ...SIGNED, ...sink]
        const run = stream(folder, args, events.onLine, passwordIs(PASSWORD))
        await events.until(/messages?/)
        const lines = toNdjson(liveFrame(40))
        for (const line of lines) await client.publishAsync('plant/p7', line, { qos: 1 })
        await events.until(/ of 40 samples/)
        run.child.kill('SIGKILL')
        const { stderr } = await run.ended
        await isOffline
        expect(heard).toEqual(['alarms/status online', 'alarms/status offline'])
        expect(linesOf(join(folder, 's.jsonl')).length).toBe(40)
        expect(stderr).not.toContain(PASSWORD)
      },
    )

    it.each([
      ['a wrong password', [], 'not authori', passwordIs(WRONG)],
      ['no user', ['--mqtt-user', ''], 'option-invalid', {}],
      ['another authority', ['--mqtt-ca', 'stranger.pem'], 'certificate', passwordIs(PASSWORD)],
      ['no authority', ['--mqtt-ca', 'missing.pem'], 'missing.pem', passwordIs(PASSWORD)],
    ] as const)(
      'ends with an error and keeps the password for itself: %s',
      { timeout: 60_000 },
      async (_, more, said, env) => {
        const { folder, tls, signIn } = await secured()
        const broker = await startBroker(folder, [...tls, ...signIn])
        const args = [
          '--source',
          broker.url,
          ...TOPICS,
          ...SIGNED,
          ...more,
          '--log-level',
          'debug',
          '--state',
          'state',
        ]
        const { code, stderr, stdout } = await stream(folder, args, undefined, env).ended
        expect(code).toBeGreaterThan(0)
        expect(stderr.toLowerCase()).toContain(said)
        expect(stderr + stdout).not.toContain(PASSWORD)
        expect(stderr + stdout).not.toContain(WRONG)
      },
    )

    it('takes a user and password from the address, and shows neither', { timeout: 60_000 }, async () => {
      const { folder, tls, signIn } = await secured()
      const broker = await startBroker(folder, [...tls, ...signIn])
      const withUser = (password: string) => broker.url.replace('://', `://reader:${password}@`)
      const start = (password: string, events = watch()) => {
        const args = [
          '--source',
          withUser(password),
          '--sink',
          `${withUser(password)}/alarms`,
          '--mqtt-ca',
          'authority.pem',
        ]
        return { events, run: stream(folder, [...args, ...TOPICS, '--state', 'state'], events.onLine) }
      }
      const { run, events } = start(PASSWORD)
      await events.until(/messages?/)
      run.child.kill('SIGTERM')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      const kept = linesOf(join(folder, 'state/checkpoint.json')).join()
      expect(kept).toContain('127.0.0.1')
      const refused = await start(WRONG).run.ended
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('broker-unreachable')
      for (const text of [stderr, refused.stderr, kept]) {
        expect(text).not.toContain(PASSWORD)
        expect(text).not.toContain(WRONG)
        expect(text).not.toContain('reader')
      }
    })

    it('signs in with a certificate where the broker asks for one', { timeout: 60_000 }, async () => {
      const { folder, tls, client: pair, access } = await secured()
      const lines = [
        ...tls,
        'require_certificate true',
        'use_identity_as_username true',
        'allow_anonymous false',
      ]
      const broker = await startBroker(folder, lines)
      const source = ['--source', broker.url, '--mqtt-ca', 'authority.pem', ...TOPICS]
      const without = await stream(folder, source).ended
      expect(without.code).toBe(1)
      expect(without.stderr).toContain('broker-unreachable')
      const events = watch()
      const run = stream(
        folder,
        [...source, '--mqtt-cert', 'client.pem', '--mqtt-key', 'client.key'],
        events.onLine,
      )
      await events.until(/messages?/)
      const client = await connect(broker.url, { ca: access.ca, ...pair })
      await client.publishAsync('plant/p7', toNdjson(liveFrame(1))[0], { qos: 1 })
      await events.until(/^1 message\b/)
      run.child.kill('SIGTERM')
      expect((await run.ended).code).toBe(0)
    })

    it.skipIf(DYNAMIC_SECURITY === undefined).each(['3.1.1', '5'])(
      'names the topics that it may not read (MQTT %s)',
      { timeout: 60_000 },
      async version => {
        const folder = scratchFolder()
        await trainSmall(folder)
        const rights = join(folder, 'rights.json')
        execFileSync('mosquitto_ctrl', ['dynsec', 'init', rights, 'reader', PASSWORD], { stdio: 'ignore' })
        // Without the rights of an administrator it has none.
        const { roles: _, ...known } = JSON.parse(readFileSync(rights, 'utf8'))
        const clients = known.clients.map((one: object) => ({ ...one, roles: [] }))
        writeFileSync(rights, JSON.stringify({ ...known, clients }))
        const lines = [
          'allow_anonymous false',
          `plugin ${DYNAMIC_SECURITY}`,
          `plugin_opt_config_file ${rights}`,
        ]
        const broker = await startBroker(folder, lines)
        const args = ['--source', broker.url, ...TOPICS, '--mqtt-user', 'reader', '--mqtt-version', version]
        const { code, stderr } = await stream(folder, args, undefined, passwordIs(PASSWORD)).ended
        expect(code).toBe(1)
        expect(stderr).toMatch(/broker-unreachable[\s\S]*subscription to plant\/\+/)
        expect(stderr).not.toContain(PASSWORD)
      },
    )

    it('ends with an error where a server closes the connection', { timeout: 60_000 }, async () => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
      onTestFinished(() => void server.close())
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      const { code, stderr } = await stream(folder, ['--source', `mqtt://127.0.0.1:${port}`, ...TOPICS]).ended
      expect(code).toBe(1)
      expect(stderr).toContain('broker-unreachable')
    })

    it('tells when a broker that was there refuses it, and goes on when it takes it again', {
      timeout: 120_000,
    }, async () => {
      const { folder, signIn, access } = await secured()
      const broker = await startBroker(folder, signIn)
      const events = watch()
      const args = ['--source', broker.url, ...TOPICS, '--mqtt-user', 'reader']
      const run = stream(folder, args, events.onLine, passwordIs(PASSWORD))
      await events.until(/messages?/)
      const others = join(folder, 'others')
      execFileSync('mosquitto_passwd', ['-b', '-c', others, 'reader', 'another'], { stdio: 'ignore' })
      const told = events.until(/^note: .*not authori/i)
      await broker.restart('SIGTERM', ['allow_anonymous false', `password_file ${others}`])
      expect(await told).not.toContain(PASSWORD)
      const back = events.until(/^note: .*connected again/)
      await broker.restart('SIGTERM', signIn)
      await back
      const client = await connect(broker.url, access)
      await client.publishAsync('plant/p7', toNdjson(liveFrame(1))[0], { qos: 1 })
      await events.until(/^1 message\b/)
      const ended = once(run.child, 'exit')
      run.child.kill('SIGTERM')
      expect((await ended)[0]).toBe(0)
    })
  },
)
