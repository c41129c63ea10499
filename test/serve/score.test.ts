import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sliceFrame } from '../../src/core/frame.js'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { openSession } from '../../src/session/index.js'
import { saveModel, stageVersion } from '../../src/store/index.js'
import { closeTestServer, MODEL, openTestServer, PLANT, rowsOf, type TestServer } from './plant.js'

const LENGTH = MODEL.detector.windowLength
let server: TestServer
beforeAll(async () => {
  server = await openTestServer({ limits: { rows: 1600, columns: 10, bodyBytes: 500_000 } })
})
afterAll(() => closeTestServer(server))

const windowAt = (end: number) => rowsOf(PLANT.test, end - LENGTH, end)
const score = (body: unknown) => server.ask('POST', '/api/v1/models/pump/score', body)

describe('compare', () => {
  it('says which events of a series two models both found', async () => {
    const stricter = await trainModel(PLANT.train, {
      detector: 'ewma',
      window: 20,
      workers: 1,
      quantile: 0.9999,
    })
    const version = await stageVersion(
      server.services.registryFor({ name: 'test', role: 'admin' }),
      'stricter',
    )
    await saveModel(stricter, version.path)
    await version.publish('test')
    const series = { rows: rowsOf(PLANT.test, 0, 1500) }
    const found = async (name: string) =>
      (await server.ask('POST', `/api/v1/models/${name}/detect`, series)).json.events
    const compare = (name: string, other: string) =>
      server.ask('POST', `/api/v1/models/${name}/compare?other=${other}`, series)
    const { status, json } = await compare('pump', 'stricter')
    expect([status, json.model, json.other]).toEqual([200, 'pump@1', 'stricter@1'])
    type Group = { difference: string; events: unknown[]; otherEvents: unknown[] }
    expect(json.groups.flatMap(({ events }: Group) => events)).toEqual(await found('pump'))
    expect(json.groups.flatMap(({ otherEvents }: Group) => otherEvents)).toEqual(await found('stricter'))
    expect(json.groups.some(({ difference }: Group) => difference !== 'same')).toBe(true)
    for (const { difference, events, otherEvents } of json.groups as Group[]) {
      expect(difference === 'only-model').toBe(otherEvents.length === 0)
      expect(difference === 'only-other').toBe(events.length === 0)
    }
    const same = (await compare('pump', 'pump')).json.groups
    expect(new Set(same.map(({ difference }: Group) => difference))).toEqual(new Set(['same']))
    expect((await compare('pump', 'pmp')).json.code).toBe('model-unknown')
  })
})

describe('score', () => {
  it('gives the bits of a session that starts with the window, in whatever batch', async () => {
    const ends = [LENGTH, LENGTH + 7, LENGTH + 150, 1500]
    const alone = await Promise.all(ends.map(end => score({ window: windowAt(end) })))
    const together = await score({ windows: ends.map(windowAt) })
    ends.forEach((end, i) => {
      const { scored } = openSession(MODEL).push(sliceFrame(PLANT.test, end - LENGTH, end))
      const expected = {
        score: scored.score[LENGTH - 1],
        flag: scored.score[LENGTH - 1] > 1,
        severity: scored.severity[LENGTH - 1],
        pValue: scored.pValue[LENGTH - 1],
      }
      expect(alone[i].json.results).toEqual([expected])
      expect(together.json.results[i]).toEqual(expected)
    })
  })

  it('takes channels in any order', async () => {
    const rows = windowAt(LENGTH)
    const channels = [...MODEL.info.channels].reverse()
    const turned = await score({ channels, window: rows.map(row => [...row].reverse()) })
    expect(turned.json.results).toEqual((await score({ window: rows })).json.results)
  })

  it('scores the other windows when one cannot be scored, and says which', async () => {
    const good = windowAt(LENGTH)
    const { status, json } = await score({ windows: [good, good.slice(1), good] })
    expect(status).toBe(200)
    expect(json.results[0]).toEqual(json.results[2])
    expect(json.results[1].error).toMatchObject({
      code: 'request-invalid',
      where: 'body/windows/1',
      status: 422,
    })
  })

  it.each([
    ['too short', (rows: number[][]) => ({ window: rows.slice(1) }), 'body/window'],
    ['ragged', (rows: number[][]) => ({ window: [rows[0].slice(1), ...rows.slice(1)] }), 'body/window/0'],
    ['a hole', (rows: number[][]) => ({ window: [[null, 1, 2], ...rows.slice(1)] }), 'body/window/0/0'],
    ['a text', (rows: number[][]) => ({ window: [['1', 1, 2], ...rows.slice(1)] }), 'body/window/0/0'],
    [
      'an unknown channel',
      (rows: number[][]) => ({ window: rows, channels: ['a', 'b', 'c'] }),
      'body/channels',
    ],
    [
      'a channel twice',
      (rows: number[][]) => ({ window: rows, channels: ['power', 'power', 'flow'] }),
      'body/channels',
    ],
    ['no window', () => ({}), 'body'],
    ['an unknown field', (rows: number[][]) => ({ window: rows, threshold: 3 }), 'body'],
  ])('refuses a window: %s', async (_, body, where) => {
    const { status, json } = await score(body(windowAt(LENGTH)))
    expect({ status, code: json.code, where: json.where }).toEqual({
      status: 422,
      code: 'request-invalid',
      where,
    })
    expect(json.remedy).not.toBe('')
  })

  it('names the nearest model', async () => {
    const { status, json } = await server.ask('POST', '/api/v1/models/pum/score', { window: [] })
    expect(status).toBe(404)
    expect(json).toMatchObject({ code: 'model-unknown', remedy: expect.stringContaining('pump') })
    expect(json.detail).not.toContain(server.folder)
  })
})

describe('detect', () => {
  const rows = rowsOf(PLANT.test, 0, 1500)
  const times = Array.from(PLANT.test.timeMs)
  const csv = [
    `time,${PLANT.test.channels.join()}`,
    ...rows.map((row, i) => `${new Date(times[i]).toISOString()},${row.join()}`),
  ].join('\n')
  const ndjson = rows
    .map((row, i) =>
      JSON.stringify({
        time: times[i],
        ...Object.fromEntries(row.map((v, c) => [PLANT.test.channels[c], v])),
      }),
    )
    .join('\n')

  it('gives the bits of `detect`, from JSON, NDJSON and CSV', async () => {
    const expected = await detect(MODEL, PLANT.test)
    const url = '/api/v1/models/pump@1/detect'
    const answers = [
      await server.ask('POST', url, { rows, times }),
      await server.ask('POST', url, csv, { headers: { 'content-type': 'text/csv' } }),
      await server.ask('POST', url, ndjson, { headers: { 'content-type': 'application/x-ndjson' } }),
    ]
    for (const { status, json } of answers) {
      expect(status).toBe(200)
      expect(json.score).toEqual(Array.from(expected.score, value => (Number.isNaN(value) ? null : value)))
      expect(json.events.map(({ id }: { id: string }) => id)).toEqual(expected.events.map(({ id }) => id))
    }
  })

  it('leaves out columns that the model does not know, of texts too, from CSV and NDJSON', async () => {
    const url = '/api/v1/models/pump@1/detect'
    const more = csv
      .split('\n')
      .map((line, i) => (i === 0 ? `label,${line},operator` : `0,${line},"Ana, B."`))
      .join('\n')
    const objects = ndjson
      .split('\n')
      .map(line => JSON.stringify({ label: 0, operator: 'Ana', ...JSON.parse(line) }))
      .join('\n')
    const plain = await server.ask('POST', url, csv, { headers: { 'content-type': 'text/csv' } })
    for (const [body, type] of [
      [more, 'text/csv'],
      [objects, 'application/x-ndjson'],
    ] as const) {
      const { status, json } = await server.ask('POST', url, body, { headers: { 'content-type': type } })
      expect(status).toBe(200)
      expect([json.score, json.events]).toEqual([plain.json.score, plain.json.events])
    }
    const headers = { 'content-type': 'text/csv' }
    const lacking = await server.ask('POST', url, 'time,flow\n2024-01-01,1\n', { headers })
    expect([lacking.status, lacking.json.detail]).toEqual([422, expect.stringContaining('has no channel')])
  })

  it('explains events', async () => {
    const { json } = await server.ask('POST', '/api/v1/models/pump/explain', { rows, times, top: 2 })
    expect(json.explanations.length).toBeGreaterThan(0)
    expect(json.explanations[0].sentence).toMatch(/\w/)
  })

  it.each([
    ['rows of different lengths', { rows: [[1, 2, 3], [1]] }, 'body/rows/1'],
    ['times of another number', { rows: [[1, 2, 3]], times: [] }, 'body/times'],
    ['no rows', { rows: [] }, 'body'],
  ])('refuses %s', async (_, body, where) => {
    const { status, json } = await server.ask('POST', '/api/v1/models/pump/detect', body)
    expect({ status, where: json.where }).toEqual({ status: 422, where })
  })

  it('refuses more rows than the limit', async () => {
    const body = { rows: Array.from({ length: 1601 }, () => [1, 2, 3]) }
    const { status, json } = await server.ask('POST', '/api/v1/models/pump/detect', body)
    expect({ status, code: json.code }).toEqual({ status: 413, code: 'request-too-large' })
  })

  it.each([
    ['a row that is too long', 'time,power\n1,2,3', 'body/line 2'],
    ['a text for a number', 'power,flow,pressure\n1,2,x', 'body/line 2'],
  ])('refuses CSV with %s', async (_, text, where) => {
    const headers = { 'content-type': 'text/csv' }
    const { status, json } = await server.ask('POST', '/api/v1/models/pump/detect', text, { headers })
    expect({ status, where: json.where }).toEqual({ status: 422, where })
  })
})
