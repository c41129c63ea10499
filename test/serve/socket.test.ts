import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { SocketMessage } from '../../src/serve/contract/index.js'
import { socketMessage } from '../../src/serve/contract/index.js'
import { closeTestServer, messagesOf, openTestServer, PLANT, type TestServer } from './plant.js'

let server: TestServer
let address: string
beforeAll(async () => {
  server = await openTestServer({ limits: { bodyBytes: 20_000 } })
  address = await server.listen(0)
  await server.ask('POST', '/api/v1/streams', { name: 'plant', model: 'pump' })
})
afterAll(() => closeTestServer(server))

/** A client that keeps what it got. */
interface Client {
  readonly got: SocketMessage[]
  readonly protocol: string
  say(message: unknown): void
  /** Resolves when a message is there that fits. */
  until(fits: (message: SocketMessage) => boolean): Promise<SocketMessage>
  readonly closed: Promise<number>
  close(): void
  readonly own: WebSocket
}

async function open(
  role: 'viewer' | 'operator' = 'operator',
  { to = address, by = server, headers = {} as Record<string, string> } = {},
): Promise<Client> {
  const url = `${to.replace('http', 'ws')}/api/v1/socket`
  const own = new WebSocket(url, ['telltale.v1', `telltale.key.${by.key(role)}`], { headers })
  const got: SocketMessage[] = []
  const waiting = new Set<() => void>()
  own.on('message', bytes => {
    got.push(socketMessage.parse(JSON.parse(bytes.toString())))
    for (const look of waiting) look()
  })
  const closed = new Promise<number>(resolve => own.once('close', resolve))
  await new Promise((resolve, reject) => own.once('open', resolve).once('error', reject))
  return {
    got,
    own,
    closed,
    protocol: own.protocol,
    say: message => own.send(typeof message === 'string' ? message : JSON.stringify(message)),
    until: fits =>
      new Promise(resolve => {
        const look = () => {
          const found = got.find(fits)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    close: () => own.close(),
  }
}

const rows = (device: string, from: number, to: number) =>
  messagesOf(PLANT.test, device, from, to)
    .split('\n')
    .map(line => JSON.parse(line))

describe('a WebSocket', () => {
  it('takes messages and sends samples and events of the device that is watched', async () => {
    const client = await open()
    expect(client.protocol).toBe('telltale.v1')
    client.say({ type: 'push', id: 1, stream: 'plant', messages: rows('w', 0, 10) })
    expect(await client.until(({ type }) => type === 'pushed')).toEqual({
      type: 'pushed',
      id: 1,
      taken: 10,
      refused: {},
      badReadings: 0,
      refusals: [],
    })
    await server.services.streams.stop('plant')
    await server.ask('POST', '/api/v1/streams/plant/start')
    client.say({ type: 'watch', id: 'own', device: 'plant:w' })
    await client.until(({ type }) => type === 'watching')
    for (let from = 10; from < 1500; from += 100)
      client.say({
        type: 'push',
        id: from,
        stream: 'plant',
        messages: rows('w', from, Math.min(1500, from + 100)),
      })
    const last = await client.until(
      message => message.type === 'sample' && message.data.timeMs === PLANT.test.timeMs[1490],
    )
    expect(last).toMatchObject({ watch: 'own', data: { device: 'plant:w', reason: '' } })
    expect(client.got.some(({ type }) => type === 'event')).toBe(true)
    client.say({ type: 'unwatch', id: 'own' })
    await client.until(({ type }) => type === 'unwatched')
    expect(server.services.live.watchers()).toBe(0)
    client.close()
  })

  it('has no more watchers when its client is gone', async () => {
    const client = await open('viewer')
    for (const id of [1, 2, 3]) client.say({ type: 'watch', id })
    await client.until(message => message.type === 'watching' && message.id === 3)
    expect(server.services.live.watchers()).toBe(3)
    expect((await server.ask('GET', '/metrics')).text).toMatch(/^telltale_live_connections \d/m)
    client.own.terminate()
    await expect.poll(() => server.services.live.watchers()).toBe(0)
    await expect.poll(() => server.services.connections.count()).toBe(0)
  })

  it('takes messages once for one idempotency key', async () => {
    const client = await open()
    const push = { type: 'push', stream: 'plant', messages: rows('once', 0, 40), idempotencyKey: 'k' }
    client.say({ ...push, id: 1 })
    client.say({ ...push, id: 2 })
    const { id: _, ...first } = (await client.until(({ type }) => type === 'pushed')) as { id: unknown }
    expect(first).toEqual({ type: 'pushed', taken: 40, refused: {}, badReadings: 0, refusals: [] })
    await client.until(message => message.type === 'pushed' && message.id === 2)
    await server.services.streams.stop('plant')
    expect(server.services.keep.devices.get('plant:once')?.samples).toBe(40)
    await server.ask('POST', '/api/v1/streams/plant/start')
    client.close()
  })

  it.each([
    ['no JSON', 'x', null, 'request-unreadable', undefined],
    ['an unknown type', { type: 'sing', id: 4 }, 4, 'request-invalid', 'message/type'],
    ['no messages', { type: 'push', id: 4, stream: 'plant' }, 4, 'request-invalid', 'message/messages'],
    ['an unknown field', { type: 'unwatch', id: 4, more: 1 }, 4, 'request-invalid', 'message'],
    [
      'an unknown stream',
      { type: 'push', id: 4, stream: 'plan', messages: [] },
      4,
      'name-unknown',
      undefined,
    ],
    ['an unknown device', { type: 'watch', id: 4, device: 'plant:none' }, 4, 'name-unknown', undefined],
    ['an unknown watch', { type: 'unwatch', id: 4 }, 4, 'name-unknown', undefined],
  ])('answers %s with a problem, and goes on', async (_, message, id, code, where) => {
    const client = await open()
    client.say(message)
    const found = (await client.until(({ type }) => type === 'error')) as Extract<
      SocketMessage,
      { type: 'error' }
    >
    expect({ id: found.id, code: found.problem.code, where: found.problem.where }).toEqual({
      id,
      code,
      where,
    })
    client.say({ type: 'watch', id: 5 })
    await client.until(({ type }) => type === 'watching')
    client.close()
  })

  it('takes messages from operators only', async () => {
    const client = await open('viewer')
    client.say({ type: 'push', id: 1, stream: 'plant', messages: [] })
    expect(await client.until(({ type }) => type === 'error')).toMatchObject({
      problem: { code: 'role-needed', status: 403 },
    })
    client.close()
  })

  it('opens at most 32 watches', async () => {
    const client = await open('viewer')
    for (let id = 1; id <= 33; id++) client.say({ type: 'watch', id })
    expect(await client.until(({ type }) => type === 'error')).toMatchObject({
      id: 33,
      problem: { code: 'server-busy' },
    })
    client.close()
  })
})

describe('a WebSocket is refused', () => {
  const url = () => `${address.replace('http', 'ws')}/api/v1/socket`

  /** Status and problem of a handshake that fails. */
  function refusal(own: WebSocket): Promise<{ status?: number; code: string }> {
    return new Promise((resolve, reject) => {
      own.once('open', () => reject(new Error('it was opened')))
      own.once('unexpected-response', (_, response) => {
        let text = ''
        response.on('data', bytes => {
          text += bytes
        })
        response.on('end', () => resolve({ status: response.statusCode, code: JSON.parse(text).code }))
      })
    })
  }
  const withKey = () => ['telltale.v1', `telltale.key.${server.key('viewer')}`]

  it('without a key, and with a wrong one', async () => {
    expect(await refusal(new WebSocket(url()))).toEqual({ status: 401, code: 'key-needed' })
    const wrong = new WebSocket(url(), [`telltale.key.tt_${'a'.repeat(12)}_${'b'.repeat(43)}`])
    expect(await refusal(wrong)).toEqual({ status: 401, code: 'key-refused' })
  })

  it('to a page of another site', async () => {
    for (const origin of ['https://evil.example', 'http://localhost:1', 'null', 'file://'])
      expect(await refusal(new WebSocket(url(), withKey(), { origin }))).toEqual({
        status: 403,
        code: 'origin-refused',
      })
  })

  it('by another name of the host', async () => {
    const own = new WebSocket(url(), withKey(), { headers: { host: 'evil.example' } })
    expect(await refusal(own)).toEqual({ status: 421, code: 'host-refused' })
  })

  it('at another address, which answers as usual', async () => {
    const own = new WebSocket(url().replace('socket', 'nope'), withKey())
    expect(await refusal(own)).toEqual({ status: 404, code: 'route-unknown' })
  })

  it('when the request asks for none', async () => {
    const { status, json } = await server.ask('GET', '/api/v1/socket')
    expect({ status, code: json.code }).toEqual({ status: 426, code: 'upgrade-needed' })
  })

  it('with a handshake that is none', async () => {
    const { port } = new URL(address)
    const text = await new Promise<string>(resolve => {
      let all = ''
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(
          `GET /api/v1/socket HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nauthorization: Bearer ${server.key('viewer')}\r\n\r\n`,
        ),
      )
      socket.on('data', bytes => {
        all += bytes
      })
      socket.on('close', () => resolve(all))
    })
    expect(text).toMatch(/^HTTP\/1.1 400[\s\S]+request-unreadable/)
  })

  it('beside an answer, when the request asks for another protocol', async () => {
    const { port } = new URL(address)
    const text = await new Promise<string>(resolve => {
      let all = ''
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'),
      )
      socket.on('data', bytes => {
        all += bytes
      })
      socket.on('close', () => resolve(all))
    })
    expect(text).toMatch(/^HTTP\/1.1 200/)
  })

  it('to the page of this server not', async () => {
    const own = new WebSocket(url(), withKey(), { origin: address })
    await new Promise((resolve, reject) => own.once('open', resolve).once('error', reject))
    own.close()
  })
})

describe('the limits of a WebSocket', () => {
  it('end it after a message that is too large', async () => {
    const client = await open()
    client.say('x'.repeat(30_000))
    expect(await client.closed).toBe(1009)
  })

  it('end it after a message that is no text', async () => {
    const client = await open()
    client.own.send(Buffer.from([1, 2, 3]))
    expect(await client.closed).toBe(1003)
  })

  it('count each message as a request, and refuse those beyond the rate', async () => {
    const other = await openTestServer({ limits: { perSecond: 5 }, now: () => 0 })
    try {
      const client = await open('viewer', { to: await other.listen(0), by: other })
      for (let id = 1; id <= 5; id++) client.say({ type: 'watch', id })
      expect(await client.until(({ type }) => type === 'error')).toMatchObject({
        id: 5,
        problem: { code: 'rate-exceeded', status: 429 },
      })
      client.close()
    } finally {
      await closeTestServer(other)
    }
  })

  it('make a client wait that pushes faster than the disk takes it, and lose nothing', async () => {
    const client = await open()
    const { streams } = server.services
    const original = streams.push
    let underWay = 0
    let most = 0
    const held: (() => void)[] = []
    streams.push = async () => {
      most = Math.max(most, ++underWay)
      await new Promise<void>(resolve => held.push(resolve))
      underWay--
      return { taken: 1, refused: {}, badReadings: 0, refusals: [] }
    }
    const filler = 'x'.repeat(15_000)
    for (let id = 0; id < 400; id++) client.say({ type: 'push', id, stream: 'plant', messages: { filler } })
    await expect.poll(() => held.length).toBeGreaterThanOrEqual(32)
    // What has come with the same bytes is taken; 64 kB hold four of these messages.
    expect(held.length).toBeLessThan(45)
    const answered = client.until(message => message.type === 'pushed' && message.id === 399)
    const pump = setInterval(() => held.splice(0).forEach(release => void release()), 1)
    await answered
    clearInterval(pump)
    streams.push = original
    expect(most).toBeLessThan(45)
    expect(client.got.filter(({ type }) => type === 'pushed').length).toBe(400)
    client.close()
  })

  it('end it when its key is revoked, as they end server-sent events', async () => {
    const { key } = await server.services.keys.create('short', 'viewer')
    const own = new WebSocket(`${address.replace('http', 'ws')}/api/v1/socket`, {
      headers: { authorization: `Bearer ${key}` },
    })
    await new Promise((resolve, reject) => own.once('open', resolve).once('error', reject))
    const answer = await fetch(`${address}/api/v1/live`, { headers: { authorization: `Bearer ${key}` } })
    const ended = answer.text()
    const closed = new Promise(resolve => own.once('close', resolve))
    await server.services.keys.revoke('short')
    expect(await closed).toBe(1008)
    expect(await ended).toContain('retry')
  })

  it('end all connections when the server stops', async () => {
    const other = await openTestServer()
    const to = await other.listen(0)
    const client = await open('viewer', { to, by: other })
    const answer = await fetch(`${to}/api/v1/live`, {
      headers: { authorization: `Bearer ${other.key('viewer')}` },
    })
    const ended = answer.text()
    await closeTestServer(other)
    expect(await client.closed).toBe(1001)
    expect(await ended).toContain('retry')
  })
})
