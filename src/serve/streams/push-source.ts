import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import type { Decoded, Delivery, Message, RawMessage, Source } from '../../sources/index.js'
import type { PushResult } from '../contract/index.js'
import { type PushRefusal, pushResultOf } from './push-result.js'

/** Messages as they are pushed: an object, a list of them, or lines of text. */
export type Pushable = string | Fields | readonly unknown[]
type Fields = Readonly<Record<string, unknown>>

/** A source whose messages are pushed by requests. */
export interface PushSource extends Source {
  /**
   * Takes the messages of one request; resolves when they are on the disk.
   *
   * @throws `server-busy` when too many messages wait, `state-conflict` when the stream has stopped
   */
  push(messages: Pushable): Promise<PushResult>
}

/** A request whose messages are given away in parts. */
interface Pushed {
  /** Lines of text, or of a list its elements. */
  readonly items: readonly unknown[]
  readonly isText: boolean
  /** Items that were given away. */
  given: number
  /** Deliveries that are not on the disk yet. */
  underWay: number
  /** What was read, with its place in the request. */
  readonly messages: Map<Message, number>
  readonly unread: PushRefusal[]
  /** The first reading of each field that is no number or no known state, by its name. */
  readonly unreadFields: Map<string, PushRefusal>
  /** Readings that are no numbers and no known states. */
  badReadings: number
  /** Why the stream refused messages. */
  readonly reasons: Map<Message, string>
  resolve(result: PushResult): void
  reject(error: unknown): void
}

/** Messages that wait at most. */
const MOST_WAITING = 100_000

export function pushSource(name: string, decode: (raw: RawMessage) => Decoded): PushSource {
  const queue: Pushed[] = []
  const open = new Set<Pushed>()
  let waiting = 0
  let isStopped = false
  let wake: (() => void) | undefined
  const stopped = () =>
    createError('state-conflict', { what: `the stream ${name}`, got: 'stopped', wanted: 'it running' })

  /** Gives away up to `most` items of a request. @returns their number */
  function give(
    pushed: Pushed,
    most: number,
    delivery: { messages: Message[]; badReadings: number },
  ): number {
    const from = pushed.given
    pushed.given = Math.min(pushed.items.length, from + most)
    pushed.underWay++
    for (let index = from; index < pushed.given; index++) {
      const item = pushed.items[index]
      const decoded =
        pushed.isText || isFields(item)
          ? decode({
              payload: pushed.isText ? String(item) : jsonOf(item),
              origin: `push to ${name}`,
            })
          : NO_OBJECT
      if ('bad' in decoded) {
        pushed.unread.push({ index, reason: decoded.bad, detail: decoded.detail })
        continue
      }
      delivery.badReadings += decoded.badReadings
      pushed.badReadings += decoded.badReadings
      for (const { name, reason, detail } of decoded.unread ?? [])
        if (!pushed.unreadFields.has(name)) pushed.unreadFields.set(name, { index, reason, detail })
      for (const message of decoded.messages) {
        pushed.messages.set(message, index)
        delivery.messages.push(message)
      }
    }
    return pushed.given - from
  }

  function settle(pushed: Pushed): void {
    pushed.underWay--
    if (pushed.underWay > 0 || pushed.given < pushed.items.length) return
    open.delete(pushed)
    pushed.resolve(pushResultOf(pushed))
  }

  return {
    name: `push ${name}`,
    waiting: () => waiting,
    push(messages) {
      if (isStopped) return Promise.reject(stopped())
      if (waiting > MOST_WAITING)
        return Promise.reject(
          createError('server-busy', { reason: `${counted(waiting, 'message')} of ${name} wait` }),
        )
      const items = itemsOf(messages)
      waiting += items.length
      return new Promise((resolve, reject) => {
        const read = {
          messages: new Map(),
          unread: [],
          unreadFields: new Map(),
          badReadings: 0,
          reasons: new Map(),
        }
        const isText = typeof messages === 'string'
        const pushed: Pushed = { items, isText, given: 0, underWay: 0, ...read, resolve, reject }
        open.add(pushed)
        queue.push(pushed)
        wake?.()
      })
    },
    async take(most, waitMs): Promise<Delivery | undefined> {
      if (queue.length === 0 && !isStopped)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, waitMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      wake = undefined
      if (queue.length === 0 && isStopped) return undefined
      const parts: Pushed[] = []
      const read = { messages: [] as Message[], badReadings: 0 }
      const before = new Map<Pushed, number>()
      let count = 0
      while (queue.length > 0 && (parts.length === 0 || count < most)) {
        const [pushed] = queue
        before.set(pushed, pushed.unread.length)
        count += give(pushed, most - count, read)
        parts.push(pushed)
        if (pushed.given === pushed.items.length) queue.shift()
      }
      const refused: Record<string, number> = {}
      for (const [{ unread }, from] of before)
        for (const { reason } of unread.slice(from)) refused[reason] = (refused[reason] ?? 0) + 1
      return {
        ...read,
        refused,
        position: null,
        acknowledge(refusals) {
          waiting -= count
          for (const pushed of parts) {
            for (const { message, reason } of refusals)
              if (pushed.messages.has(message)) pushed.reasons.set(message, reason)
            settle(pushed)
          }
        },
      }
    },
    stop() {
      isStopped = true
      wake?.()
    },
    async close() {
      isStopped = true
      for (const pushed of open) pushed.reject(stopped())
      open.clear()
      queue.length = 0
    },
  }
}

/** A number that is too large has become infinite, which JSON cannot say: it stays one that cannot be read. */
const jsonOf = (item: unknown): string =>
  JSON.stringify(item, (_, value) => (Math.abs(value) === Number.POSITIVE_INFINITY ? String(value) : value))

const NO_OBJECT = { bad: 'not-json', detail: 'it is no JSON object' } as const

const isFields = (item: unknown): item is Fields =>
  typeof item === 'object' && item !== null && !Array.isArray(item)

/** One item for each message, so that one that cannot be used does not refuse the others. */
function itemsOf(messages: Pushable): readonly unknown[] {
  if (typeof messages === 'string') return messages.split('\n').filter(line => line.trim() !== '')
  return Array.isArray(messages) ? messages : [messages]
}
