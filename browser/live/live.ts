import { useEffect, useRef } from 'preact/hooks'
import type {
  LiveCoverage,
  LiveDrift,
  LiveEvent,
  LiveSample,
  LiveStatus,
} from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { apiKey } from './key.js'
import { listen } from './sse.js'
import { createStore, useStore } from './store.js'

/** What the server sends of devices as it happens. */
export interface LiveHandlers {
  sample?(sample: LiveSample): void
  status?(status: LiveStatus): void
  event?(change: LiveEvent): void
  coverage?(coverage: LiveCoverage): void
  drift?(drift: LiveDrift): void
  /** After a new connection: what was sent in between is missing. */
  reconnect?(): void
}

const followers = new Set<{ current: LiveHandlers }>()

function dispatch(handlers: LiveHandlers, event: string, data: unknown): void {
  const handle = handlers[event as 'sample'] as ((data: unknown) => void) | undefined
  handle?.(data)
}

/** The device that is looked at: the page has one connection, which sends every sample of this device or a summary of all. */
const watched = createStore<string | undefined>(undefined)

/** Keeps the connection of the page as long as the component is shown. */
export function useConnection(): void {
  const key = useStore(apiKey)
  const device = useStore(watched)
  useEffect(
    () =>
      listen(path.live(device), {
        onMessage: (event, data) => {
          for (const { current } of followers) dispatch(current, event, data)
        },
        onReconnect: () => {
          for (const { current } of followers) current.reconnect?.()
        },
      }),
    [key, device],
  )
}

/** Calls the handlers with what is sent: of all devices events, coverage and a status a second; of one device every sample as well. */
export function useLive(handlers: LiveHandlers, device?: string): void {
  const newest = useRef(handlers)
  newest.current = handlers
  useEffect(() => {
    followers.add(newest)
    watched.set(device)
    return () => {
      followers.delete(newest)
      watched.set(undefined)
    }
  }, [device])
}

/** Calls `draw` soon after each `ask`, at most every `everyMs` and never in a hidden tab. */
export function createPacer(draw: () => void, everyMs: number): { ask(): void; stop(): void } {
  let [last, timer, frame] = [Number.NEGATIVE_INFINITY, 0, 0]
  const paint = () => {
    frame = 0
    last = performance.now()
    draw()
  }
  return {
    ask() {
      if (timer !== 0 || frame !== 0) return
      timer = window.setTimeout(
        () => {
          timer = 0
          frame = requestAnimationFrame(paint)
        },
        Math.max(0, last + everyMs - performance.now()),
      )
    },
    stop() {
      clearTimeout(timer)
      cancelAnimationFrame(frame)
      timer = frame = 0
    },
  }
}
