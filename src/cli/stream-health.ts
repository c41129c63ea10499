import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createError } from '../core/errors.js'
import { type Metrics, PROMETHEUS_TYPE, prometheusText, watchProcess } from '../observe/index.js'

/** The health of a running stream, for probes and Prometheus. */
export interface StreamHealth {
  /** Such as `http://127.0.0.1:9464`. */
  readonly url: string
  /** The source and all sinks are open. */
  setReady(): void
  close(): Promise<void>
}

const HOST = '127.0.0.1'
/** Names by which a client of this machine reaches it; others are pages of the web that try to. */
const OWN_HOST = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/

/**
 * Answers `/livez`, `/readyz` (503 until the stream takes messages, and while it stops), `/status` (503 before the first message) and `/metrics` (text format
 * of Prometheus) on the loopback address.
 *
 * @param port 0 takes a free one
 * @param signal stops the stream: it is no longer ready
 * @param status what `/status` answers
 * @throws RequestError `port-taken`; `server-unreachable` when the address cannot be had
 */
export async function openStreamHealth(
  port: number,
  metrics: Metrics,
  signal: AbortSignal,
  status: () => unknown,
): Promise<StreamHealth> {
  let isReady = false
  const watch = watchProcess(metrics)
  const answers: Readonly<Record<string, () => Promise<Answer>>> = {
    '/livez': async () => statusAnswer(200, 'ok'),
    '/readyz': async () =>
      isReady && !signal.aborted ? statusAnswer(200, 'ok') : statusAnswer(503, 'unavailable'),
    '/status': async () => {
      const now = status()
      return now === undefined
        ? statusAnswer(503, 'unavailable')
        : { status: 200, type: 'application/json', body: `${JSON.stringify(now)}\n` }
    },
    '/metrics': async () => {
      watch.measure()
      return { status: 200, type: PROMETHEUS_TYPE, body: await prometheusText(metrics.families()) }
    },
  }
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').split('?')[0]]
    const send = (one: Answer) => sendAnswer(response, one)
    if (!OWN_HOST.test(request.headers.host ?? '')) send(statusAnswer(403, 'forbidden'))
    else if (answer === undefined) send(statusAnswer(404, 'not found'))
    else if (request.method !== 'GET') send(statusAnswer(405, 'method not allowed'))
    else answer().then(send, () => send(statusAnswer(500, 'error')))
  })
  try {
    server.listen(port, HOST)
    await once(server, 'listening')
  } catch (error) {
    watch.stop()
    const { code, message } = error as NodeJS.ErrnoException
    throw code === 'EADDRINUSE'
      ? createError('port-taken', { host: HOST, port }, error)
      : createError('server-unreachable', { url: `${HOST}:${port}`, reason: message }, error)
  }
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    setReady() {
      isReady = true
    },
    async close() {
      watch.stop()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

const statusAnswer = (status: number, text: string): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify({ status: text })}\n`,
})

function sendAnswer(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
