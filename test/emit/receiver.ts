import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { onTestFinished } from 'vitest'
import { type CloudEvent, coverageEvent } from '../../src/emit/index.js'

export interface Received {
  readonly path: string
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

/** A local HTTP receiver that answers with these statuses, then with 204. */
export async function receiver(statuses: number[] = []) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ path: request.url ?? '', body, headers: request.headers })
      response.writeHead(statuses.shift() ?? 204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { received, host: `127.0.0.1:${(server.address() as { port: number }).port}` }
}

const ORIGIN = { device: 'pump <1>', model: '0'.repeat(64), timeKind: 'utc', stepMs: 0 } as const
export const coverage = (isLost: boolean, timeMs: number, channel?: string) =>
  coverageEvent(ORIGIN, { isLost, sinceMs: 0, timeMs, ...(channel && { channel }) })

/** An anomaly of one minute from the start of 2024. */
export function anomaly(
  change: 'opened' | 'updated' | 'closed',
  severity = 50,
  device = 'pump <1>',
): CloudEvent {
  return {
    specversion: '1.0',
    id: `${device}/e1/${change}`,
    source: '/telltale/m',
    type: `dev.telltale.anomaly.${change}.v1`,
    subject: device,
    time: '2024-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    data: {
      id: 'e1',
      start: '2024-01-01T00:00:00.000Z',
      end: '2024-01-01T00:01:00.000Z',
      score: 4,
      severity,
      channels: [{ name: 'flow', share: 0.75 }],
      sentence: null,
    },
  }
}

/** An output of one device with these events. */
export const output = (...events: CloudEvent[]) => ({ device: events[0].subject, events })
