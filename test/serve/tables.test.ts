import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  nullType,
  TimeUnit,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { openEngine, sqlName, sqlPath, sqlText } from '../../src/engine/index.js'
import { encodeTable } from '../../src/serve/tables/encode.js'
import { ARROW_STREAM, PARQUET, tableType } from '../../src/serve/tables/media-types.js'
import { closeTestServer, MODEL, openTestServer, PLANT, rowsOf, type TestServer } from './plant.js'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({ limits: { rows: 2000 } })
})
afterAll(() => closeTestServer(server))

const { channels, timeMs } = PLANT.test
const rows = rowsOf(PLANT.test, 0, 1500)
const columnOf = (c: number, length = 1500) => rows.slice(0, length).map(row => row[c])

function arrowOf(
  length = 1500,
  more: Record<string, unknown[]> = {},
  format: 'stream' | 'file' = 'stream',
): Uint8Array {
  const data = {
    time: Array.from(timeMs).slice(0, length),
    ...Object.fromEntries(channels.map((name, c) => [name, columnOf(c, length)])),
    ...more,
  }
  const types = { time: timestamp(TimeUnit.MILLISECOND, 'UTC') }
  return tableToIPC(tableFromArrays(data as never, { types }), { format }) as Uint8Array
}
const parquetOf = (length = 1500) =>
  encodeTable({
    type: PARQUET,
    table: [
      { name: 'time', type: 'time', values: Array.from(timeMs).slice(0, length) },
      ...channels.map((name, c) => ({ name, type: 'number' as const, values: columnOf(c, length) })),
    ],
  })

/** Sends bytes; the answer as bytes. */
async function send(route: string, bytes: Uint8Array, type: string, accept?: string) {
  const response = await server.app.inject({
    method: 'POST',
    url: `/api/v1/models/pump/${route}`,
    headers: {
      host: 'localhost',
      authorization: `Bearer ${server.key('viewer')}`,
      'content-type': type,
      ...(accept && { accept }),
    },
    payload: Buffer.from(bytes),
  })
  const isJson = /json$|json;/.test(String(response.headers['content-type']))
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    bytes: response.rawPayload,
    json: isJson ? JSON.parse(response.payload) : undefined,
  }
}

/** Rows of a Parquet file, as another reader sees them. */
async function parquetRows(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-parquet-'))
  const file = join(folder, 'a.parquet')
  await writeFile(file, bytes)
  const engine = await openEngine({ files: [file] })
  try {
    return await engine.rows(`select * replace (epoch_ms(time)::double as time) from ${sqlPath(file)}`)
  } finally {
    engine.close()
    await rm(folder, { recursive: true })
  }
}

/** The same Parquet with a reading that is infinite. */
async function infiniteIn(bytes: Uint8Array, channel: string, row: number): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-parquet-'))
  const [file, other] = ['a.parquet', 'b.parquet'].map(name => join(folder, name)) as [string, string]
  await writeFile(file, bytes)
  const engine = await openEngine({ folders: [folder] })
  try {
    const name = sqlName(channel)
    const value = `case when file_row_number = ${row} then '-infinity'::double else ${name} end as ${name}`
    await engine.run(
      `copy (select * exclude (file_row_number) replace (${value}) from read_parquet(${sqlPath(file)}, file_row_number = true)) to ${sqlText(other)} (format parquet)`,
    )
    return await readFile(other)
  } finally {
    engine.close()
    await rm(folder, { recursive: true })
  }
}

describe('tableType', () => {
  it.each([
    [undefined, undefined],
    ['*/*', undefined],
    ['application/json, text/csv', undefined],
    ['text/csv', 'text/csv'],
    ['text/csv;q=0.5, application/vnd.apache.parquet', PARQUET],
    [`${PARQUET};q=0, text/csv`, 'text/csv'],
    ['image/png, text/csv;q=0.1', 'text/csv'],
  ])('%s', (accept, type) => {
    expect(tableType(accept)).toBe(type)
  })
})

describe('detect', () => {
  const asked = (accept: string) => ({ headers: { accept } })
  const body = { rows, times: Array.from(timeMs) }
  let expected: { score: (number | null)[]; reason: string[] }
  beforeAll(async () => {
    expected = (await server.ask('POST', '/api/v1/models/pump/detect', body)).json
  })

  it.each([
    ['Parquet', () => parquetOf(), PARQUET],
    ['an Arrow stream', async () => arrowOf(), ARROW_STREAM],
    ['an Arrow file', async () => arrowOf(1500, {}, 'file'), 'application/vnd.apache.arrow.file'],
    [
      'Arrow with columns that no channel has',
      async () => arrowOf(1500, { note: rows.map(() => 'x') }),
      ARROW_STREAM,
    ],
  ])('reads %s, with the bits of JSON', async (_, bytes, type) => {
    const { status, json } = await send('detect', await bytes(), type)
    expect(status).toBe(200)
    expect(json.score).toEqual(expected.score)
  })

  it('names the columns that the model does not know, whatever the table is written in', async () => {
    const note = ['columns that the model does not know are left out: note']
    const more = rows.map(row => [...row, 'x'])
    const csv = `time,${channels.join()},note\n${more.map((row, i) => `${new Date(timeMs[i]).toISOString()},${row.join()}\n`).join('')}`
    const arrow = arrowOf(1500, { note: rows.map(() => 'x') })
    const parquet = await encodeTable({
      type: PARQUET,
      table: [
        { name: 'time', type: 'time', values: Array.from(timeMs).slice(0, 1500) },
        ...channels.map((name, c) => ({ name, type: 'number' as const, values: columnOf(c) })),
        { name: 'note', type: 'text', values: rows.map(() => 'x') },
      ],
    })
    for (const [bytes, type] of [
      [Buffer.from(csv), 'text/csv'],
      [arrow, ARROW_STREAM],
      [parquet, PARQUET],
    ] as const) {
      const { json } = await send('detect', bytes, type)
      expect([type, json.notes, json.score]).toEqual([type, note, expected.score])
      expect((await send('explain', bytes, type)).json.notes).toEqual(note)
    }
    expect((await server.ask('POST', '/api/v1/models/pump/detect', body)).json.notes).toEqual([])
    const window = arrowOf(MODEL.detector.windowLength, {
      note: rows.slice(0, MODEL.detector.windowLength).map(() => 'x'),
    })
    expect((await send('score', window, ARROW_STREAM)).json.notes).toEqual(note)
    expect((await send('score', arrowOf(MODEL.detector.windowLength), ARROW_STREAM)).json.notes).toEqual([])
  })

  it('refuses infinite readings, as in text', async () => {
    const values = columnOf(1).map((value, i) => (i === 700 ? Number.NEGATIVE_INFINITY : value))
    const parquet = await infiniteIn(await parquetOf(), channels[1]!, 700)
    const csv = `time,${channels.join()}\n${rows.map((row, i) => `${timeMs[i]},${row.map((value, c) => (c === 1 ? values[i] : value)).join()}\n`).join('')}`
    for (const [bytes, type] of [
      [arrowOf(1500, { [channels[1]!]: values }), ARROW_STREAM],
      [parquet, PARQUET],
      [Buffer.from(csv), 'text/csv'],
    ] as const) {
      const { status, json } = await send('detect', bytes, type)
      expect([type, status, json.detail]).toEqual([type, 422, expect.stringMatching(/-inf/i)])
      expect(json.detail).toContain(channels[1])
      expect(JSON.stringify(json)).not.toMatch(/--[a-z]/)
    }
  })

  it('refuses times that fall with advice for a request', async () => {
    const bytes = await encodeTable({
      type: PARQUET,
      table: [
        { name: 'time', type: 'time', values: Array.from(timeMs).slice(0, 100).reverse() },
        ...channels.map((name, c) => ({ name, type: 'number' as const, values: columnOf(c, 100) })),
      ],
    })
    const { status, json } = await send('detect', bytes, PARQUET)
    expect([status, json.code]).toEqual([422, 'data-bad-time'])
    expect(json.remedy).toContain('Send times that rise')
    expect(JSON.stringify(json)).not.toMatch(/--[a-z]|line 0/)
  })

  it('answers Parquet with the bits of JSON', async () => {
    const { bytes, type } = await send('detect', await parquetOf(), PARQUET, PARQUET)
    expect(type).toBe(PARQUET)
    const found = await parquetRows(bytes)
    expect(found.map(row => row.score)).toEqual(expected.score)
    expect(found.map(row => row.time)).toEqual(Array.from(timeMs))
    expect(found.map(row => row.reason)).toEqual(expected.reason)
  })

  it('answers Arrow with the bits of JSON', async () => {
    const { bytes, type } = await send('detect', arrowOf(), ARROW_STREAM, ARROW_STREAM)
    expect(type).toBe(ARROW_STREAM)
    const table = tableFromIPC(bytes)
    expect(Array.from(table.getChild('score')!.toArray())).toEqual(expected.score)
    expect(Array.from(table.getChild('time')!.toArray())).toEqual(Array.from(timeMs))
    expect(table.getChild('flag')!.at(0)).toBe(false)
  })

  it('answers CSV and NDJSON, one row for each sample', async () => {
    const csv = await server.ask('POST', '/api/v1/models/pump/detect', body, asked('text/csv'))
    expect(csv.headers['content-type']).toBe('text/csv')
    const lines = csv.text.trimEnd().split('\n')
    expect(lines[0]).toBe('time,score,flag,reason')
    expect(lines.length).toBe(1501)
    expect(lines.slice(1).map(line => line.split(',')[1])).toEqual(
      expected.score.map(value => String(value ?? '')),
    )
    const ndjson = await server.ask('POST', '/api/v1/models/pump/detect', body, asked('application/x-ndjson'))
    const objects = ndjson.text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(objects.map(({ score }) => score)).toEqual(expected.score)
    expect(objects[0].time).toBe(new Date(timeMs[0]).toISOString())
  })

  it('refuses a type that it does not give', async () => {
    const { status, json } = await server.ask('POST', '/api/v1/models/pump/detect', body, asked('image/png'))
    expect({ status, code: json.code }).toEqual({ status: 406, code: 'answer-type' })
    expect(json.remedy).toContain(PARQUET)
  })

  it('refuses more rows than the limit, however small the body is', async () => {
    const long = Array.from({ length: 2001 }, (_, i) => i)
    const same = long.map(() => 1)
    const columns = Object.fromEntries(channels.map(name => [name, same]))
    const arrow = tableToIPC(tableFromArrays({ time: long, ...columns } as never), {
      format: 'stream',
    }) as Uint8Array
    const parquet = await encodeTable({
      type: PARQUET,
      table: [
        { name: 'time', type: 'time', values: long },
        ...channels.map(name => ({ name, type: 'number' as const, values: same })),
      ],
    })
    for (const [bytes, type] of [
      [arrow, ARROW_STREAM],
      [parquet, PARQUET],
    ] as const) {
      const { status, json } = await send('detect', bytes, type)
      expect({ status, code: json.code }).toEqual({ status: 413, code: 'request-too-large' })
    }
  })

  it('takes a column without any value as a channel without any reading', async () => {
    const types = { [channels[0]]: nullType() }
    const data = {
      time: Array.from(timeMs),
      ...Object.fromEntries(channels.map((name, c) => [name, columnOf(c)])),
      [channels[0]]: rows.map(() => null),
    }
    const bytes = tableToIPC(tableFromArrays(data as never, { types }), { format: 'stream' }) as Uint8Array
    const found = await send('detect', bytes, ARROW_STREAM)
    const same = { ...body, rows: rows.map(([, ...others]) => [null, ...others]) }
    const { status, json } = await server.ask('POST', '/api/v1/models/pump/detect', same)
    expect({ status: found.status, detail: found.json.detail }).toEqual({ status, detail: json.detail })
  })

  it('names the column that is missing, and shows no path', async () => {
    const types = { time: utf8() }
    const arrow = tableToIPC(tableFromArrays({ time: ['x'], power: [1] } as never, { types }), {
      format: 'stream',
    }) as Uint8Array
    const parquet = await encodeTable({
      type: PARQUET,
      table: [{ name: 'power', type: 'number', values: [1] }],
    })
    for (const [bytes, type] of [
      [arrow, ARROW_STREAM],
      [parquet, PARQUET],
    ] as const) {
      const { status, json } = await send('detect', bytes, type)
      expect(status).toBe(422)
      expect(json.detail).toMatch(/flow|pressure/)
      expect(JSON.stringify(json)).not.toContain(tmpdir())
    }
  })

  it('answers damaged bytes with a problem, and goes on', async () => {
    const random = createRandom(3)
    const originals = [
      [arrowOf(60), ARROW_STREAM],
      [await parquetOf(60), PARQUET],
    ] as const
    for (let k = 0; k < 24; k++) {
      const [bytes, type] = originals[k % 2]
      const damaged = Uint8Array.from(bytes)
      for (let n = 0; n < 4; n++) damaged[random.integer(damaged.length)] = random.integer(256)
      const { status } = await send(
        'detect',
        k % 3 === 0 ? damaged.subarray(0, random.integer(damaged.length)) : damaged,
        type,
      )
      expect([200, 400, 408, 413, 422], `attempt ${k}`).toContain(status)
    }
    expect((await send('detect', arrowOf(), ARROW_STREAM)).json.score).toEqual(expected.score)
  }, 180_000)
})

describe('score', () => {
  const length = MODEL.detector.windowLength

  it('reads windows one after the other from Arrow and Parquet', async () => {
    const windows = [0, 1, 2].map(i => rows.slice(i * length, (i + 1) * length))
    const expected = (await server.ask('POST', '/api/v1/models/pump/score', { windows })).json
    expect((await send('score', arrowOf(3 * length), ARROW_STREAM)).json).toEqual(expected)
    expect((await send('score', await parquetOf(3 * length), PARQUET)).json).toEqual(expected)
  })

  it('refuses a table that is no whole number of windows', async () => {
    const { status, json } = await send('score', arrowOf(length + 1), ARROW_STREAM)
    expect({ status, where: json.where }).toEqual({ status: 422, where: 'body' })
  })

  it('answers a table with the error of a window in its row', async () => {
    const windows = [rows.slice(0, length), rows.slice(0, length - 1)]
    const { text } = await server.ask(
      'POST',
      '/api/v1/models/pump/score',
      { windows },
      { headers: { accept: 'text/csv' } },
    )
    const [header, first, second] = text.split('\n')
    expect(header).toBe('window,score,flag,severity,p_value,error')
    expect(first).toMatch(/^0,[\d.e-]+,(true|false),/)
    expect(second).toMatch(/^1,,,,,.*rows/)
  })
})
