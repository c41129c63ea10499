import { once } from 'node:events'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/serve/routes/index.js'
import {
  closeTestServer,
  MODEL,
  messagesOf,
  openTestServer,
  PLANT,
  rowsOf,
  type TestServer,
} from './plant.js'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({
    limits: { bodyBytes: 10_000, requestMs: 1500, concurrent: 3, refusalsPerSecond: 1000 },
  })
  await server.listen(0)
})
afterAll(() => closeTestServer(server))

const port = () => (server.app.server.address() as { port: number }).port

/** Sends bytes as they are; what came back until the server closed. */
function raw(text: string, rest = '', at = port()): Promise<string> {
  return new Promise(resolve => {
    let answer = ''
    const socket = connect(at, '127.0.0.1', () => void socket.write(text + rest))
    socket.on('data', bytes => {
      answer += bytes
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', () => {})
  })
}

describe('who may do what (OWASP API1, API2, API3, API5)', () => {
  const asked = ROUTES.map(
    ({ method, path, access }) => [method, path.replace(/\{\w+\}/g, 'x'), access] as const,
  )

  it.each(asked.filter(([, , access]) => access !== 'public' && access !== 'open'))(
    '%s %s needs a key of its role',
    async (method, path, access) => {
      expect((await server.ask(method, path, undefined, { role: 'none' })).json.code).toBe('key-needed')
      const headers = { authorization: `Bearer tt_${'a'.repeat(12)}_${'b'.repeat(43)}` }
      expect((await server.ask(method, path, undefined, { role: 'none', headers })).status).toBe(401)
      if (access === 'viewer') return
      const { status, json } = await server.ask(method, path, undefined, { role: 'viewer' })
      expect({ status, code: json.code }).toEqual({ status: 403, code: 'role-needed' })
    },
  )

  it('answers health and its description without a key, on this machine', async () => {
    for (const path of ['/', '/livez', '/readyz', '/openapi.json'])
      expect((await server.ask('GET', path, undefined, { role: 'none' })).status).toBe(200)
  })

  it('answers health only without a key, where other machines reach it', async () => {
    const open = await openTestServer({ host: '0.0.0.0' })
    try {
      const status = async (path: string) => (await open.ask('GET', path, undefined, { role: 'none' })).status
      expect(await status('/livez')).toBe(200)
      expect(await status('/readyz')).toBe(200)
      expect(await status('/openapi.json')).toBe(401)
    } finally {
      await closeTestServer(open)
    }
  })

  it('keeps hashes of keys only, for its owner only, and forgets a key that was revoked', async () => {
    const { keys } = server.services
    const { key, stored } = await keys.create('gone', 'admin')
    const file = await readFile(join(server.folder, 'data', 'api-keys.json'), 'utf8')
    expect(file).toContain(stored.sha256)
    expect(file).not.toContain(key.slice(-43))
    expect((await stat(join(server.folder, 'data'))).mode & 0o077).toBe(0)
    await keys.revoke('gone')
    const headers = { authorization: `Bearer ${key}` }
    expect((await server.ask('GET', '/api/v1/status', undefined, { role: 'none', headers })).status).toBe(401)
  })
})

describe('what is too much (OWASP API4)', () => {
  it('refuses a large body', async () => {
    const { status, json } = await server.ask('POST', '/api/v1/models/pump/score', {
      window: Array(5000).fill([1]),
    })
    expect({ status, code: json.code }).toEqual({ status: 413, code: 'request-too-large' })
  })

  it('does not decompress a body', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000)).toString('latin1')
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const { status } = await server.ask('POST', '/api/v1/models/pump/score', bomb, { headers })
    expect([413, 415]).toContain(status)
  })

  it('closes a connection whose request does not come (slow loris)', async () => {
    expect(await raw('GET /livez HTTP/1.1\r\nhost: localhost\r\nx-slow: ')).toMatch(/^HTTP\/1.1 408/)
  })

  it('names the port that is taken', async () => {
    const open = await openTestServer({})
    try {
      const { port } = new URL(await open.listen(0))
      const other = await openTestServer({})
      try {
        await expect(other.listen(Number(port))).rejects.toMatchObject({
          code: 'port-taken',
          where: { port: Number(port) },
        })
      } finally {
        await closeTestServer(other)
      }
    } finally {
      await closeTestServer(open)
    }
  })

  it('refuses headers that are too long', async () => {
    expect(
      await raw(`GET /livez HTTP/1.1\r\nhost: localhost\r\nx-long: ${'a'.repeat(40_000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1.1 431/)
  })

  it('refuses more requests than it works on at the same time, with Retry-After, and health still answers', async () => {
    const open = await openTestServer({ limits: { concurrent: 2 } })
    try {
      const abort = new AbortController()
      const address = await open.listen(0)
      const headers = { authorization: `Bearer ${open.key('viewer')}` }
      const streams = [1, 2].map(() => fetch(`${address}/api/v1/live`, { headers, signal: abort.signal }))
      await Promise.all(streams)
      const { status, json, headers: answered } = await open.ask('GET', '/api/v1/status')
      expect({ status, code: json.code, retry: answered['retry-after'] }).toEqual({
        status: 503,
        code: 'server-busy',
        retry: '1',
      })
      expect((await open.ask('GET', '/livez')).status).toBe(200)
      abort.abort()
    } finally {
      await closeTestServer(open)
    }
  })

  it('refuses more requests a second than the rate, for each key', async () => {
    let nowMs = 0
    const open = await openTestServer({ limits: { perSecond: 2 }, now: () => nowMs })
    try {
      const codes = []
      for (let i = 0; i < 4; i++) codes.push((await open.ask('GET', '/api/v1/status')).status)
      expect(codes).toEqual([200, 200, 429, 429])
      expect((await open.ask('GET', '/api/v1/status', undefined, { role: 'viewer' })).status).toBe(200)
      nowMs = 1000
      expect((await open.ask('GET', '/api/v1/status')).status).toBe(200)
    } finally {
      await closeTestServer(open)
    }
  })

  it('refuses to look at more wrong keys a second from one address, with Retry-After', async () => {
    const open = await openTestServer({ limits: { refusalsPerSecond: 2 }, now: () => 0 })
    try {
      const wrong = { role: 'none', headers: { authorization: 'Bearer tt_wrong' } } as const
      const answers = []
      for (let i = 0; i < 4; i++) answers.push(await open.ask('GET', '/api/v1/status', undefined, wrong))
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 429, 429])
      expect(answers[3]).toMatchObject({ json: { code: 'rate-exceeded' }, headers: { 'retry-after': '1' } })
    } finally {
      await closeTestServer(open)
    }
  })

  it('refuses windows beyond those that wait to be scored, with Retry-After', async () => {
    const open = await openTestServer({ mostWaiting: 2 })
    try {
      const length = MODEL.detector.windowLength
      const window = rowsOf(PLANT.test, 0, length)
      const { status, json, headers } = await open.ask('POST', '/api/v1/models/pump/score', {
        windows: [window, window, window],
      })
      expect({ status, code: json.code, retry: headers['retry-after'] }).toEqual({
        status: 503,
        code: 'server-busy',
        retry: '1',
      })
      const later = await open.ask('POST', '/api/v1/models/pump/score', { windows: [window, window] })
      expect(later.status, open.lines.join('')).toBe(200)
    } finally {
      await closeTestServer(open)
    }
  })

  it('closes connections beyond the limit without an answer, and takes new ones when others have ended', async () => {
    const open = await openTestServer({ limits: { connections: 2 } })
    try {
      const at = Number(new URL(await open.listen(0)).port)
      const sockets = [connect(at, '127.0.0.1'), connect(at, '127.0.0.1')]
      await Promise.all(sockets.map(socket => once(socket, 'connect')))
      expect(await raw('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n', '', at)).toBe('')
      for (const socket of sockets) socket.destroy()
      await Promise.all(sockets.map(socket => once(socket, 'close')))
      const close = 'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'
      await expect.poll(() => raw(close, '', at)).toMatch(/^HTTP\/1.1 200/)
    } finally {
      await closeTestServer(open)
    }
  })

  it('disconnects a client of server-sent events that is more than 4 MB behind', async () => {
    const open = await openTestServer()
    try {
      const at = Number(new URL(await open.listen(0)).port)
      const socket = connect(at, '127.0.0.1')
      const key = open.key('viewer')
      socket.write(`GET /api/v1/live HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n\r\n`)
      await once(socket, 'readable')
      await expect.poll(() => open.services.connections.count()).toBe(1)
      // It reads no more; what the system holds for it is bounded, and so is what the server holds.
      const large = {
        device: 'p7',
        change: 'lost',
        channel: 'a'.repeat(1 << 20),
        sinceMs: 0,
        timeMs: 0,
      } as never
      let sent = 0
      await expect
        .poll(
          () => {
            open.services.live.coverage(large)
            return ++sent < 200 ? open.services.connections.count() : -1
          },
          { interval: 5, timeout: 20_000 },
        )
        .toBe(0)
      socket.destroy()
    } finally {
      await closeTestServer(open)
    }
  })

  it('refuses more columns than the limit', async () => {
    const open = await openTestServer({ limits: { columns: 2 } })
    try {
      const { status, json } = await open.ask('POST', '/api/v1/models/pump/detect', { rows: [[1, 2, 3]] })
      expect({ status, code: json.code }).toEqual({ status: 413, code: 'request-too-large' })
      expect(json.detail).toContain('2 columns')
    } finally {
      await closeTestServer(open)
    }
  })
})

describe('tricks (OWASP API6 to API10)', () => {
  it.each([
    '/app/../../etc/passwd',
    '/app/%2e%2e/%2e%2e/etc/passwd',
    '/app/..%2f..%2fpackage.json',
    '/app/%00',
    '/api/v1/models/..%2f..%2fetc',
    '/api/v1/models/%2e%2e/versions/1',
    '/api/v1/datasets/..%2fapi-keys',
  ])('finds nothing outside of its folders at %s', async path => {
    const { status, text } = await server.ask('GET', path)
    expect([404, 405, 422]).toContain(status)
    expect(text).not.toContain('root:')
  })

  it('answers for its own names only, so that no other site can lead a browser to it', async () => {
    const { status, json } = await server.ask('GET', '/api/v1/status', undefined, {
      headers: { host: 'evil.example' },
    })
    expect({ status, code: json.code }).toEqual({ status: 421, code: 'host-refused' })
  })

  it('lets no other site read it', async () => {
    const { headers } = await server.ask('GET', '/api/v1/status', undefined, {
      headers: { origin: 'https://evil.example' },
    })
    expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([])
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
  })

  it.each([
    ['no HTTP at all', '\u0000\u0001garbage\r\n\r\n', /^HTTP\/1.1 400/],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx',
      /^HTTP\/1.1 400/,
    ],
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400/,
    ],
  ])('refuses %s', async (_, text, answer) => {
    expect(await raw(text)).toMatch(answer)
  })

  it('does not take prototypes from a body', async () => {
    const { status } = await server.ask('POST', '/api/v1/models/pump/score', '{"__proto__":{"window":[]}}', {
      headers: { 'content-type': 'application/json' },
    })
    expect(status).toBe(400)
  })

  it('writes no key into its log', async () => {
    await server.ask('GET', `/api/v1/nope?key=${server.key('admin')}`)
    const log = server.lines.join('\n')
    for (const role of ['viewer', 'operator', 'admin'] as const) expect(log).not.toContain(server.key(role))
  })

  it('describes every route, and no more', async () => {
    const { paths } = (await server.ask('GET', '/openapi.json')).json
    const described = Object.entries(paths).flatMap(([path, own]) =>
      Object.keys(own as object).map(method => `${method.toUpperCase()} ${path}`),
    )
    expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort())
  })

  it('has one owner of its data folder', async () => {
    const other = await openTestServer()
    await other.close()
    await writeFile(join(other.folder, 'data', 'lock'), String(process.ppid))
    await expect(openTestServer({}, other.folder)).rejects.toMatchObject({ code: 'state-in-use' })
    await rm(other.folder, { recursive: true })
  })
})

describe('conventions', () => {
  it('gives the id of the request back, and refuses one that is no id', async () => {
    const id = async (given: string) =>
      (await server.ask('GET', '/livez', undefined, { headers: { 'x-request-id': given } })).headers[
        'x-request-id'
      ]
    expect(await id('abc-1')).toBe('abc-1')
    expect(await id('a\tb')).not.toBe('a\tb')
  })

  it('answers 304 to a client that has the answer', async () => {
    const { headers } = await server.ask('GET', '/api/v1/models')
    const again = await server.ask('GET', '/api/v1/models', undefined, {
      headers: { 'if-none-match': String(headers.etag) },
    })
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' })
  })

  it('refuses a change that another one has overtaken', async () => {
    const url = '/api/v1/models/pump'
    const { headers } = await server.ask('GET', url)
    const set = (alias: string) =>
      server.ask(
        'POST',
        `${url}/aliases`,
        { alias, version: 1 },
        { headers: { 'if-match': String(headers.etag) } },
      )
    expect((await set('champion')).json.aliases).toEqual({ champion: 1 })
    const { status, json } = await set('challenger')
    expect({ status, code: json.code }).toEqual({ status: 412, code: 'change-overtaken' })
  })

  it('makes something once for requests with one Idempotency-Key', async () => {
    const make = (name: string, key: string) =>
      server.ask('POST', '/api/v1/streams', { name, model: 'pump' }, { headers: { 'idempotency-key': key } })
    const first = await make('once', 'k1')
    const again = await make('once', 'k1')
    expect(first.status).toBe(201)
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([
      undefined,
      'true',
    ])
    expect((await make('once', 'k2')).json.code).toBe('name-taken')
    const { status, json } = await make('other', 'k1')
    expect({ status, code: json.code }).toEqual({ status: 422, code: 'key-reused' })
    const { items } = (await server.ask('GET', '/api/v1/audit')).json
    expect(items.filter(({ action }: { action: string }) => action === 'stream.create').length).toBe(1)
  })

  it('takes messages once for requests with one Idempotency-Key', async () => {
    const more = { headers: { 'idempotency-key': 'p1', 'content-type': 'application/x-ndjson' } }
    const push = () =>
      server.ask('POST', '/api/v1/streams/once/messages', messagesOf(PLANT.test, 'd', 0, 40), more)
    expect((await push()).json).toEqual({ taken: 40, refused: {}, badReadings: 0, refusals: [] })
    expect((await push()).json).toEqual({ taken: 40, refused: {}, badReadings: 0, refusals: [] })
    await server.services.streams.stop('once')
    expect(server.services.keep.devices.get('once:d')?.samples).toBe(40)
  })

  it('says how many more requests the rate allows', async () => {
    const open = await openTestServer({ limits: { perSecond: 2 }, now: () => 0 })
    try {
      const rates = []
      for (let i = 0; i < 3; i++) rates.push((await open.ask('GET', '/api/v1/status')).headers)
      expect(rates.map(headers => headers['ratelimit-remaining'])).toEqual(['1', '0', '0'])
      expect(rates[2]).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-reset': '1', 'retry-after': '1' })
    } finally {
      await closeTestServer(open)
    }
  })

  it.each(['{', '', '{"window": [[1,]]}'])('answers 400 to a body that is no JSON: %j', async body => {
    const { status, json } = await server.ask('POST', '/api/v1/models/pump/score', body, {
      headers: { 'content-type': 'application/json' },
    })
    expect({ status, code: json.code }).toEqual({ status: 400, code: 'request-unreadable' })
  })

  it('logs a failure with the trace of the caller', async () => {
    const models = server.services.models as { get: unknown }
    const { get } = models
    models.get = () => Promise.reject(new Error('broken'))
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const body = { window: [[1]] }
    const { status } = await server.ask('POST', '/api/v1/models/pump/score', body, {
      headers: { traceparent },
    })
    models.get = get
    expect(status).toBe(500)
    expect(server.lines.join('')).toContain('"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"')
  })

  it('points each problem to a page that explains its code', async () => {
    const { json } = await server.ask('GET', '/api/v1/models/nowhere')
    const [path, code] = json.type.split('#')
    const page = await server.ask('GET', path)
    expect(page.headers['content-type']).toBe('text/markdown; charset=utf-8')
    expect(page.text).toContain(code)
  })

  it('says which methods a path takes', async () => {
    const { status, headers } = await server.ask('DELETE', '/api/v1/models')
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET' })
    // Before the body is read, whatever it is.
    const body = await server.ask('PUT', '/api/v1/models', 'x', {
      headers: { 'content-type': 'text/strange' },
    })
    expect([body.status, body.headers.allow]).toEqual([405, 'GET'])
    const unknown = await server.ask('POST', '/nowhere', 'x', { headers: { 'content-type': 'text/strange' } })
    expect(unknown.status).toBe(404)
  })

  it('keeps every change in a log that shows when it was changed', async () => {
    const { json } = await server.ask('GET', '/api/v1/audit')
    expect(json.items).toContainEqual(
      expect.objectContaining({ action: 'alias.set', subject: '/api/v1/models/pump/aliases' }),
    )
  })
})
