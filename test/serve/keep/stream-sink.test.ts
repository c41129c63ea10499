import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sliceFrame } from '../../../src/core/frame.js'
import { keepSink } from '../../../src/serve/keep/stream-sink.js'
import { openSession } from '../../../src/session/index.js'
import { closeTestServer, MODEL, messagesOf, openTestServer, PLANT, type TestServer } from '../plant.js'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => closeTestServer(server))

const count = async (device: string) => {
  await server.services.keep.flush()
  const [row] = await server.services.keep.database.rows(
    'select count(*)::double as samples from samples where device = $1',
    [device],
  )
  return row.samples
}

describe('the store of a stream', () => {
  it('is not ahead of the journal: a batch that a crash takes from the journal is not in the store', async () => {
    const { keep, live, measures } = server.services
    const { channels } = MODEL.info
    const model = { name: 'pump@1', channels, sources: channels, cadenceMs: 60_000 }
    const sink = await keepSink({ keep, live, measures }, 'ahead', () => model).open({ batch: 0 })
    const { scored } = openSession(MODEL, { alignment: 'causal' }).push(sliceFrame(PLANT.test, 0, 50))
    let isKept = () => {}
    const kept = new Promise<void>(resolve => {
      isKept = resolve
    })
    await sink.write([{ device: 'd', scored, events: [] }], kept)
    expect(await count('ahead:d')).toBe(0)
    expect(await keep.progressOf('ahead')).toBe(0)
    isKept()
    expect(await sink.state()).toEqual({ batch: 1 })
    expect(await count('ahead:d')).toBe(50)
    expect(await keep.progressOf('ahead')).toBe(1)
  })

  it('stops its stream when the journal cannot be written', async () => {
    const { keep, live, measures } = server.services
    const sink = await keepSink({ keep, live, measures }, 'full', () => {
      throw new Error('nothing may be taken')
    }).open({ batch: 0 })
    await sink.write([{ device: 'd', events: [] }], Promise.reject(new Error('the disk is full')))
    await expect(sink.state()).rejects.toThrow('the disk is full')
    await expect(sink.write([])).rejects.toThrow('the disk is full')
  })

  it('takes everything of a stream that was removed and made again', async () => {
    const push = (from: number) =>
      server.ask(
        'POST',
        '/api/v1/streams/again/messages',
        messagesOf(PLANT.test, `d${from}`, from, from + 40),
        {
          headers: { 'content-type': 'application/x-ndjson' },
        },
      )
    const make = () => server.ask('POST', '/api/v1/streams', { name: 'again', model: 'pump' })
    await make()
    for (const from of [0, 40, 80]) await push(from)
    await server.services.streams.stop('again')
    await server.ask('DELETE', '/api/v1/streams/again')
    await make()
    await push(200)
    await server.services.streams.stop('again')
    expect(await count('again:d200')).toBe(40)
  })
})
