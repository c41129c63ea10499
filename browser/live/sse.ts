import { ApiError, request } from './api.js'
import { createSseParser } from './sse-parser.js'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

export interface Listening {
  readonly onMessage: (event: string, data: unknown) => void
  /** After each connection but the first: what was sent in between may be missing. */
  readonly onReconnect?: () => void
  /** Whether a stream that the server ended is complete. */
  readonly isComplete?: () => boolean
}

/**
 * Listens to an event stream until it is stopped. `fetch` instead of `EventSource`, because a key is sent. Connects again after 0.5 s, 1 s, 2 s, at most 15 s.
 */
export function listen(path: string, { onMessage, onReconnect, isComplete }: Listening): () => void {
  const stop = new AbortController()
  const { signal } = stop
  let [waitMs, lastId, connections] = [FIRST_WAIT_MS, '', 0]
  const parse = createSseParser(({ event, data, id }) => {
    if (id !== undefined) lastId = id
    onMessage(event, JSON.parse(data))
  })
  async function once() {
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (lastId) headers['last-event-id'] = lastId
    const { body } = await request(path, { signal, headers })
    waitMs = FIRST_WAIT_MS
    if (connections++ > 0) onReconnect?.()
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
    for (let part = await reader.read(); !part.done; part = await reader.read()) parse(part.value)
  }
  async function run() {
    while (!signal.aborted) {
      try {
        await once()
        if (isComplete?.()) return
      } catch (error) {
        if (signal.aborted) return
        const status = error instanceof ApiError ? error.problem.status : 0
        if (status === 401 || status === 403 || status === 404) return
      }
      await pause(waitMs, signal)
      waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)
    }
  }
  run()
  return () => stop.abort()
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
