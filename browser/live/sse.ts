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
 * A hidden tab gives its connection back and connects when it is shown: a browser has six for all tabs of a server.
 */
export function listen(path: string, { onMessage, onReconnect, isComplete }: Listening): () => void {
  const stop = new AbortController()
  let [waitMs, lastId, connections] = [FIRST_WAIT_MS, '', 0]
  async function connect(signal: AbortSignal) {
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (lastId) headers['last-event-id'] = lastId
    const { body } = await request(path, { signal, headers })
    waitMs = FIRST_WAIT_MS
    if (connections++ > 0) onReconnect?.()
    const parse = createSseParser(({ event, data, id }) => {
      if (id !== undefined) lastId = id
      onMessage(event, JSON.parse(data))
    })
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
    for (let part = await reader.read(); !part.done; part = await reader.read()) parse(part.value)
  }
  async function run() {
    while (!stop.signal.aborted) {
      await shown(stop.signal)
      const hidden = whenHidden(stop.signal)
      try {
        await connect(hidden.signal)
        if (isComplete?.()) return
      } catch (error) {
        if (stop.signal.aborted) return
        if (error instanceof ApiError && REFUSED.includes(error.problem.status)) return
      } finally {
        hidden.release()
      }
      if (hidden.signal.aborted) continue
      await pause(waitMs, stop.signal)
      waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)
    }
  }
  run()
  return () => stop.abort()
}

/** Statuses after which the same request fails again. */
const REFUSED = [401, 403, 404]

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** When the tab is shown, or the signal aborts. */
const shown = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    const check = () => {
      if (document.visibilityState === 'hidden' && !signal.aborted) return
      document.removeEventListener('visibilitychange', check)
      resolve()
    }
    document.addEventListener('visibilitychange', check)
    signal.addEventListener('abort', check)
    check()
  })

/** A signal that aborts with another one, and when the tab is hidden. */
function whenHidden(signal: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const hidden = new AbortController()
  const check = () => {
    if (document.visibilityState === 'hidden' || signal.aborted) hidden.abort()
  }
  document.addEventListener('visibilitychange', check)
  signal.addEventListener('abort', check)
  check()
  return {
    signal: hidden.signal,
    release() {
      document.removeEventListener('visibilitychange', check)
      signal.removeEventListener('abort', check)
    },
  }
}
