import type { Json } from '../core/state.js'
import type { CloudEvent } from './cloud-event.js'
import type { ScoreTable } from './scores.js'

/** What became known of one device of a stream. */
export interface LiveOutput {
  readonly device: string
  /** Samples whose scores are final. */
  readonly scored?: ScoreTable & {
    /** `[N * C]` what the detector expected, where the session was asked for it; NaN where it does not know. */
    readonly expected?: Float64Array
  }
  readonly events: readonly CloudEvent[]
  /** Messages of the device that were refused, by reason. */
  readonly refused?: Readonly<Record<string, number>>
}

/** Takes what a stream finds out. */
export interface Sink {
  /**
   * Takes outputs; wait for it before the next.
   *
   * @param kept resolves when what they were made of is on the disk. A sink that stores where it is must not store them before: after a crash another batch may come in the place of
   * one that was not kept
   * @throws SourceError where the stream cannot continue without it
   */
  write(outputs: readonly LiveOutput[], kept?: Promise<unknown>): Promise<void>
  /** Where it is, when all that it was given is on the disk or in this state: opened with it, it continues after that. */
  state(): Promise<Json>
  /** Records that wait to be delivered, those that were given up, and notifications that a limit held back. */
  counts(): { readonly waiting: number; readonly lost: number; readonly heldBack?: number }
  /** Delivers what it can within the time. */
  drain(timeoutMs: number): Promise<void>
  /** @param rest `lost`: the state is not kept, so what still waits is counted as lost */
  close(rest?: 'lost'): Promise<void>
}

/** A sink that is to be opened; its state is kept under its name. */
export interface SinkPlan {
  readonly name: string
  /** @param from its state; null at the first start */
  open(from: Json): Promise<Sink>
}

/** What of a stream is written. */
export type SinkContent = 'scores' | 'events'
