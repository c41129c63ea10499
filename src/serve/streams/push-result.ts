import type { Message } from '../../sources/index.js'
import type { PushResult } from '../contract/index.js'
import { refusalDetail } from '../keep/refusal-detail.js'

export type PushRefusal = PushResult['refusals'][number]

/** Refused messages that an answer names. */
const MOST_NAMED = 100

/** What is known of the messages of one request. */
export interface PushFacts {
  /** Those that could be read, each with its place in the request. */
  readonly messages: ReadonlyMap<Message, number>
  readonly unread: readonly PushRefusal[]
  /** The first reading of each field that is no number or no known state: its message was used. */
  readonly unreadFields: ReadonlyMap<string, PushRefusal>
  readonly badReadings: number
  /** Of those that could be read, why the stream refused them. */
  readonly reasons: ReadonlyMap<Message, string>
}

/** What became of the messages of one request. */
export function pushResultOf(facts: PushFacts): PushResult {
  const { messages, unread, unreadFields, badReadings, reasons } = facts
  const refusals = [...unread]
  for (const [message, reason] of reasons)
    refusals.push({ index: messages.get(message) as number, reason, detail: refusalDetail(reason) })
  const refused: Record<string, number> = {}
  for (const { reason } of refusals) refused[reason] = (refused[reason] ?? 0) + 1
  const named = [...refusals, ...unreadFields.values()].sort((a, b) => a.index - b.index)
  return { taken: messages.size - reasons.size, refused, badReadings, refusals: named.slice(0, MOST_NAMED) }
}
