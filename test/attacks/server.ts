import { connect } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Random } from '../../src/core/random.js'
import { ROUTES } from '../../src/serve/routes/index.js'
import { ARROW_STREAM, PARQUET } from '../../src/serve/tables/media-types.js'
import {
  closeTestServer,
  messagesOf,
  openTestServer,
  PLANT,
  rowsOf,
  type TestServer,
} from '../serve/plant.js'
import { HOSTILE_NAMES, mutated } from './hostile.js'
import { type Attack, expectThat, pick, REFUSED } from './runner.js'

let opened: Promise<TestServer> | undefined

/** A server with a model, a stream with events, and a data set; it is opened by the first attack. */
function serverUnderAttack(): Promise<TestServer> {
  opened ??= (async () => {
    const server = await openTestServer({
      limits: {
        bodyBytes: 200_000,
        datasetBytes: 200_000,
        rows: 5000,
        columns: 50,
        requestMs: 1000,
        perSecond: 1e9,
        refusalsPerSecond: 1e9,
      },
    })
    await server.listen(0)
    await server.ask('POST', '/api/v1/streams', { name: 'plant', model: 'pump' })
    await server.ask('POST', '/api/v1/streams/plant/messages', messagesOf(PLANT.test, 'p7', 0, 400), {
      headers: { 'content-type': 'application/x-ndjson' },
    })
    await server.ask('PUT', '/api/v1/datasets/table', 'a,b\n1,2\n', {
      headers: { 'content-type': 'text/csv' },
    })
    return server
  })()
  return opened
}

export async function closeServerUnderAttack(): Promise<void> {
  if (opened) await closeTestServer(await opened)
}

const TEXTS: readonly string[] = [
  ...HOSTILE_NAMES,
  'pump',
  'pump@1',
  'pump@champion',
  'plant',
  'plant:p7',
  'table',
  '1',
  '0',
  '-1',
  '1e309',
  '',
  '..',
  '../../etc/passwd',
  '%2e%2e%2f',
  '%00',
  '%ff',
  '%',
  '__proto__',
  'constructor',
  'a'.repeat(700),
  '2026-01-01T00:00:00Z',
  'NaN',
  "' or 1=1 --",
]
const window = rowsOf(PLANT.test, 0, 20)
/** Bodies that are near to what routes take. */
const BODIES: readonly object[] = [
  { window },
  { windows: [window, window.slice(1)] },
  { rows: window, times: Array.from(PLANT.test.timeMs.subarray(0, 20)) },
  { rows: window, labels: window.map((_, i) => i % 2), options: { resamples: 0 } },
  { rows: window, intervals: [{ fromMs: 0, toMs: 3 }], top: 3 },
  { model: 'pump', dataset: 'table', labelColumn: 'b' },
  { model: 'pump', device: 'plant:nobody', options: { detector: 'ewma' } },
  { name: 'other', model: 'pumb', source: 'push' },
  { device: 'p7', time: '2024-01-05T00:00:00Z', power: 1, flow: 2, pressure: 3 },
  { verdict: 'expected', radius: 0.3, note: 'n' },
  { alias: 'champion', version: 1, why: 'w' },
  { quantile: 0.99, why: 'w' },
  { intervals: [{ fromMs: 0, toMs: 1e15 }], options: {} },
  { id: 'i', inputs: [{ name: 'input', shape: [1, 20, 3], datatype: 'FP64', data: window.flat() }] },
]
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/x-ndjson',
  'text/csv',
  PARQUET,
  ARROW_STREAM,
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'text/plain',
  'x',
  '',
]

function bodyOf(random: Random): Buffer {
  const kind = random.uniform()
  let value = { value: pick(random, BODIES) as unknown }
  for (let n = random.integer(3); n > 0; n--) value = mutated(value, random).value as typeof value
  const text = JSON.stringify(value?.value) ?? 'null'
  if (kind < 0.6) return Buffer.from(text)
  if (kind < 0.68) return Buffer.from(`${text}\n${JSON.stringify(pick(random, BODIES))}`)
  if (kind < 0.74) return Buffer.from(text.slice(0, random.integer(text.length)))
  if (kind < 0.78) return Buffer.from(`${'['.repeat(20_000)}`)
  if (kind < 0.82) return Buffer.from(`time,power\n${pick(random, TEXTS)},${pick(random, TEXTS)}\n`)
  if (kind < 0.86) return gzipSync(Buffer.alloc(100_000))
  if (kind < 0.88) return brotliCompressSync(Buffer.alloc(1_000_000))
  if (kind < 0.92) return Buffer.from(`{"__proto__":{"x":1},"constructor":{"prototype":{}}}`)
  if (kind < 0.94) return Buffer.alloc(250_000, '1')
  return Buffer.from(Array.from({ length: random.integer(300) }, () => random.integer(256)))
}

const RARE = ['/api/v1/backups', '/api/v1/jobs/{job}/events', '/api/v1/live']
/** Live streams do not end; backups are large. */
const FUZZED = ROUTES.filter(({ path }) => !RARE.includes(path))
const SENT_HEADERS: readonly (readonly [string, string])[] = [
  ['if-none-match', '"x"'],
  ['if-match', '"x"'],
  ['idempotency-key', 'k'],
  ['idempotency-key', ' '.repeat(5)],
  ['x-request-id', 'a'.repeat(100)],
  ['traceparent', '00-zz'],
  ['accept', 'text/csv'],
  ['accept', PARQUET],
  ['accept', ARROW_STREAM],
  ['accept', ';;;,q=,*/*;q=x'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'br'],
  ['range', 'bytes=0-1,5-'],
  ['origin', 'https://evil.example'],
  ['host', 'evil.example'],
  ['authorization', 'Bearer x'],
  ['authorization', `Basic ${'a'.repeat(300)}`],
  ['cookie', 'a=b'],
  ['x-http-method-override', 'DELETE'],
  ['transfer-encoding', 'chunked'],
]

function requestOf(random: Random) {
  const route = pick(random, FUZZED)
  const text = () => {
    const own = pick(random, TEXTS)
    return random.uniform() < 0.2
      ? own.replace(/[^\x21-\x7e]|[#?]/g, '')
      : encodeURIComponent(Buffer.from(own).toString())
  }
  const path = route.path.replace(/\{(\w+)\}/g, () => text() || 'x')
  const known = Object.keys(route.query?.shape ?? {})
  const query = Array.from(
    { length: random.integer(3) },
    () => `${known.length > 0 && random.uniform() < 0.8 ? pick(random, known) : text()}=${text()}`,
  ).join('&')
  const role = pick(random, ['none', 'viewer', 'operator', 'admin', 'admin'] as const)
  const headers: Record<string, string> = { host: 'localhost' }
  if (random.uniform() < 0.3) {
    const [name, value] = pick(random, SENT_HEADERS)
    headers[name] = value
  }
  const hasBody = route.body !== undefined ? random.uniform() < 0.95 : random.uniform() < 0.1
  if (hasBody) {
    const own = route.bodyTypes ?? ['application/json']
    headers['content-type'] = random.uniform() < 0.8 ? pick(random, own) : pick(random, TYPES)
  }
  const method =
    random.uniform() < 0.95
      ? route.method
      : pick(random, ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const)
  return {
    route,
    method,
    role,
    url: `${path}${query && `?${query}`}`,
    headers,
    body: hasBody ? bodyOf(random) : undefined,
  }
}

/** Documented successes of a route. */
const successOf = ({ status = 200, path }: (typeof ROUTES)[number]) => [
  status,
  304,
  ...(path === '/readyz' ? [503] : []),
]

/** What an answer must be, whatever was asked. */
function checkAnswer(
  server: TestServer,
  route: (typeof ROUTES)[number],
  isOwn: boolean,
  status: number,
  type: string,
  text: string,
): void {
  expectThat(status < 500 || status === 503, `${status}: ${text.slice(0, 300)}`)
  expectThat(!text.includes(server.folder), `a path of the server: ${text.slice(0, 300)}`)
  expectThat(!/\n {4}at /.test(text), `a stack trace: ${text.slice(0, 300)}`)
  if (status >= 400) {
    if (successOf(route).includes(status) || text === '') return
    expectThat(type.startsWith('application/problem+json'), `${status} of type ${type}`)
    const { code, detail, remedy } = JSON.parse(text)
    expectThat(
      [code, detail, remedy].every(part => typeof part === 'string' && part !== ''),
      `a problem without text: ${text}`,
    )
    expectThat(code !== 'bug', `an internal error: ${text}`)
  } else
    expectThat(
      !isOwn || successOf(route).includes(status),
      `${status} is not documented for ${route.method} ${route.path}`,
    )
}

/** Requests over every route of the description, with hostile paths, queries, headers and bodies. */
const REQUESTS: Attack = {
  name: 'requests of the server',
  short: 400,
  long: 100_000,
  limitMs: 20_000,
  make(random) {
    const { route, method, role, url, headers, body } = requestOf(random)
    return {
      what: `${method} ${url} ${role} ${JSON.stringify(headers)} ${body?.toString('latin1').slice(0, 200) ?? ''}`,
      async run() {
        const server = await serverUnderAttack()
        const key =
          role === 'none' || headers.authorization ? {} : { authorization: `Bearer ${server.key(role)}` }
        const answer = await server.app.inject({
          method: method as 'GET',
          url,
          headers: { ...key, ...headers },
          ...(body && { payload: body }),
        })
        const type = String(answer.headers['content-type'] ?? '')
        checkAnswer(server, route, method === route.method, answer.statusCode, type, answer.payload)
        return answer.statusCode >= 400 ? REFUSED : undefined
      },
    }
  },
}

const HEADS: readonly string[] = [
  'GET /livez HTTP/1.1\r\nhost: localhost\r\nx-slow: ',
  'POST /api/v1/streams HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{',
  'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n',
  'GET /../../etc/passwd HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'GET //evil.example/ HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'GET http://evil.example/ HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'CONNECT localhost:22 HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `GET /livez HTTP/1.1\r\nhost: localhost\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`,
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
  `GET /livez HTTP/1.1\r\nhost: localhost\r\n${'a: b\r\n'.repeat(3000)}\r\n`,
  'GET /livez HTTP/9.9\r\n\r\n',
  'GET /livez\r\n\r\n',
  'GET /livez HTTP/1.1\r\nhost: localhost\nx: y\r\n\r\n',
  'GET /livez HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  'GET /api/v1/socket HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  'GET /api/v1/socket HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x\r\n\r\n',
  'GET /livez HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\nabc',
  '\x16\x03\x01\x02\x00\x01\x00\x01',
]

/** Whether a text holds a whole answer: its head, and as much as that says. */
function isWhole(text: string): boolean {
  const final = text.replace(/^HTTP\/1\.1 100[^\r]*\r\n\r\n/, '')
  const [, head, body = ''] = /^([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(final) ?? []
  const length = /^content-length: (\d+)$/im.exec(head ?? '')?.[1]
  if (/^transfer-encoding: chunked$/im.test(head ?? '')) return body.endsWith('0\r\n\r\n')
  return (
    head !== undefined &&
    (length === undefined ? /^HTTP\/1.1 2/.test(final) : Buffer.byteLength(body) >= Number(length))
  )
}

/** Bytes that are no request, or half of one: the server answers 4xx or closes, in time, and health answers afterwards. */
const BYTES: Attack = {
  name: 'bytes to the server',
  short: 30,
  long: 3000,
  limitMs: 20_000,
  make(random) {
    let bytes = Buffer.from(pick(random, HEADS), 'latin1')
    if (random.uniform() < 0.5) bytes = bytes.subarray(0, 1 + random.integer(bytes.length))
    if (random.uniform() < 0.5) {
      bytes = Buffer.from(bytes)
      bytes[random.integer(bytes.length)] = random.integer(256)
    }
    return {
      what: JSON.stringify(bytes.toString('latin1').slice(0, 200)),
      async run() {
        const server = await serverUnderAttack()
        const { port } = server.app.server.address() as { port: number }
        const answer = await new Promise<string>(resolve => {
          let text = ''
          const socket = connect(port, '127.0.0.1', () => void socket.write(bytes))
          const give = () => {
            socket.destroy()
            resolve(text)
          }
          socket.on('data', part => {
            text += part
            // What is answered whole may keep its connection.
            if (isWhole(text)) give()
          })
          socket.on('close', give)
          socket.on('error', give)
        })
        expectThat(
          answer === '' || /^HTTP\/1\.1 [1234]\d\d /.test(answer),
          `the answer ${JSON.stringify(answer.slice(0, 200))}`,
        )
        const { status: health } = await fetch(`http://127.0.0.1:${port}/livez`)
        expectThat(health === 200, `health: ${health}`)
        return REFUSED
      },
    }
  },
}

export const SERVER_ATTACKS: readonly Attack[] = [REQUESTS, BYTES]
