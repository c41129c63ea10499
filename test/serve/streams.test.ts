import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sliceFrame } from '../../src/core/frame.js'
import { createMonitor } from '../../src/live/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { openSession } from '../../src/session/index.js'
import { deviceFolder, resolveModel, saveModel, stageVersion } from '../../src/store/index.js'
import {
  addVersion,
  closeTestServer,
  MODEL,
  messagesOf,
  openTestServer,
  PLANT,
  type TestServer,
} from './plant.js'

let server: TestServer
const NDJSON = { headers: { 'content-type': 'application/x-ndjson' } }
const push = (text: string) => server.ask('POST', '/api/v1/streams/plant/messages', text, NDJSON)
const get = async (url: string) => (await server.ask('GET', url)).json

beforeAll(async () => {
  server = await openTestServer()
  await server.ask('POST', '/api/v1/streams', { name: 'plant', model: 'pump' })
})
afterAll(() => closeTestServer(server))

const id = 'plant:p7'
const EXPECTED = (() => {
  const session = openSession(MODEL, { alignment: 'causal', expected: true })
  const { scored, events } = session.push(PLANT.test)
  const opened = events.filter(({ type }) => type === 'opened').map(({ event }) => event.id)
  return { score: scored.score, opened }
})()

describe('a stream', () => {
  it('makes events and keeps samples, across a restart, with the bits of one session', async () => {
    expect((await push(messagesOf(PLANT.test, 'p7', 0, 300))).json).toEqual({
      taken: 300,
      refused: {},
      badReadings: 0,
      refusals: [],
    })
    await server.close()
    server = { ...(await openTestServer({}, server.folder)) }
    expect((await get('/api/v1/streams/plant')).state).toBe('running')
    await push(messagesOf(PLANT.test, 'p7', 300))
    await server.services.streams.stop('plant')
    const events = (await get('/api/v1/events?limit=1000')).items
    expect(events.map((event: { id: string }) => event.id).sort()).toEqual(
      EXPECTED.opened.map(event => `${id}:${event}`).sort(),
    )
    const rows = await server.services.keep.database.rows('select score from samples order by time_ms')
    expect(rows.map(({ score }) => score ?? Number.NaN)).toEqual(Array.from(EXPECTED.score))
  })

  it('is shown as a series with the extremes of its readings, a band and its events', async () => {
    const series = await get(`/api/v1/devices/${id}/series?points=20&from=${PLANT.test.timeMs[0]}`)
    const power = Array.from(PLANT.test.timeMs, (_, i) => PLANT.test.values[3 * i])
    expect(series.samples).toBe(1500)
    expect(Math.max(...series.channels[0].max)).toBe(Math.max(...power))
    expect(Math.min(...series.channels[0].min)).toBe(Math.min(...power))
    expect(series.channels[0].low.at(-1)).toBeLessThan(series.channels[0].expected.at(-1))
    expect(series.events.length).toBe(EXPECTED.opened.length)
  })

  it('is a lane in the overview', async () => {
    const { devices, totals } = await get(`/api/v1/overview?from=${PLANT.test.timeMs[0]}`)
    expect(totals).toMatchObject({ devices: 1, events: EXPECTED.opened.length })
    expect(devices[0]).toMatchObject({ id, name: 'p7', stream: 'plant', model: 'pump@1', coverage: 1 })
  })

  it('has pages of events that hold each of them once', async () => {
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = await get(`/api/v1/events?limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.items.map((event: { id: string }) => event.id))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe(EXPECTED.opened.length)
  })

  it('explains an event, and keeps what it found', async () => {
    const [event] = (await get('/api/v1/events?state=closed&limit=1')).items
    const first = await get(`/api/v1/events/${encodeURIComponent(event.id)}/explanation`)
    expect(first.sentence).toMatch(/\w/)
    expect(await get(`/api/v1/events/${encodeURIComponent(event.id)}/explanation`)).toEqual(first)
    expect((await get(`/api/v1/events/${encodeURIComponent(event.id)}`)).sentence).toBe(first.sentence)
  })

  it('takes feedback as its preview said, and takes it back', async () => {
    const before = (await get('/api/v1/events?limit=1000')).items
    const url = `/api/v1/events/${encodeURIComponent(before[0].id)}/feedback`
    const preview = await get(`${url}/preview?verdict=expected&radius=0.3`)
    const { json } = await server.ask('POST', url, { verdict: 'expected', radius: 0.3, note: 'cleaning' })
    expect(json.event.feedback).toMatchObject({ verdict: 'expected', note: 'cleaning', radius: 0.3 })
    expect(json.proposal.job).toMatchObject({ model: 'pump', base: 'pump@1', device: id })
    const after = (await get('/api/v1/events?limit=1000')).items as typeof before
    const removed = after
      .filter(
        (event: { matches: unknown; feedback: unknown }) => event.matches !== null || event.feedback !== null,
      )
      .map((event: { id: string }) => event.id)
    expect(removed.sort()).toEqual(preview.removed.sort())
    expect((await get('/api/v1/models/pump')).versions).toBe(1)
    await server.ask('DELETE', url)
    expect((await get('/api/v1/events?limit=1000')).items).toEqual(before)
  })

  it('continues with a version of the same content, and with another while it runs', async () => {
    const models = join(server.folder, 'models')
    await addVersion(models)
    const { json } = await server.ask('POST', '/api/v1/streams/plant/start')
    expect(json).toMatchObject({ state: 'running', model: 'pump@2', warning: null })
    await vi.waitFor(async () => expect((await get('/api/v1/streams/plant')).samples).toBe(1500), 10_000)
    const other = await trainModel(PLANT.train, { detector: 'ewma', workers: 1 })
    await addVersion(models, other)
    await vi.waitFor(async () => expect((await get('/api/v1/streams/plant')).model).toBe('pump@3'), 10_000)
    const later = { ...PLANT.test, timeMs: PLANT.test.timeMs.map(time => time + 1e9) }
    expect((await push(messagesOf(later, 'p7', 0, 200))).json.taken).toBe(200)
    await server.services.keep.flush()
    const rows = await server.services.keep.database.rows(
      'select score from samples order by time_ms desc limit 200',
    )
    const { scored } = openSession(other, { alignment: 'causal', expected: true }).push(
      sliceFrame(later, 0, 200),
    )
    expect(rows.map(({ score }) => score ?? Number.NaN).reverse()).toEqual(Array.from(scored.score))
  })

  it('keeps its version when the next one cannot be used, and says why', async () => {
    const models = join(server.folder, 'models')
    await addVersion(models)
    const version = await resolveModel('pump@4', { folder: models, by: 'test', now: () => new Date(0) })
    await rm(join(version, 'manifest.json'))
    const stream = () => get('/api/v1/streams/plant')
    await vi.waitFor(async () => expect((await stream()).warning).toMatch(/manifest/), 10_000)
    expect(await stream()).toMatchObject({ state: 'running', model: 'pump@3' })
    await rm(version, { recursive: true })
  })

  it('says which messages it cannot use', async () => {
    const good = '{"device":"p8","time":"2024-01-01T00:00:00Z","power":1}'
    const other = '{"device":"p8","time":"2024-01-01T00:01:00Z","colour":1}'
    const late = '{"device":"p8","time":"2023-01-01T00:00:00Z","power":1}'
    const future = '{"device":"p8","time":"2099-01-01T00:00:00Z","power":1}'
    const { json } = await push([good, 'no json', '[1]', other, late, '', future].join('\n'))
    expect(json).toEqual({
      taken: 1,
      refused: { 'not-json': 1, 'bad-device': 1, 'no-channel': 1, late: 1, future: 1 },
      badReadings: 0,
      refusals: [
        { index: 1, reason: 'not-json', detail: expect.stringContaining('no json') },
        { index: 2, reason: 'bad-device', detail: expect.stringContaining('device') },
        { index: 3, reason: 'no-channel', detail: 'no field is a channel of the model' },
        { index: 4, reason: 'late', detail: 'it is older than samples that have a score already' },
        { index: 5, reason: 'future', detail: expect.stringContaining('24 h ahead') },
      ],
    })
  })

  it('uses the good messages of a list in which others are bad', async () => {
    const at = (minute: number) => `2024-01-02T00:0${minute}:00Z`
    const body = [
      { device: 'p9', time: at(0), power: 1 },
      { time: at(1), power: 1 },
      { device: 'p9', time: 'x' },
    ]
    const { json } = await server.ask('POST', '/api/v1/streams/plant/messages', body)
    expect(json).toMatchObject({ taken: 1, refused: { 'bad-device': 1, 'bad-time': 1 } })
    expect(json.refusals.map(({ index }: { index: number }) => index)).toEqual([1, 2])
  })

  it('refuses elements of a list that are no objects, and takes the others', async () => {
    const message = JSON.parse(messagesOf(PLANT.test, 'p8', 0, 1))
    const { status, json } = await server.ask('POST', '/api/v1/streams/plant/messages', [
      message,
      5,
      null,
      'x',
      [],
    ])
    expect([status, json.taken, json.refused]).toEqual([200, 1, { 'not-json': 4 }])
    expect(json.refusals[0]).toEqual({ index: 1, reason: 'not-json', detail: 'it is no JSON object' })
  })

  it('names the first 100 refused messages and counts all', async () => {
    const body = Array.from({ length: 250 }, () => ({ device: 'p9', time: '2024-01-02T00:00:00Z', power: 1 }))
    const { json } = await server.ask('POST', '/api/v1/streams/plant/messages', body)
    expect(json).toMatchObject({ taken: 0, refused: { duplicate: 250 } })
    expect(json.refusals.length).toBe(100)
  })

  it('does not take messages when it has stopped', async () => {
    await server.ask('POST', '/api/v1/streams/plant/stop')
    const { status, json } = await push('{"device":"p8","power":1}')
    expect({ status, code: json.code }).toEqual({ status: 409, code: 'state-conflict' })
  })
})

describe('trainings', () => {
  it('make a version in a process of their own, on the readings of a device', async () => {
    const body = { model: 'made', device: id, options: { detector: 'ewma', window: 20 } }
    const { status, headers, json } = await server.ask('POST', '/api/v1/jobs', body)
    expect(status).toBe(202)
    expect(headers.location).toBe(`/api/v1/jobs/${json.id}`)
    const ended = await new Promise<{ state: string; result: string }>(resolve => {
      server.services.jobs.watch(json.id, job => void (job.endedMs !== null && resolve(job as never)))
    })
    expect(ended).toMatchObject({ state: 'done', result: 'made@1', error: null })
  }, 60_000)

  const ends = (job: string) =>
    new Promise<{ state: string; result: string }>(resolve => {
      server.services.jobs.watch(job, now => void (now.endedMs !== null && resolve(now as never)))
    })

  it('leave what is in use as it is: the version before becomes the champion', async () => {
    const body = { model: 'made', device: id, options: { detector: 'ewma', window: 30 } }
    const { json } = await server.ask('POST', '/api/v1/jobs', body)
    expect(await ends(json.id)).toMatchObject({ state: 'done', result: 'made@2' })
    expect((await get('/api/v1/models/made')).aliases).toEqual({ champion: 1 })
    expect((await server.services.models.versionOf('made')).number).toBe(1)
  }, 60_000)

  it('tell what was noticed in the history, with the names of a request', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => {
      const power = 20 + Math.sin(i / 9) + 0.02 * ((i * 7) % 11) + (i >= 300 && i < 320 ? 9 : 0)
      return `${new Date(1_767_000_000_000 + 60_000 * i).toISOString()},${power.toFixed(4)},${(2 * power + 1).toFixed(4)}`
    })
    const csv = ['time,power,double', ...rows].join('\n')
    const { json: table } = await server.ask('PUT', '/api/v1/datasets/faulty', csv, {
      headers: { 'content-type': 'text/csv' },
    })
    const { json } = await server.ask('POST', '/api/v1/jobs', {
      model: 'noted',
      dataset: table.name,
      options: {},
    })
    await ends(json.id)
    const { notes } = await get(`/api/v1/jobs/${json.id}`)
    expect(notes).toEqual([
      'double: the channel is calculated from power: a linear function of them in every sample',
      expect.stringMatching(
        /^parts of the history alone set the .*threshold.* train again with exclude 2025-12-2\d/,
      ),
    ])
    const [, exclude] = /exclude (\S+Z\.\.\S+Z)/.exec(notes[1])!
    const { json: again } = await server.ask('POST', '/api/v1/jobs', {
      model: 'noted',
      dataset: table.name,
      exclude,
    })
    await ends(again.id)
    expect((await get(`/api/v1/jobs/${again.id}`)).notes).toEqual(notes.slice(0, 1))
  }, 60_000)

  it('give a device of a fleet a new model, and leave those of the others', async () => {
    const registry = { folder: join(server.folder, 'models'), by: 'test', now: () => new Date(0) }
    const staged = await stageVersion(registry, 'fleet')
    for (const device of ['p7', 'p8']) {
      const model = await trainModel(PLANT.train, { detector: 'ewma', window: 20, workers: 1 }, { device })
      await saveModel(model, join(staged.path, deviceFolder(device)))
    }
    const before = await staged.publish('test')
    const body = { model: 'fleet', base: 'fleet@1', device: id }
    const { json } = await server.ask('POST', '/api/v1/jobs', body)
    expect(await ends(json.id)).toMatchObject({ state: 'done', result: 'fleet@2' })
    const after = await server.services.models.versionOf('fleet@2')
    expect(Object.keys(after.devices ?? {})).toEqual(['p7', 'p8'])
    expect(after.devices?.p8).toBe(before.devices?.p8)
    expect(after.devices?.p7).not.toBe(before.devices?.p7)
    const csv = ['power,flow,pressure', ...Array.from({ length: 50 }, () => '1,2,3')].join('\n')
    const text = { headers: { 'content-type': 'text/csv' } }
    expect((await server.ask('POST', '/api/v1/models/fleet/detect', csv, text)).json).toMatchObject({
      code: 'device-needed',
      status: 422,
      detail: 'fleet@1 holds the models of 2 devices: p7, p8',
      remedy: 'Name one with `device`, in a JSON body or in the query.',
    })
    const found = await server.ask('POST', '/api/v1/models/fleet/detect?device=p8', csv, text)
    expect([found.status, found.json.score.length]).toEqual([200, 50])
  }, 60_000)

  it('are cancelled', async () => {
    const body = { model: 'never', device: id, options: { detector: 'autoencoder', epochs: 10_000 } }
    const { json } = await server.ask('POST', '/api/v1/jobs', body)
    expect((await server.ask('POST', `/api/v1/jobs/${json.id}/cancel`)).json.state).toBe('cancelled')
    expect((await get(`/api/v1/jobs/${json.id}`)).state).toBe('cancelled')
    expect((await get('/api/v1/models')).items.map(({ name }: { name: string }) => name)).not.toContain(
      'never',
    )
  })

  it.each([
    ['no history', { model: 'm' }, 'body'],
    ['an option of files', { model: 'm', device: id, options: { out: 'elsewhere' } }, 'body/options/out'],
    ['an unknown option', { model: 'm', device: id, options: { windw: 3 } }, 'body/options/windw'],
    ['a wrong value', { model: 'm', device: id, options: { window: -1 } }, 'body/options/window'],
  ])('are refused with %s', async (_, body, where) => {
    const { status, json } = await server.ask('POST', '/api/v1/jobs', body)
    expect({ status, where: json.where }).toEqual({ status: 422, where })
  })
})

describe('a stream with calibrateDevices', () => {
  it('finds the threshold of a device as a monitor does', async () => {
    const own = await openTestServer()
    try {
      const plan = { name: 's', model: 'pump', calibrateDevices: 300 }
      expect((await own.ask('POST', '/api/v1/streams', plan)).status).toBe(201)
      await own.ask('POST', '/api/v1/streams/s/messages', messagesOf(PLANT.test, 'd'), NDJSON)
      await own.services.streams.stop('s')
      const rows = await own.services.keep.database.rows('select score from samples order by time_ms')
      const monitor = await createMonitor({
        model: MODEL,
        settings: { alignment: 'causal', expected: true },
        calibrate: { samples: 300 },
      })
      const { timeMs, values, channels } = PLANT.test
      const readings = Array.from(timeMs, (time, i) => ({
        device: 'd',
        time,
        values: Object.fromEntries(channels.map((name, c) => [name, values[i * channels.length + c]])),
      }))
      const { outputs } = await monitor.push(readings)
      await monitor.close()
      const wanted = outputs.flatMap(({ scored }) => [...(scored?.score ?? [])])
      expect(rows.map(({ score }) => score ?? Number.NaN)).toEqual(wanted)
      expect(wanted).not.toEqual([...EXPECTED.score])
    } finally {
      await closeTestServer(own)
    }
  })
})

describe('a backup', () => {
  it('is a database that a server continues with', async () => {
    const own = await openTestServer()
    const push = (from: number, to: number) =>
      own.ask('POST', '/api/v1/streams/s/messages', messagesOf(PLANT.test, 'd', from, to), NDJSON)
    const samples = (server: TestServer) => server.services.keep.devices.get('s:d')?.samples
    await own.ask('POST', '/api/v1/streams', { name: 's', model: 'pump' })
    await push(0, 100)
    await own.services.streams.stop('s')
    const { status, json } = await own.ask('POST', '/api/v1/backups')
    expect(status).toBe(201)
    await own.ask('POST', '/api/v1/streams/s/start')
    await push(100, 150)
    await own.close()
    const data = join(own.folder, 'data')
    await copyFile(join(data, json.file), join(data, 'telltale.duckdb'))
    await rm(join(data, 'telltale.duckdb.wal'), { force: true })
    const restored = await openTestServer({}, own.folder)
    try {
      expect(samples(restored)).toBe(100)
      await restored.ask('POST', '/api/v1/streams/s/messages', messagesOf(PLANT.test, 'd', 150, 200), NDJSON)
      await restored.services.streams.stop('s')
      expect(samples(restored)).toBe(150)
    } finally {
      await closeTestServer(restored)
    }
  })
})
