import type { Json } from '../core/state.js'
import { anomalyId, type CloudEvent } from './cloud-event.js'
import type { LiveOutput, Sink } from './sink.js'

/** How much a receiver is sent. */
export interface NotifyLimit {
  /** Notifications of one device in the period. */
  readonly count: number
  readonly periodMs: number
}

interface NotifyState {
  readonly sink: Json
  readonly sent: readonly (readonly [device: string, timesMs: readonly number[]])[]
  readonly held: readonly string[]
  readonly acknowledged: readonly string[]
  readonly heldBack: number
}

/**
 * Limits what a receiver gets. An event that opens beyond the limit of its device is held back as a whole, updates beyond it are left out; the end of an
 * event whose opening was sent always comes. Of an event that was acknowledged updates are left out. Times are those of the events, so that the same
 * events give the same notifications.
 *
 * @param limit absent: any number
 * @param open opens the receiver with its state
 * @param now for events without a time, ms since the epoch
 */
export async function notifySink(
  limit: NotifyLimit | undefined,
  open: (from: Json) => Promise<Sink>,
  now: () => number,
  from: Json = null,
): Promise<Sink> {
  // The state of a receiver before there was a limit is its own.
  const saved =
    from !== null && typeof from === 'object' && 'held' in from ? (from as unknown as NotifyState) : undefined
  const sink = await open(saved ? saved.sink : from)
  const gate = new Gate(limit, now, saved)
  return {
    write: outputs => sink.write(outputs.map(output => gate.pass(output))),
    async state() {
      return { ...gate.state(), sink: await sink.state() } as unknown as Json
    },
    counts: () => ({ ...sink.counts(), heldBack: gate.heldBack }),
    drain: timeoutMs => sink.drain(timeoutMs),
    close: rest => sink.close(rest),
  }
}

class Gate {
  readonly #limit: NotifyLimit | undefined
  readonly #now: () => number
  /** Times of notifications that still count, by device. */
  readonly #sent: Map<string, readonly number[]>
  /** Events whose opening was held back. */
  readonly #held: Set<string>
  readonly #acknowledged: Set<string>
  heldBack: number

  constructor(limit: NotifyLimit | undefined, now: () => number, from: NotifyState | undefined) {
    this.#limit = limit
    this.#now = now
    this.#sent = new Map(from?.sent)
    this.#held = new Set(from?.held)
    this.#acknowledged = new Set(from?.acknowledged)
    this.heldBack = from?.heldBack ?? 0
  }

  pass(output: LiveOutput): LiveOutput {
    const events = output.events.filter(event => {
      const passes = this.#passes(output.device, event)
      if (!passes) this.heldBack++
      return passes
    })
    return { ...output, events }
  }

  state(): Omit<NotifyState, 'sink'> {
    return {
      sent: [...this.#sent],
      held: [...this.#held],
      acknowledged: [...this.#acknowledged],
      heldBack: this.heldBack,
    }
  }

  #passes(device: string, event: CloudEvent): boolean {
    const { key, change } = identityOf(event)
    if (change === 'closed') {
      this.#acknowledged.delete(key)
      return !this.#held.delete(key)
    }
    if (this.#held.has(key)) return false
    if (change === 'acknowledged') {
      this.#acknowledged.add(key)
      return true
    }
    if (change === 'updated' && this.#acknowledged.has(key)) return false
    const isWithin = this.#count(device, event)
    if (!isWithin && change === 'opened') this.#held.add(key)
    return isWithin
  }

  /** Counts a notification where the limit leaves room for it. */
  #count(device: string, { time }: CloudEvent): boolean {
    if (this.#limit === undefined) return true
    const { count, periodMs } = this.#limit
    const atMs = time === undefined ? this.#now() : Date.parse(time)
    const recent = (this.#sent.get(device) ?? []).filter(sentMs => sentMs > atMs - periodMs)
    const hasRoom = recent.length < count
    this.#sent.set(device, hasRoom ? [...recent, atMs] : recent)
    return hasRoom
  }
}

/** Which event a change belongs to. Lost coverage opens one, restored coverage closes it. */
function identityOf({ id, type, subject, data }: CloudEvent) {
  const [, , kind, what] = type.split('.')
  if (kind === 'coverage') {
    const { channel } = data as { channel: string | null }
    return { key: `coverage ${channel ?? ''} ${subject}`, change: what === 'lost' ? 'opened' : 'closed' }
  }
  return { key: anomalyId(id), change: what }
}
