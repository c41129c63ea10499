import type { LiveCoverage, LiveDrift, LiveEvent, LiveSample, LiveStatus } from '../contract/index.js'

export type LiveMessage =
  | { readonly type: 'sample'; readonly data: LiveSample }
  | { readonly type: 'status'; readonly data: LiveStatus }
  | { readonly type: 'event'; readonly data: LiveEvent }
  | { readonly type: 'coverage'; readonly data: LiveCoverage }
  | { readonly type: 'drift'; readonly data: LiveDrift }

/** Brings what happens to those who watch, at once and never twice. Nothing is kept for those who come later. */
export interface LiveBus {
  sample(data: LiveSample): void
  status(data: LiveStatus): void
  event(data: LiveEvent): void
  coverage(data: LiveCoverage): void
  drift(data: LiveDrift): void
  /** Whether somebody watches the samples of a device. */
  isWatched(device: string): boolean
  /**
   * @param device samples of this device only; without one no samples, and at most one status a second for each device
   * @returns ends it
   */
  watch(device: string | undefined, take: (message: LiveMessage) => void): () => void
  watchers(): number
}

interface Watcher {
  readonly device: string | undefined
  readonly sentMs: Map<string, number>
  take(message: LiveMessage): void
}

const STATUS_MS = 1000

export function createLiveBus(now: () => number): LiveBus {
  const watchers = new Set<Watcher>()
  const send = (device: string, message: LiveMessage) => {
    for (const watcher of watchers)
      if (watcher.device === undefined || watcher.device === device) watcher.take(message)
  }
  return {
    sample(data) {
      for (const { device, take } of watchers) if (device === data.device) take({ type: 'sample', data })
    },
    status(data) {
      const nowMs = now()
      for (const { device, sentMs, take } of watchers) {
        if (device !== undefined || nowMs - (sentMs.get(data.device) ?? 0) < STATUS_MS) continue
        sentMs.set(data.device, nowMs)
        take({ type: 'status', data })
      }
    },
    event: data => send(data.event.device, { type: 'event', data }),
    coverage: data => send(data.device, { type: 'coverage', data }),
    drift: data => send(data.device, { type: 'drift', data }),
    isWatched(device) {
      for (const watcher of watchers) if (watcher.device === device) return true
      return false
    },
    watch(device, take) {
      const watcher = { device, take, sentMs: new Map() }
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    watchers: () => watchers.size,
  }
}
