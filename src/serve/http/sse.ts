import type { Call } from './route.js'

/** Server-sent events to one client. */
export interface Sse {
  send(event: string, data: unknown): void
  end(): void
  /** Is called once when the client is gone or the stream has ended. */
  onClose(act: () => void): void
}

/** Bytes that a client may be behind; one that reads more slowly is disconnected, and connects again. */
export const MOST_BEHIND = 4 * 1024 * 1024

/** Answers with server-sent events from now on. */
export function openSse({ reply, services: { connections } }: Pick<Call, 'reply' | 'services'>): Sse {
  const headers = reply.getHeaders()
  reply.hijack()
  const { raw, request } = reply
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
  })
  raw.flushHeaders()
  raw.write('retry: 2000\n\n')
  const forget = connections.add({
    isAllowed: request.isStillAllowed,
    keepAlive: () => void raw.write(': alive\n\n'),
    end: () => void raw.end(),
  })
  raw.once('close', forget)
  return {
    send(event, data) {
      if (raw.writableEnded || raw.destroyed) return
      if (raw.writableLength > MOST_BEHIND) raw.destroy()
      else raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    end: () => void raw.end(),
    onClose: act => void raw.once('close', act),
  }
}
