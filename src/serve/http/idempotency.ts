import { createHash } from 'node:crypto'
import { createError } from '../../core/errors.js'
import { DAY_MS } from '../../core/milliseconds.js'

/** What a request was answered with. */
export interface Answered {
  readonly status: number
  readonly location?: string
  readonly result: unknown
}

/** A request as a client repeats it. */
export interface Repeatable {
  readonly user: string
  /** Value of the header `Idempotency-Key`. */
  readonly key: string
  readonly method: string
  readonly url: string
  readonly body: unknown
}

/** Answers by their `Idempotency-Key`, so that a request that is repeated changes nothing a second time. In memory: a restart forgets them. */
export interface Idempotency {
  /**
   * Does the work, or gives the answer of an equal request that came before. A repetition waits for one that is under way; a request that failed may be repeated.
   *
   * @returns the answer, and whether it is a repetition
   * @throws `request-invalid` for a key that is none, `key-reused` when the key came with another request; what `work` throws
   */
  answer(
    request: Repeatable,
    work: () => Promise<Answered>,
  ): Promise<{ readonly answered: Answered; readonly isRepeated: boolean }>
}

/** Time for which an answer is remembered, ms. */
export const REMEMBERED_MS = DAY_MS
/** Answers of one user that are remembered; the oldest are forgotten. */
export const MOST_REMEMBERED = 1000

const KEY = /^[\x21-\x7e]{1,200}$/

interface Entry {
  readonly fingerprint: string
  readonly atMs: number
  readonly answer: Promise<Answered>
}

/** @param now a clock, ms */
export function createIdempotency(now: () => number): Idempotency {
  const users = new Map<string, Map<string, Entry>>()
  return {
    async answer({ user, key, method, url, body }, work) {
      if (!KEY.test(key))
        throw createError('request-invalid', {
          where: 'header/idempotency-key',
          reason: 'must have 1 to 200 visible ASCII characters',
        })
      const entries = users.get(user) ?? new Map<string, Entry>()
      users.set(user, entries)
      const fingerprint = createHash('sha256')
        .update(`${method} ${url}\n${JSON.stringify(body)}`)
        .digest('base64')
      const atMs = now()
      const known = entries.get(key)
      if (known !== undefined && atMs - known.atMs < REMEMBERED_MS) {
        if (known.fingerprint !== fingerprint) throw createError('key-reused', { key })
        return { answered: await known.answer, isRepeated: true }
      }
      entries.delete(key)
      makeRoom(entries, atMs)
      const entry = { fingerprint, atMs, answer: work() }
      entries.set(key, entry)
      try {
        return { answered: await entry.answer, isRepeated: false }
      } catch (error) {
        if (entries.get(key) === entry) entries.delete(key)
        throw error
      }
    },
  }
}

/** Forgets what is too old, and the oldest where there is no room for one more. Entries are in the order of their time. */
function makeRoom(entries: Map<string, Entry>, nowMs: number): void {
  for (const [key, { atMs }] of entries) {
    if (nowMs - atMs < REMEMBERED_MS && entries.size < MOST_REMEMBERED) return
    entries.delete(key)
  }
}
