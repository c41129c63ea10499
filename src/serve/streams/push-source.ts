import { createError } from '../../core/errors.js'
import type { Decoded, Delivery, Message, RawMessage, Source } from '../../sources/index.js'
import type { PushResult } from '../contract/index.js'

/** A source whose messages are pushed by requests. */
export interface PushSource extends Source {
  /**
   * Takes the payloads of one request; resolves when they are on the disk.
   *
   * @throws `server-busy` when too many messages wait, `state-conflict` when the stream has stopped
   */
  push(payloads: readonly string[]): Promise<PushResult>
}

interface Pushed {
  readonly messages: readonly Message[]
  readonly refused: Record<string, number>
  readonly badReadings: number
  resolve(): void
  reject(error: unknown): void
}

/** Messages that wait at most. */
const MOST_WAITING = 100_000

export function pushSource(name: string, decode: (raw: RawMessage) => Decoded): PushSource {
  let queue: Pushed[] = []
  const taken = new Set<Pushed>()
  let waiting = 0
  let isStopped = false
  let wake: (() => void) | undefined
  const stopped = () =>
    createError('state-conflict', { what: `the stream ${name}`, got: 'stopped', wanted: 'it running' })

  return {
    name: `push ${name}`,
    waiting: () => waiting,
    push(payloads) {
      if (isStopped) return Promise.reject(stopped())
      if (waiting > MOST_WAITING)
        return Promise.reject(createError('server-busy', { reason: `${waiting} messages of ${name} wait` }))
      const messages: Message[] = []
      const refused: Record<string, number> = {}
      let badReadings = 0
      for (const payload of payloads) {
        const decoded = decode({ payload, origin: `push to ${name}` })
        if ('bad' in decoded) refused[decoded.bad] = (refused[decoded.bad] ?? 0) + 1
        else {
          messages.push(...decoded.messages)
          badReadings += decoded.badReadings
        }
      }
      waiting += messages.length
      return new Promise((resolve, reject) => {
        const result = { taken: messages.length, refused }
        queue.push({ messages, refused, badReadings, resolve: () => resolve(result), reject })
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
      let count = 0
      let size = 0
      while (size < queue.length && (size === 0 || count + queue[size].messages.length <= most))
        count += queue[size++].messages.length
      const parts = queue.slice(0, size)
      queue = queue.slice(size)
      for (const part of parts) taken.add(part)
      return deliveryOf(parts, () => {
        waiting -= count
        for (const part of parts) {
          taken.delete(part)
          part.resolve()
        }
      })
    },
    stop() {
      isStopped = true
      wake?.()
    },
    async close() {
      isStopped = true
      for (const part of [...taken, ...queue]) part.reject(stopped())
      queue = []
      taken.clear()
    },
  }
}

function deliveryOf(parts: readonly Pushed[], acknowledge: () => void): Delivery {
  const refused: Record<string, number> = {}
  for (const part of parts)
    for (const [reason, count] of Object.entries(part.refused))
      refused[reason] = (refused[reason] ?? 0) + count
  return {
    messages: parts.length === 1 ? parts[0].messages : parts.flatMap(({ messages }) => [...messages]),
    refused,
    badReadings: parts.reduce((sum, part) => sum + part.badReadings, 0),
    position: null,
    acknowledge,
  }
}
