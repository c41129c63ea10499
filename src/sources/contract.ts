import type { Json } from '../core/state.js'
import type { CsvRecord } from '../ingest/index.js'

/** A number, NaN = none; of a column of states its text. */
export type Reading = number | string

/** One message of a device, as its source read it. */
export interface Message {
  /** Empty where the source names none. */
  readonly device: string
  /** Ms since the epoch (UTC); NaN where it has no time. */
  readonly timeMs: number
  readonly names: readonly string[]
  /** One for each name. */
  readonly values: readonly Reading[]
  /** The device says that it is gone: it has no readings. */
  readonly isGone?: true
}

/** Why a source cannot use a message. */
export const BAD_MESSAGES = [
  'not-json',
  'ragged-row',
  'too-large',
  'bad-topic',
  'bad-device',
  'bad-time',
  'no-reading',
  'computed-channel',
  'bad-payload',
  'no-birth',
] as const
export type BadMessage = (typeof BAD_MESSAGES)[number]

/** What came over the wire: a payload, and what its address says of it. */
export interface RawMessage {
  /** Text of a message or line; undefined when it was longer than is read. */
  readonly payload: string | undefined
  /** Named parts of the topic; undefined when it fits no pattern. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** The header, for a line of delimited text. */
  readonly columns?: readonly string[]
  /** Such a line, cut. Default: at commas. */
  readonly row?: Pick<CsvRecord, 'problem'> & { readonly cells: readonly string[] }
  /** The device is gone; the payload has its time. */
  readonly isGone?: true
  /** Why its source cannot use it. */
  readonly bad?: { readonly reason: BadMessage; readonly detail: string }
  /** Where it came from, for a person. */
  readonly origin: string
  /** Of a line: its number in the file or stream, from 1. */
  readonly line?: number
}

/** Where a message came from, with its line. */
export const placeOf = ({ origin, line }: Pick<RawMessage, 'origin' | 'line'>): string =>
  line === undefined ? origin : `${origin}, line ${line}`

/** A message that was not used, and why. */
export interface Refusal {
  readonly message: Message
  readonly reason: string
}

/** Messages that came together. */
export interface Delivery {
  readonly messages: readonly Message[]
  /** Messages that could not be used, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** Cells and fields that are no numbers and no known states; their messages are used. */
  readonly badReadings: number
  /** Where the source continues after these messages; null for a source that cannot go back. */
  readonly position: Json
  /** When the last message came to its broker, ms; absent: now. With it messages that are read again are taken as before. */
  readonly arrivedMs?: number
  /** Called when what covers these messages is on the disk; the sender may forget them. `refusals`: those that the stream did not use. */
  acknowledge(refusals: readonly Refusal[]): void
}

/**
 * Gives messages as they come. It holds a bounded number of them: when they are not taken, it makes the sender wait.
 */
export interface Source {
  readonly name: string
  /**
   * Up to `most` messages, as soon as there is one; none after `waitMs`. Undefined: the source has ended.
   *
   * @throws SourceError when it can give no more
   */
  take(most: number, waitMs: number): Promise<Delivery | undefined>
  /** Messages that came and were not taken yet. */
  waiting(): number
  /** Takes no more from the sender; `take` gives what is here already, then ends. */
  stop(): void
  /** Leaves the sender; messages without an acknowledgement stay there. */
  close(): Promise<void>
}
