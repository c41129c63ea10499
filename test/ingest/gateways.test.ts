import { describe, expect, it } from 'vitest'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const ROWS = 60
const START = Date.UTC(2024, 4, 13, 22, 30)
const p = (i: number) => Math.round(2000 + 300 * Math.sin(i / 3)) / 100
const q = (i: number) => Math.round(500 + 200 * Math.cos(i / 5)) / 100
const ms = (i: number) => START + 60_000 * i
const iso = (i: number) => new Date(ms(i)).toISOString()
const all = Array.from({ length: ROWS }, (_, i) => i)
const lines = (message: (i: number) => unknown) => all.map(i => `${JSON.stringify(message(i))}\n`).join('')
const table = (head: string, row: (i: number) => string) => `${[head, ...all.map(row)].join('\n')}\n`
const both = all.flatMap(i => [p(i), q(i)])

describe('JSON of gateways and charts', () => {
  it.each<[string, string]>([
    [
      'readings by name',
      lines(i => ({
        ts: iso(i),
        readings: [
          { name: 'p', value: p(i) },
          { name: 'q', value: q(i) },
        ],
      })),
    ],
    [
      'Kepware',
      lines(i => ({
        timestamp: ms(i),
        values: [
          { id: 'p', v: p(i), q: true, t: ms(i) },
          { id: 'q', v: q(i), q: true, t: ms(i) },
        ],
      })),
    ],
    [
      'EdgeX',
      lines(i => ({
        apiVersion: 'v2',
        id: `x${i}`,
        origin: ms(i) * 1e6,
        readings: [
          { resourceName: 'p', value: `${p(i)}` },
          { resourceName: 'q', value: `${q(i)}` },
        ],
      })),
    ],
    [
      'metrics with a count of messages',
      lines(i => ({
        timestamp: ms(i),
        metrics: [
          { name: 'p', value: p(i) },
          { name: 'q', value: q(i) },
        ],
        seq: i % 256,
      })),
    ],
    [
      'times of the readings alone',
      lines(i => ({
        device: 'x',
        data: [
          { tag: 'p', v: p(i), ts: ms(i) },
          { tag: 'q', v: q(i), ts: ms(i) },
        ],
      })),
    ],
    ['series by name', JSON.stringify({ p: all.map(i => [ms(i), p(i)]), q: all.map(i => [ms(i), q(i)]) })],
    [
      'series with a name',
      JSON.stringify([
        { name: 'p', data: all.map(i => [ms(i), p(i)]) },
        { name: 'q', data: all.map(i => [ms(i), q(i)]) },
      ]),
    ],
    [
      'x and y',
      JSON.stringify([
        { name: 'p', x: all.map(iso), y: all.map(p) },
        { name: 'q', x: all.map(iso), y: all.map(q) },
      ]),
    ],
    [
      'seconds and nanoseconds',
      lines(i => ({ ts: { _seconds: ms(i) / 1000, _nanoseconds: 0 }, p: p(i), q: q(i) })),
    ],
    ['dates of .NET', lines(i => ({ time: `/Date(${ms(i)}+0200)/`, p: p(i), q: q(i) }))],
  ])('%s is read', async (_, text) => {
    const { frame } = await read(text, {}, 'x.json')
    expect([frame.channels, frame.timeKind, [...frame.values]]).toEqual([['p', 'q'], 'utc', both])
    expect([...frame.timeMs]).toEqual(all.map(ms))
  })

  it('readings that are not good are missing, and counted', async () => {
    const text = lines(i => ({
      timestamp: ms(i),
      values: [
        { id: 'p', v: p(i), q: i !== 7 },
        { id: 'q', v: q(i), q: true },
      ],
    }))
    const { frame, notes } = await read(text, { missing: 'keep' }, 'x.json')
    expect([frame.values[14], frame.values[15]]).toEqual([Number.NaN, q(7)])
    expect(notes.join()).toContain('1 reading that is not good or empty')
  })

  it('two lists of named values are not guessed at', async () => {
    const values = (i: number) => [{ id: 'p', v: p(i) }]
    const error = await refusal(
      lines(i => ({ timestamp: ms(i), a: values(i), b: values(i) })),
      {},
      'x.json',
    )
    expect(error.code).toBe('data-no-channels')
  })
})

describe('seconds with their part in a column of its own', () => {
  it.each([
    ['secs', 'nsecs', 1e9],
    ['header.stamp.sec', 'header.stamp.nanosec', 1e9],
    ['tv_sec', 'tv_usec', 1e6],
    ['timestamp.timeInSeconds', 'timestamp.offsetInNanos', 1e9],
  ])('%s and %s are one time', async (whole, part, unit) => {
    const row = (i: number) => `${START / 1000 + Math.floor(i / 2)},${((i % 2) * unit) / 2},${p(i)},${q(i)}`
    const { frame } = await read(table(`${whole},${part},p,q`, row))
    expect([frame.channels, [...frame.timeMs]]).toEqual([['p', 'q'], all.map(i => START + 500 * i)])
  })

  it('a column that only ends so is a channel', async () => {
    const { frame } = await read(table('time,runs,ru,p', i => `${iso(i)},${i % 7},${(i * 3) % 5},${p(i)}`))
    expect(frame.channels).toEqual(['runs', 'ru', 'p'])
  })
})

describe('years with a part', () => {
  const row = (i: number) => `${(2020 + i / 12).toFixed(6)},${p(i)},${q(i)}`

  it.each(['year', 'decimal date', 'Decimal_Year'])('are times in a column called %s', async name => {
    const { frame } = await read(table(`${name},p,q`, row))
    expect([frame.channels, frame.timeKind]).toEqual([['p', 'q'], 'utc'])
    expect([0, 6, 12].map(i => new Date(frame.timeMs[i]!).toISOString().slice(0, 10))).toEqual([
      '2020-01-01',
      '2020-07-02',
      '2021-01-01',
    ])
  })

  it('are asked for in one called time, and both answers work', async () => {
    const text = table('time,p,q', row)
    const error = await refusal(text)
    expect(error.message).toContain(`give --rename 'time=year' or --time-unit s`)
    expect((await read(text, { rename: { time: 'year' } })).frame.timeMs[12]).toBe(Date.UTC(2021, 0, 1))
    expect((await read(text, { timeUnit: 's' })).frame.timeMs[0]).toBe(2_020_000)
  })
})

describe('times since a start as text', () => {
  it.each([
    [
      'Elapsed Time',
      (i: number) => `${20 + Math.floor(i / 10)}:${String((i % 10) * 6).padStart(2, '0')}:00`,
      360_000,
    ],
    ['time', (i: number) => `0 days 00:${String(i).padStart(2, '0')}:00`, 60_000],
  ])('in the column %s are refused with the query that reads them', async (name, cell, step) => {
    const error = await refusal(table(`${name},p,q`, i => `${cell(i)},${p(i)},${q(i)}`))
    const [, query, roots] =
      /--sql "(.*)" --sql-roots '([^']*)'/.exec(error.message) ?? expect.fail(error.message)
    const { readTable } = await import('../../src/ingest/index.js')
    const { frame } = await readTable(
      { query: query!.replaceAll('\\"', '"') },
      { roots: [roots!], timeColumn: name, timeUnit: 's' },
    )
    expect(frame.timeMs[1]! - frame.timeMs[0]!).toBe(step)
  })

  it('of ISO 8601 are named as what they are', async () => {
    const error = await refusal(table('time,p,q', i => `PT${i}M,${p(i)},${q(i)}`))
    expect(error.message).toContain('is a time since a start: write it in seconds')
  })

  it('a date of an unknown form is not taken for a broken number', async () => {
    const error = await refusal(table('stamp,p', i => `${(i % 28) + 1} of May <2024>,${p(i)}`))
    expect([error.code, error.message]).toEqual(['data-bad-time', expect.stringContaining('--time-format')])
  })
})

describe('a column with the zone of the times', () => {
  const wall = (i: number) => iso(i).slice(0, 19)

  it('is named with the option that reads them so, where they name none', async () => {
    const text = table('time,tz,p,q', i => `${wall(i)},Europe/Berlin,${p(i)},${q(i)}`)
    const { notes, frame } = await read(text)
    expect(notes.join()).toContain('tz is Europe/Berlin: --time-zone Europe/Berlin reads them so')
    const zoned = await read(text, { timeZone: 'Europe/Berlin' })
    expect(frame.timeMs[0]! - zoned.frame.timeMs[0]!).toBe(2 * 3_600_000)
    expect(zoned.notes.join()).not.toContain('--time-zone')
    const sure = await read(table('time,tz,p,q', i => `${iso(i)},Europe/Berlin,${p(i)},${q(i)}`))
    expect(sure.notes.join()).not.toContain('--time-zone')
  })

  it('with an offset is refused with both options that it takes', async () => {
    const text = table('time,utc_offset,p', i => `${wall(i)},+02:00,${p(i)}`)
    expect((await refusal(text)).message).toContain(`--time-zone +02:00`)
    const { frame } = await read(text, { timeZone: '+02:00', ignoreColumns: ['utc_offset'] })
    expect([frame.channels, frame.timeMs[0]]).toEqual([['p'], ms(0) - 2 * 3_600_000])
  })
})

describe('further exports', () => {
  it('columns in an object within another are read', async () => {
    const hourly = { time: all.map(iso), p: all.map(p), q: all.map(q) }
    const text = JSON.stringify({ latitude: 52.5, hourly_units: { time: 'iso8601', p: '°C' }, hourly })
    const { frame } = await read(text, {}, 'x.json')
    expect([frame.channels, [...frame.values]]).toEqual([['p', 'q'], both])
    const two = await refusal(JSON.stringify({ hourly, daily: hourly }), {}, 'x.json')
    expect(two).toBeDefined()
  })

  it.each([
    ['time,tag,value_num,value_str', (i: number) => `${iso(i >> 1)},${'pq'[i % 2]},${i % 2 ? q(i) : p(i)},`],
    [
      'ELEMENT_NAME;TS;VALUE_NUMBER;STATUS_64',
      (i: number) => `${'pq'[i % 2]};${iso(i >> 1)};${i % 2 ? q(i) : p(i)};9`,
    ],
  ])('%s is a table with a reading per row', async (head, row) => {
    const { frame } = await read(table(head, row))
    expect([frame.channels, frame.timeMs.length]).toEqual([['p', 'q'], ROWS / 2])
  })

  it('the console of InfluxDB is read', async () => {
    const text = table(
      'name: pump\ntime                p      q\n----                -      -',
      i => `${ms(i)}000000 ${p(i)} ${q(i)}`,
    )
    const { frame } = await read(text)
    expect([frame.channels, [...frame.values]]).toEqual([['p', 'q'], both])
  })

  it('the NULL of databases is a missing reading', async () => {
    const text = table('time\tp\tq', i => `${iso(i)}\t${i === 7 ? '\\N' : p(i)}\t${q(i)}`)
    expect((await read(text, { missing: 'keep' }, 'x.tsv')).frame.values[14]).toBeNaN()
  })

  it.each([
    '<?xml version="1.0"?>\n<rows><row t="1"/></rows>',
    '<html><table><tr><td>1</td></tr></table></html>',
  ])('pages of HTML and XML are named as what they are: %#', async text => {
    expect((await refusal(text, {}, 'x.xls')).message).toContain('a page of HTML or XML, which is not read')
  })
})
