import type { Json } from '../core/state.js'
import type { BadMessage, Delivery, Message, RawMessage, Source } from './contract.js'
import type { Decoded } from './decode.js'
import type { Inbox } from './inbox.js'

/** A raw message in the queue of its source. */
export interface Item {
  readonly raw: RawMessage
  /** Where the source continues after it. */
  readonly position?: Json
  /** When it came to its broker, ms. */
  readonly arrivedMs?: number
  acknowledge?(): void
}

/** Is called with each message that cannot be used. */
export type OnBad = (raw: RawMessage, reason: BadMessage, detail: string) => void

/** A source of what an inbox holds. @param from its position at the start */
export function sourceOf(
  name: string,
  inbox: Inbox<Item>,
  decode: (raw: RawMessage) => Decoded,
  onBad: OnBad,
  ending: Pick<Source, 'stop' | 'close'>,
  from: Json = null,
): Source {
  let position = from
  return {
    name,
    waiting: () => inbox.size,
    async take(most, waitMs): Promise<Delivery | undefined> {
      const items = await inbox.take(most, waitMs)
      if (items === undefined) return undefined
      const messages: Message[] = []
      const refused: Record<string, number> = {}
      let badReadings = 0
      for (const { raw } of items) {
        const decoded = decode(raw)
        if ('bad' in decoded) {
          refused[decoded.bad] = (refused[decoded.bad] ?? 0) + 1
          onBad(raw, decoded.bad, decoded.detail)
          continue
        }
        badReadings += decoded.badReadings
        for (const message of decoded.messages) messages.push(message)
      }
      position = items.at(-1)?.position ?? position
      const acknowledge = () => {
        for (const item of items) item.acknowledge?.()
      }
      const arrivedMs = items.at(-1)?.arrivedMs
      return {
        messages,
        refused,
        badReadings,
        position,
        acknowledge,
        ...(arrivedMs !== undefined && { arrivedMs }),
      }
    },
    ...ending,
  }
}
