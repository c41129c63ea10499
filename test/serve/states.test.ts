import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { readingOf, readOptions, readTable } from '../../src/ingest/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { encodeTable } from '../../src/serve/tables/encode.js'
import { ARROW_STREAM, PARQUET } from '../../src/serve/tables/media-types.js'
import { addVersion, closeTestServer, openTestServer, type TestServer } from './plant.js'

/** A pump with a text state, a counter, an angle and a yes-or-no, as rows of a table. */
const START = Date.UTC(2026, 0, 1)
const random = createRandom(7)
const ROWS = Array.from({ length: 1500 }, (_, i) => {
  const mode = i % 100 < 70 ? 'run' : i % 100 < 85 ? 'off' : 'bypass'
  const level = { run: 4, off: 1, bypass: 2 }[mode]!
  return {
    time: new Date(START + 10_000 * i).toISOString(),
    pressure: Number((level + random.uniform() / 10).toFixed(4)),
    flow: Number((7 * level + random.uniform()).toFixed(4)),
    energy_total: Math.round(1000 + 5 * i + 3 * random.uniform()),
    wind_direction_deg: Number(((i * 7 + 20 * random.uniform()) % 360).toFixed(1)),
    mode,
    open: i % 40 < 20,
  }
})
const csvOf = (rows: readonly object[]) =>
  [Object.keys(rows[0]!).join(), ...rows.map(row => Object.values(row).join())].join('\n')
const NDJSON = { headers: { 'content-type': 'application/x-ndjson' } }
const lines = (rows: readonly object[]) =>
  rows.map(row => JSON.stringify({ device: 'p1', ...row })).join('\n')

let server: TestServer
let channels: readonly string[]
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-states-'))
  const file = join(folder, 'history.csv')
  await writeFile(file, `${csvOf(ROWS.slice(0, 1200))}\n`)
  const { frame, summary } = await readTable(file, {})
  channels = frame.channels
  const options = { detector: 'pca-q', window: 10, workers: 1, quantile: 0.99 } as const
  const model = await trainModel(frame, options, { reading: readingOf(readOptions.parse({}), summary) })
  await addVersion(join(folder, 'models'), model)
  server = await openTestServer({}, folder)
  await server.ask('POST', '/api/v1/streams', { name: 'plant', model: 'pump' })
})
afterAll(() => closeTestServer(server))

describe('a model with channels that are computed from columns', () => {
  it('scores the messages of a stream as they were in the training', async () => {
    expect(channels).toEqual(expect.arrayContaining(['mode=run', 'pressure', 'open']))
    const answer = await server.ask('POST', '/api/v1/streams/plant/messages', lines(ROWS.slice(1200)), NDJSON)
    expect(answer.json).toMatchObject({ taken: 300, refused: {}, badReadings: 0, refusals: [] })
    const { json } = await server.ask('GET', '/api/v1/devices/plant%3Ap1')
    expect(json).toMatchObject({ status: expect.stringMatching(/ok|alarm|watch/), samples: 300 })
    expect(json.score).toBeGreaterThan(0)
  })

  const detect = (body: unknown, type?: string) =>
    server.ask('POST', '/api/v1/models/pump/detect', body, {
      headers: type === undefined ? {} : { 'content-type': type },
    })
  const detectBytes = async (bytes: Uint8Array, type: string) => {
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/v1/models/pump/detect',
      headers: {
        host: 'localhost',
        authorization: `Bearer ${server.key('viewer')}`,
        'content-type': type,
      },
      payload: Buffer.from(bytes),
    })
    return { status: response.statusCode, json: response.json() }
  }
  const columns = Object.keys(ROWS[0]!).slice(1)
  const now = ROWS.slice(1200)
  const times = now.map(({ time }) => time)
  const plain = { times, channels: columns, rows: now.map(row => Object.values(row).slice(1)) }

  it('is asked for a series with the readings that it learnt, whatever the body is written in', async () => {
    const first = await detect(plain)
    expect([first.status, first.json.detail]).toEqual([200, undefined])
    expect(first.json.score.filter(Number.isFinite).length).toBeGreaterThan(280)
    for (const [body, type] of [
      [csvOf(now), 'text/csv'],
      [csvOf(now).replaceAll('T', ' ').replaceAll('Z', ''), 'text/csv'],
      [csvOf(now).replaceAll(',', ';'), 'text/csv'],
      [now.map(row => JSON.stringify(row)).join('\n'), 'application/x-ndjson'],
      [{ ...plain, times: times.map(time => time.replace('T', ' ').replace('Z', '')) }, undefined],
    ] as const) {
      const { status, json } = await detect(body, type)
      expect([status, json.detail, json.score]).toEqual([200, undefined, first.json.score])
    }
  })

  it('is asked for a series in Parquet, with the columns or with the channels computed from them', async () => {
    const first = await detect(plain)
    const time = { name: 'time', type: 'time', values: now.map(({ time }) => Date.parse(time)) } as const
    const typed = (name: string, values: readonly (number | string | boolean)[]) => {
      const type = typeof values[0] as 'number' | 'string' | 'boolean'
      return { name, type: type === 'string' ? 'text' : type, values } as const
    }
    const learnt = columns.map((name, c) =>
      typed(
        name,
        plain.rows.map(row => row[c]!),
      ),
    )
    const tables = [[time, ...learnt], [time, ...learnt].filter(({ name }) => name !== 'mode')]
    const answers = []
    for (const table of tables) {
      const { status, json } = await detectBytes(await encodeTable({ table, type: PARQUET }), PARQUET)
      answers.push([status, json])
    }
    expect([answers[0]![0], answers[0]![1].detail, answers[0]![1].score]).toEqual([
      200,
      undefined,
      first.json.score,
    ])
    expect([answers[1]![0], answers[1]![1].detail]).toEqual([422, expect.stringContaining('mode')])
    expect(JSON.stringify(answers[1])).not.toMatch(/--[a-z]/)
  })

  it('names the text and the time that cannot be read, without options of the command line', async () => {
    const answers = [
      await detect(csvOf(now).replace(String(now[2]!.pressure), '"4,2"'), 'text/csv'),
      await detect(csvOf(now).replace(now[2]!.time, 'yesterday'), 'text/csv'),
      await detect({ ...plain, times: ['soon', ...times.slice(1)] }),
      await detect({ ...plain, rows: [['4,2', ...plain.rows[0]!.slice(1)], ...plain.rows.slice(1)] }),
    ]
    const texts = ['body/line 4', 'yesterday', 'body/times/0', 'body/rows/0/0']
    answers.forEach(({ status, text }, i) => {
      expect([status, text]).toEqual([422, expect.stringContaining(texts[i]!)])
      expect(text).not.toMatch(/--[a-z]/)
    })
  })

  it('says of a series which texts of a state are not known, whatever the body is written in', async () => {
    const odd = now.map((row, i) => (i === 20 || i === 30 ? { ...row, mode: 'bypas' } : row))
    const note =
      '2 readings of mode are none of the known states (run, off, bypass), so 0 in all channels of the column, first in '
    const time = { name: 'time', type: 'time', values: odd.map(({ time }) => Date.parse(time)) } as const
    const table = columns.map(name => {
      const values = odd.map(row => row[name as keyof (typeof odd)[number]])
      const type = typeof values[0] as 'number' | 'string' | 'boolean'
      return { name, type: type === 'string' ? 'text' : type, values } as const
    })
    const bodies = [
      [csvOf(odd), 'text/csv'],
      [odd.map(row => JSON.stringify(row)).join('\n'), 'application/x-ndjson'],
      [{ ...plain, rows: odd.map(row => Object.values(row).slice(1)) }, undefined],
      [Buffer.from(await encodeTable({ table: [time, ...table], type: PARQUET })), PARQUET],
      [Buffer.from(await encodeTable({ table: [time, ...table], type: ARROW_STREAM })), ARROW_STREAM],
    ] as const
    for (const [body, type] of bodies) {
      const { status, json } = Buffer.isBuffer(body)
        ? await detectBytes(body, type as string)
        : await detect(body, type)
      expect([type, status, json.notes]).toEqual([type, 200, [expect.stringContaining(`${note}row 20`)]])
    }
    expect((await detect(plain)).json.notes).toEqual([])
  })

  it('refuses the names of computed channels in messages, and says what to send', async () => {
    const { json } = await server.ask('POST', '/api/v1/streams/plant/messages', {
      device: 'p1',
      time: new Date(START + 30_000_000).toISOString(),
      pressure: 4,
      'mode=run': 1,
    })
    expect(json).toMatchObject({
      taken: 0,
      refused: { 'computed-channel': 1 },
      refusals: [{ detail: 'mode=run is computed from mode: send mode with its text, such as "run"' }],
    })
  })

  it('names the first reading of each field that is no number', async () => {
    const at = (i: number, more: object) => ({ ...ROWS[0], device: 'p2', time: START + 1000 * i, ...more })
    const bad = { pressure: '4,2', flow: 'high' }
    const { json } = await server.ask('POST', '/api/v1/streams/plant/messages', [
      at(1, {}),
      at(2, bad),
      at(3, bad),
    ])
    expect(json).toMatchObject({ taken: 3, refused: {}, badReadings: 4 })
    expect(json.refusals).toEqual([
      {
        index: 1,
        reason: 'no-number',
        detail:
          'pressure is "4,2", which is no number: `decimal` of the stream with "," reads a decimal comma',
      },
      { index: 1, reason: 'no-number', detail: expect.stringContaining('flow is "high"') },
    ])
  })

  it('names the first text of a state that is not known, and scores the sample', async () => {
    const at = (i: number, mode: unknown) => ({ ...ROWS[0], device: 'p4', time: START + 1000 * i, mode })
    const { json } = await server.ask('POST', '/api/v1/streams/plant/messages', [
      at(1, 'RUN'),
      at(2, 'bypas'),
      at(3, 'of'),
    ])
    expect(json).toMatchObject({
      taken: 3,
      badReadings: 2,
      refusals: [{ index: 1, reason: 'unknown-state', detail: expect.stringContaining('mode is "bypas"') }],
    })
  })

  it('names lists and numbers that are too large, also of a list of messages', async () => {
    const line = JSON.stringify({ ...ROWS[0], device: 'p5', time: START, flow: [1], pressure: 0 })
    const huge = line.replace('"pressure":0', '"pressure":1e400')
    const push = (body: string, type: string) =>
      server.ask('POST', '/api/v1/streams/plant/messages', body, { headers: { 'content-type': type } })
    for (const { json } of [
      await push(`[${huge}]`, 'application/json'),
      await push(huge.replace('p5', 'p6'), 'application/x-ndjson'),
    ])
      expect([json.badReadings, json.refusals.map(({ detail }: { detail: string }) => detail)]).toEqual([
        2,
        [expect.stringMatching(/^pressure is "?Infinity/), expect.stringMatching(/^flow is \[1\]/)],
      ])
  })

  it('has devices that are not scored: they say why', async () => {
    const at = (i: number, { mode: _, ...row }: (typeof ROWS)[number]) => ({
      ...row,
      device: 'p3',
      time: START + 10_000 * i,
    })
    const push = (rows: readonly object[]) => server.ask('POST', '/api/v1/streams/plant/messages', rows)
    const device = async () => (await server.ask('GET', '/api/v1/devices/plant%3Ap3')).json
    await push(now.slice(0, 40).map((row, i) => at(i, row)))
    expect(await device()).toMatchObject({
      status: 'unscored',
      unscored: { reason: 'missing', channels: ['mode'], detail: 'readings of mode are missing' },
    })
    const { json } = await server.ask('GET', '/api/v1/overview')
    expect(json.totals.unscored).toBe(1)
    expect((await server.ask('GET', '/api/v1/streams/plant')).json).toMatchObject({
      unscored: { missing: expect.any(Number) },
    })
    await push(now.slice(0, 5).map((row, i) => ({ ...at(50 + i, row), mode: 'run' })))
    expect(await device()).toMatchObject({
      status: expect.stringMatching(/ok|alarm|watch|waiting/),
      unscored: null,
    })
    await push(now.slice(0, 40).map((row, i) => ({ ...at(60 + i, row), mode: row.mode })))
    const scored = await device()
    expect([scored.status, scored.unscored]).toEqual([expect.stringMatching(/ok|alarm|watch/), null])
    await push([{ device: 'p3', time: START + 9_000_000, speed: 4 }])
    expect((await device()).unscored).toEqual({
      reason: 'no-channel',
      channels: [],
      detail: 'its messages are refused: no field is a channel of the model',
    })
  })

  it('is trained again over the API, and the stream continues to be scored', async () => {
    const ended = async (id: string) => {
      for (;;) {
        const { json } = await server.ask('GET', `/api/v1/jobs/${id}`)
        if (!['waiting', 'running'].includes(json.state)) return json
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    }
    await server.ask('PUT', '/api/v1/datasets/history', csvOf(ROWS.slice(0, 1200)), {
      headers: { 'content-type': 'text/csv' },
    })
    const options = { detector: 'pca-q', window: 10 }
    for (const [name, source] of [
      ['table', { dataset: 'history' }],
      ['device', { device: 'plant:p1' }],
    ] as const) {
      const { json: job } = await server.ask('POST', '/api/v1/jobs', { model: name, ...source, options })
      expect(await ended(job.id)).toMatchObject({ state: 'done' })
      await server.ask('POST', '/api/v1/streams', { name, model: name })
      await server.ask('POST', `/api/v1/streams/${name}/messages`, lines(now.slice(0, 50)), NDJSON)
      const { json } = await server.ask('GET', `/api/v1/devices/${name}%3Ap1`)
      expect([name, json.samples, json.score]).toEqual([name, 50, expect.any(Number)])
    }
  }, 60_000)
})
