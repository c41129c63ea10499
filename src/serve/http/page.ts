import { createHash } from 'node:crypto'
import { createError } from '../../core/errors.js'
import type { Page } from '../contract/index.js'

/** A cursor as the client carries it: where the next page starts. */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Errors: `request-invalid`. */
export function readCursor(cursor: string): readonly (string | number)[] {
  try {
    const place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (
      Array.isArray(place) &&
      place.every(one => ['string', 'number'].includes(typeof one)) &&
      place.length <= 2
    )
      return place
  } catch {
    // Answered below.
  }
  throw createError('request-invalid', {
    where: 'query/cursor',
    reason: 'is no cursor that this server gave',
  })
}

/** A page of a list that is in memory: the items after the one whose name the cursor holds. Errors: `request-invalid`. */
export function pageOfItems<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): { items: Item[]; nextCursor: Page<Item>['nextCursor'] } {
  let start = 0
  if (cursor !== undefined) {
    const [after] = readCursor(cursor)
    start = items.findIndex(item => nameOf(item) === after) + 1
    if (start === 0)
      throw createError('request-invalid', { where: 'query/cursor', reason: 'names an item that is gone' })
  }
  const page = items.slice(start, start + limit)
  const last = page.at(-1)
  const hasMore = start + limit < items.length && last !== undefined
  return { items: page, nextCursor: hasMore ? writeCursor([nameOf(last)]) : null }
}

/** The ETag of an answer. */
export function etagOf(payload: string): string {
  return `"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`
}

/** Refuses a change of what is no longer as the client read it. Errors: `change-overtaken`. */
export function checkUnchanged(ifMatch: string | string[] | undefined, now: unknown, what: string): void {
  if (ifMatch === undefined || ifMatch === '*') return
  const tags = String(ifMatch)
    .split(',')
    .map(tag => tag.trim())
  if (!tags.includes(etagOf(JSON.stringify(now)))) throw createError('change-overtaken', { what })
}
