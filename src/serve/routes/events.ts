import { eventPage, eventQuery } from '../contract/index.js'
import { readCursor, writeCursor } from '../http/page.js'
import { defineRoute } from '../http/route.js'
import { rangeOf } from '../keep/range.js'
import { newestMs } from '../keep/views.js'

/** Events, newest first. */
export const eventsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events',
  summary: 'Events, newest first',
  access: 'viewer',
  query: eventQuery,
  response: eventPage,
  async run({ query, services: { keep, now } }) {
    const { limit, device, state, verdict } = query
    const conditions: string[] = []
    const values: (string | number)[] = []
    const add = (condition: string, ...own: (string | number)[]) => {
      conditions.push(condition.replace(/\?/g, () => `$${values.push(own.shift() as string | number)}`))
    }
    if (query.from !== undefined || query.to !== undefined) {
      const { fromMs, toMs } = rangeOf(query, newestMs(keep, now()), Number.MAX_SAFE_INTEGER / 2)
      add('end_ms > ? and start_ms < ?', fromMs, toMs)
    }
    if (device !== undefined) add('device = ?', device)
    if (state !== undefined) add('state = ?', state)
    if (verdict === 'none') conditions.push('verdict is null')
    else if (verdict !== undefined) add('verdict = ?', verdict)
    if (query.cursor !== undefined) {
      const [startMs, id] = readCursor(query.cursor)
      add('(start_ms < ? or (start_ms = ? and id > ?))', Number(startMs), Number(startMs), String(id))
    }
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    const found = await keep.eventRows(`${where} order by start_ms desc, id limit ${limit + 1}`, values)
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: found.length > limit && last ? writeCursor([last.startMs, last.id]) : null }
  },
})
