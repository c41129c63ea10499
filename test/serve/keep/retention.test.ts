import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeTestServer, messagesOf, openTestServer, PLANT, type TestServer } from '../plant.js'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
  await server.ask('POST', '/api/v1/streams', { name: 'plant', model: 'pump' })
  await server.ask('POST', '/api/v1/streams/plant/messages', messagesOf(PLANT.test, 'p7'), {
    headers: { 'content-type': 'application/x-ndjson' },
  })
  await server.services.streams.stop('plant')
})
afterAll(() => closeTestServer(server))

const events = async () =>
  (await server.ask('GET', '/api/v1/events?limit=1000')).json.items as { id: string; endMs: number }[]
const oldestMs = async () => {
  const [row] = await server.services.keep.database.rows(
    'select min(time_ms) as oldest, count(*)::double as many from samples',
  )
  return row as { oldest: number; many: number }
}

describe('retention', () => {
  it('removes samples and events before a time, but no event with feedback, and keeps what is newer', async () => {
    const before = await events()
    const sorted = [...before].sort((a, b) => a.endMs - b.endMs)
    const [kept, ...others] = sorted
    await server.ask('POST', `/api/v1/events/${encodeURIComponent(kept.id)}/feedback`, {
      verdict: 'confirmed',
    })
    const cutMs = others[1].endMs
    await server.services.keep.forget(cutMs)
    const expected = sorted.filter(({ id, endMs }) => id === kept.id || endMs >= cutMs).map(({ id }) => id)
    expect(expected.length).toBeLessThan(before.length)
    expect((await events()).map(({ id }) => id).sort()).toEqual(expected.sort())
    const { oldest, many } = await oldestMs()
    expect(oldest).toBeGreaterThanOrEqual(cutMs)
    expect(many).toBe(PLANT.test.timeMs.filter(timeMs => timeMs >= cutMs).length)
    expect(many).toBeGreaterThan(0)
  })

  it('leaves the state of a device alone: its stream continues', async () => {
    await server.services.keep.forget(Number.MAX_SAFE_INTEGER)
    expect((await oldestMs()).many).toBe(0)
    await server.ask('POST', '/api/v1/streams/plant/start')
    const later = {
      ...PLANT.test,
      timeMs: PLANT.test.timeMs.map(timeMs => timeMs + 1500 * (PLANT.test.timeMs[1] - PLANT.test.timeMs[0])),
    }
    await server.ask('POST', '/api/v1/streams/plant/messages', messagesOf(later, 'p7', 0, 50), {
      headers: { 'content-type': 'application/x-ndjson' },
    })
    await server.services.streams.stop('plant')
    expect((await oldestMs()).many).toBe(50)
    const rows = await server.services.keep.database.rows(
      'select count(score)::double as scored from samples',
    )
    expect(rows[0].scored).toBeGreaterThan(40)
  })
})
