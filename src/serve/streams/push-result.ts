import type { Message } from '../../sources/index.js'
import type { PushResult } from '../contract/index.js'

export type PushRefusal = PushResult['refusals'][number]

/** Refused messages that an answer names. */
const MOST_NAMED = 100

/** What a stream says by a reason; those of a message that cannot be read come with a detail of their own. */
const DETAILS: Readonly<Record<string, string>> = {
  'no-channel': 'no field is a channel of the model',
  late: 'it is older than samples that have a score already',
  duplicate: 'there is a reading of this time already',
  future: 'its time is more than 24 h ahead of the clock of the server',
  'unknown-device': 'the model has none of this device',
  'too-many-devices': 'the stream takes no more devices',
}

/** What is known of the messages of one request. */
export interface PushFacts {
  /** Those that could be read, each with its place in the request. */
  readonly messages: ReadonlyMap<Message, number>
  readonly unread: readonly PushRefusal[]
  /** Of those that could be read, why the stream refused them. */
  readonly reasons: ReadonlyMap<Message, string>
}

/** What became of the messages of one request. */
export function pushResultOf({ messages, unread, reasons }: PushFacts): PushResult {
  const refusals = [...unread]
  for (const [message, reason] of reasons)
    refusals.push({ index: messages.get(message) as number, reason, detail: DETAILS[reason] ?? reason })
  const refused: Record<string, number> = {}
  for (const { reason } of refusals) refused[reason] = (refused[reason] ?? 0) + 1
  const first = refusals.sort((a, b) => a.index - b.index).slice(0, MOST_NAMED)
  return { taken: messages.size - reasons.size, refused, refusals: first }
}
