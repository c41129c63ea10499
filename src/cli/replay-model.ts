import { setTimeout as wait } from 'node:timers/promises'
import { channelsDiffer } from '../core/channels.js'
import { type CloudEvent, endSoFar, noticeOf } from '../emit/index.js'
import type { DeviceTables } from '../ingest/index.js'
import { createReplay, type StreamCounts } from '../live/index.js'
import { channelShares, type ReplayedEvent, type Row } from '../report/index.js'
import type { SessionSettings } from '../session/index.js'
import type { Fleet } from './fleet.js'
import type { Io } from './io.js'
import { forTable, tableMessages } from './table-messages.js'

/** What is replayed. */
export interface ReplayTask {
  readonly devices: DeviceTables
  readonly fleet: Fleet
  readonly settings: SessionSettings
  readonly silentAfterMs: number
  /** Seconds of the data in a second; Infinity = as fast as possible. */
  readonly speed: number
  /** Is called with each event that opens or ends, as it happens. */
  onEvent(event: CloudEvent): void
  onProgress(samples: number): void
}

/** What a model would have reported. */
export interface Replayed {
  readonly events: readonly ReplayedEvent[]
  /** Devices and channels that were silent for a time. */
  readonly silences: readonly Row[]
  readonly counts: StreamCounts
}

/** Rows that are read together, at most this far apart. */
const SPAN_MS = 1000

/** Takes the rows of a table as a stream would have taken them. Ends early when the run is interrupted. */
export async function replayModel(
  { signal, now }: Pick<Io, 'signal' | 'now'>,
  { devices, fleet, settings, silentAfterMs, speed, onEvent, onProgress }: ReplayTask,
): Promise<Replayed> {
  const { timeKind } = devices
  const replay = createReplay({
    async modelOf(device) {
      const model = await fleet.modelOf(device)
      const missing = model?.info.channels.filter(name => !devices.channels.includes(name)) ?? []
      if (missing.length > 0) throw channelsDiffer(missing, [])
      return forTable(model, timeKind)
    },
    settings,
    sampling: {
      joinMs: null,
      waitMs: 0,
      maxAgeMs: 0,
      silentAfterMs: timeKind === 'utc' ? silentAfterMs : Number.POSITIVE_INFINITY,
    },
    resident: Number.POSITIVE_INFINITY,
    mostDevices: Number.POSITIVE_INFINITY,
  })
  const found = new Map<string, ReplayedEvent>()
  const silences: Row[] = []
  const take = (outputs: Awaited<ReturnType<typeof replay.take>>) => {
    for (const { events } of outputs)
      for (const event of events) {
        const { kind, change, sentence } = noticeOf(event)
        if (kind === 'coverage')
          silences.push({ time: event.time ?? null, device: event.subject, what: sentence })
        else found.set((event.data as { id: string }).id + event.subject, replayedEvent(event))
        if (change !== 'updated') onEvent(event)
      }
    onProgress(replay.counts.samples)
  }
  let start: { readonly dataMs: number; readonly clockMs: number } | undefined
  for await (const messages of tableMessages(devices, timeKind === 'utc' ? SPAN_MS : 1)) {
    start ??= { dataMs: messages[0]!.timeMs, clockMs: now() }
    const dueMs = start.clockMs + (messages[0]!.timeMs - start.dataMs) / speed
    if (dueMs > now()) await wait(dueMs - now(), undefined, { signal }).catch(() => {})
    if (signal.aborted) break
    take(await replay.take(messages))
  }
  take(await replay.finish())
  return { events: [...found.values()], silences, counts: replay.counts }
}

function replayedEvent({ subject, data }: CloudEvent): ReplayedEvent {
  const event = data as unknown as Omit<ReplayedEvent, 'device' | 'channels' | 'end'> & {
    readonly end?: ReplayedEvent['end']
    readonly last?: ReplayedEvent['end']
    readonly channels: readonly { readonly name: string; readonly share: number }[]
  }
  const { id, start, score, severity, channels } = event
  const end = endSoFar(event)
  return { id, device: subject, start, end, score, severity, channels: channelShares(channels) }
}
