import type { Json } from '../core/state.js'
import type { OnTrouble } from '../sources/index.js'

/** A record that waits to be delivered. */
export interface SpoolRecord {
  readonly to: string
  readonly body: string
  /** The broker keeps it for who comes later. */
  readonly retain?: true
}

/** Why a record is given up: the receiver refused it, too many waited, or it still waited at the end. */
export type Loss = 'refused' | 'overflow' | 'ended'

/** How records are delivered. */
export interface Delivering {
  /** @returns false when the receiver will never take it. @throws when it may be tried again */
  deliver(record: SpoolRecord, signal: AbortSignal): Promise<boolean>
  /** Records that are kept at most; beyond that the oldest are given up and counted. Default 10,000. */
  readonly capacity?: number
  /** First pause after a failure, doubled up to a minute, ms. Default 500. */
  readonly retryMs?: number
  /** Is called with each record that is given up. */
  onLost?(record: SpoolRecord, reason: Loss): void
  readonly onTrouble?: OnTrouble
}

const LONGEST_PAUSE_MS = 60_000

/**
 * Delivers records in order, one after the other, and tries again until the receiver takes them. Its state holds what was not delivered, so that
 * nothing is lost in a restart; a record may then come twice, with the same id.
 */
export class Spool {
  readonly #options: Delivering
  readonly #stop = new AbortController()
  #waiting: SpoolRecord[]
  #lost = 0
  #isRunning = false
  #wake: (() => void) | undefined
  #whenEmpty: (() => void)[] = []

  constructor(options: Delivering, from: Json = null) {
    this.#options = options
    this.#waiting = ((from as { waiting?: SpoolRecord[] } | null)?.waiting ?? []).slice()
    this.#run()
  }

  add(records: readonly SpoolRecord[]): void {
    for (const record of records) this.#waiting.push(record)
    const excess = this.#waiting.length - (this.#options.capacity ?? 10_000)
    if (excess > 0) {
      // The first may be on its way.
      for (const record of this.#waiting.splice(1, excess)) this.#giveUp(record, 'overflow')
    }
    this.#run()
  }

  state(): Json {
    return { waiting: this.#waiting.map(({ to, body, retain }) => ({ to, body, ...(retain && { retain }) })) }
  }

  counts(): { readonly waiting: number; readonly lost: number } {
    return { waiting: this.#waiting.length, lost: this.#lost }
  }

  /** Waits until all is delivered, or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.#waiting.length === 0) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([late, new Promise<void>(resolve => this.#whenEmpty.push(resolve))])
    clearTimeout(timer)
  }

  /** @param rest `lost`: the state is not kept, so what waits is given up */
  stop(rest?: 'lost'): void {
    this.#stop.abort()
    this.#wake?.()
    if (rest === 'lost') for (const record of this.#waiting.splice(0)) this.#giveUp(record, 'ended')
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    let pauseMs = this.#options.retryMs ?? 500
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      try {
        const isTaken = await this.#options.deliver(this.#waiting[0], this.#stop.signal)
        const record = this.#waiting.shift()
        if (isTaken) this.#options.onTrouble?.(undefined)
        else if (record !== undefined) this.#giveUp(record, 'refused')
        pauseMs = this.#options.retryMs ?? 500
      } catch (error) {
        if (this.#stop.signal.aborted) break
        this.#options.onTrouble?.(reasonOf(error))
        await this.#pause(pauseMs)
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      }
    }
    this.#isRunning = false
    if (this.#waiting.length > 0) return
    for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }

  #giveUp(record: SpoolRecord, reason: Loss): void {
    this.#lost++
    this.#options.onLost?.(record, reason)
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** `fetch` and some clients put the cause below. */
function reasonOf(error: unknown): string {
  const { message, cause, code } = error as { message?: string; cause?: unknown; code?: string }
  return cause === undefined ? message || String(code ?? error) : reasonOf(cause)
}
