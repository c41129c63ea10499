import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type ReadTableOptions, readTable } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-awkward-'))
afterAll(() => rmSync(folder, { recursive: true }))

// One recording, 23:50 to 00:10 over a midnight on which day and month can be told apart, in every form of time and every shape of file.
const STEP = 300_000
const TIMES = Array.from({ length: 5 }, (_, i) => Date.UTC(2024, 2, 24, 23, 50) + i * STEP)
const TEMP = [1.5, 2.25, 3.5, 2.5, 1.75]
const FLOW = [10, 11.5, 12, 11, 10.5]
const two = (n: number) => String(n).padStart(2, '0')
const parts = (ms: number) => {
  const d = new Date(ms)
  const [Y, m, D, H, M] = [
    d.getUTCFullYear(),
    two(d.getUTCMonth() + 1),
    two(d.getUTCDate()),
    two(d.getUTCHours()),
    two(d.getUTCMinutes()),
  ]
  const hour = d.getUTCHours()
  return { Y, y: String(Y).slice(2), m, D, H, M, I: two(hour % 12 || 12), p: hour < 12 ? 'AM' : 'PM', d }
}
type Form = (ms: number) => string
/** All times of this file are in week 12 of 2024 (its Sunday) and in week 13 (its Monday). */
const isoWeekText = (ms: number, dash: string) =>
  `2024${dash}W${ms < Date.UTC(2024, 2, 25) ? `12${dash}7` : `13${dash}1`}T${new Date(ms).toISOString().slice(11, 19)}`
const FORMS: Record<string, Form> = {
  'ISO, Z': ms => new Date(ms).toISOString(),
  'ISO, no seconds, Z': ms => `${new Date(ms).toISOString().slice(0, 16)}Z`,
  'ISO, no zone': ms => new Date(ms).toISOString().slice(0, 19),
  'ISO, blank, UTC': ms => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
  'ISO, two blanks': ms => new Date(ms).toISOString().slice(0, 19).replace('T', '  '),
  'ISO, small letters': ms => new Date(ms).toISOString().toLowerCase(),
  'ISO, +01:00': ms => `${new Date(ms + 3_600_000).toISOString().slice(0, 19)}+01:00`,
  'ISO, +0100': ms => `${new Date(ms + 3_600_000).toISOString().slice(0, 19)}+0100`,
  'ISO, MEZ': ms => `${new Date(ms + 3_600_000).toISOString().slice(0, 19).replace('T', ' ')} MEZ`,
  'slashes, year first': ms => new Date(ms).toISOString().slice(0, 16).replace('T', ' ').replaceAll('-', '/'),
  'German dots': ms => (({ Y, m, D, H, M }) => `${D}.${m}.${Y} ${H}:${M}:00`)(parts(ms)),
  'German dots, two-digit year': ms => (({ y, m, D, H, M }) => `${D}.${m}.${y} ${H}:${M}`)(parts(ms)),
  'American with AM and PM': ms => (({ Y, m, D, I, M, p }) => `${m}/${D}/${Y} ${I}:${M}:00 ${p}`)(parts(ms)),
  'American, two-digit year': ms => (({ y, m, D, H, M }) => `${m}/${D}/${y} ${H}:${M}`)(parts(ms)),
  'British slashes': ms => (({ Y, m, D, H, M }) => `${D}/${m}/${Y} ${H}:${M}`)(parts(ms)),
  'slashes, year of two digits first': ms => (({ y, m, D, H, M }) => `${y}/${m}/${D} ${H}:${M}`)(parts(ms)),
  'French month': ms => (({ Y, D, H, M }) => `${D} mars ${Y} ${H}:${M}:00`)(parts(ms)),
  'its zone in brackets': ms => `${new Date(ms + 3_600_000).toISOString().slice(0, 19)}[Europe/Berlin]`,
  'year of two digits first': ms => (({ y, m, D, H, M }) => `${y}-${m}-${D} ${H}:${M}:00`)(parts(ms)),
  'English month': ms => (({ Y, D, H, M }) => `${D}-Mar-${Y} ${H}:${M}:00`)(parts(ms)),
  'German month': ms => (({ Y, D, H, M }) => `${D}. März ${Y} ${H}:${M}`)(parts(ms)),
  'month first by name': ms => (({ Y, D, I, M, p }) => `Mar ${D} ${Y} ${I}:${M}:00 ${p}`)(parts(ms)),
  'with its weekday': ms => new Date(ms).toUTCString().replace(',', ''),
  'compact with T': ms => (({ Y, m, D, H, M }) => `${Y}${m}${D}T${H}${M}00`)(parts(ms)),
  'compact digits': ms => (({ Y, m, D, H, M }) => `${Y}${m}${D}${H}${M}00`)(parts(ms)),
  'compact digits, no seconds': ms => (({ Y, m, D, H, M }) => `${Y}${m}${D}${H}${M}`)(parts(ms)),
  'ISO week': ms => isoWeekText(ms, '-'),
  'ISO week, compact': ms => isoWeekText(ms, ''),
  'epoch seconds': ms => String(ms / 1000),
  'epoch ms': ms => String(ms),
  'epoch us': ms => `${ms}000`,
  'epoch ns': ms => `${ms}000000`,
}
type Shape = (form: Form) => { readonly text: string | Buffer; readonly name?: string }
const lines = (row: (ms: number, i: number) => string) => TIMES.map((ms, i) => `${row(ms, i)}\n`).join('')
const comma = (value: number) => String(value).replace('.', ',')
const wide = (form: Form) => `time,temp,flow\n${lines((ms, i) => `${form(ms)},${TEMP[i]},${FLOW[i]}`)}`
const SHAPES: Record<string, Shape> = {
  plain: form => ({ text: wide(form) }),
  'semicolons and decimal commas': form => ({
    text: `Zeitstempel;temp;flow\n${lines((ms, i) => `${form(ms)};${comma(TEMP[i]!)};${comma(FLOW[i]!)}`)}`,
  }),
  'tabs, CRLF and a byte order mark': form => ({
    text: `\uFEFFtimestamp\ttemp\tflow\r\n${lines((ms, i) => `${form(ms)}\t${TEMP[i]}\t${FLOW[i]}`).replaceAll('\n', '\r\n')}`,
  }),
  'preamble, units, empty columns and a sum': form => ({
    text: `Report of plant 7\n\ntime,temp,flow,,\n,degC,l/min,,\n${lines((ms, i) => `${form(ms)},${TEMP[i]},${FLOW[i]},,`)}Total,11.5,55,,\n`,
  }),
  'comments and a header repeated': form => {
    const text = wide(form)
    return { text: `# export\n# 2 channels\n${text}time,temp,flow\n` }
  },
  'one reading per row, in the order of the tags': form => ({
    text: `tag,time,value,quality\n${['flow', 'temp'].map((tag, k) => lines((ms, i) => `${tag},${form(ms)},${[FLOW, TEMP][k]![i]},Good`)).join('')}`,
  }),
  'lines with delimiters before the header': form => ({
    text: `Logger,Hall 3,1.2,4\nSite,North\n${wide(form)}`,
  }),
  'objects in an array of one object': form => ({
    name: 'x.json',
    text: JSON.stringify({
      plant: 7,
      data: TIMES.map((ms, i) => ({ time: form(ms), temp: TEMP[i], flow: FLOW[i] })),
    }),
  }),
  'an array of arrays': form => ({
    name: 'x.json',
    text: JSON.stringify([['time', 'temp', 'flow'], ...TIMES.map((ms, i) => [form(ms), TEMP[i], FLOW[i]])]),
  }),
  'an array per column': form => ({
    name: 'x.json',
    text: JSON.stringify({ time: TIMES.map(form), temp: TEMP, flow: FLOW }),
  }),
  'UTF-16': form => ({ text: Buffer.from(`\uFEFF${wide(form)}`, 'utf16le') }),
  'lines of JSON': form => ({
    name: 'x.ndjson',
    text: TIMES.map((ms, i) => `${JSON.stringify({ time: form(ms), temp: TEMP[i], flow: FLOW[i] })}\n`).join(
      '',
    ),
  }),
}
let count = 0
function read(
  { text, name = 'x.csv' }: { text: string | Buffer; name?: string },
  options?: ReadTableOptions,
) {
  const path = join(folder, `${count++}-${name}`)
  writeFileSync(path, text)
  return readTable(path, options)
}

describe.each(Object.keys(SHAPES))('a table in the shape: %s', shape => {
  it.each(Object.keys(FORMS))('with times in the form: %s', async form => {
    const { frame } = await read(SHAPES[shape]!(FORMS[form]!))
    expect([...frame.timeMs]).toEqual(TIMES)
    expect([...frame.channels].sort()).toEqual(['flow', 'temp'])
    for (const [name, values] of Object.entries({ flow: FLOW, temp: TEMP })) {
      const at = frame.channels.indexOf(name)
      expect([...frame.values].filter((_, i) => i % 2 === at)).toEqual(values)
    }
  })
})

describe('a table that leaves something open', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'day and month',
      'time,a\n03.05.2024 10:00,1\n03.05.2024 10:05,2\n',
      'data-ambiguous-date',
      /3 May 2024 or 5 March 2024: give --time-format '%d\.%m\.%Y %H:%M'/,
    ],
    [
      'day and month with slashes',
      'time,a\n03/05/2024,1\n04/05/2024,2\n',
      'data-ambiguous-date',
      /3 May 2024 or 5 March 2024: give --time-format '%d\/%m\/%Y'/,
    ],
    [
      'monthly or daily',
      'time,a\n01/01/24,1\n01/02/24,2\n01/03/24,3\n',
      'data-ambiguous-date',
      /--time-format/,
    ],
    [
      'a zone',
      'time,a\n2024-03-01 00:00:00 CST,1\n2024-03-01 00:05:00 CST,2\n',
      'data-bad-time',
      /CST names more than one time zone/,
    ],
    [
      'a zone of India, Israel or Ireland',
      'time,a\n2024-03-01 00:00:00 IST,1\n',
      'data-bad-time',
      /IST names more than one/,
    ],
    [
      'thousands or decimals',
      'time;a\n2024-03-01;20,104\n2024-03-02;30,123\n',
      'data-ambiguous-number',
      /20,104 is 20\.104 or 20104/,
    ],
    ['a year far away', 'time,a\n2024-01-01,1\n0024-01-02,2\n', 'data-bad-time', /in the year 24/],
    [
      'a year far ahead',
      'time,a\n2024-01-01T00:00:00Z,1\n2611-01-01T00:00:00Z,2\n',
      'data-bad-time',
      /in the year 2611/,
    ],
    [
      'text in the last row',
      'time,a\n2024/03/01 00:00:00,1\n2024/03/01 00:05:00,2\n2024/03/01 00:10:00,Shut\n',
      'data-bad-cell',
      /line 4, column a: "Shut"/,
    ],
    [
      'text in a long table',
      'time,tag,value\n2024-03-01T00:00:00Z,a,1\n2024-03-01T00:01:00Z,a,Shut\n',
      'data-bad-cell',
      /line 3, column value: "Shut"/,
    ],
    ['a unit in a cell', 'time,a\n2024-03-01,20.04 °C\n2024-03-02,20.1 °C\n', 'data-bad-cell', /20\.04 °C/],
    [
      'an apostrophe before a number',
      `time,a\n2024-03-01,"'-2.00"\n2024-03-02,1\n`,
      'data-bad-cell',
      /'-2\.00/,
    ],
    [
      'one group of thousands',
      'time,a\n2024-03-01,"1,234"\n2024-03-02,5\n',
      'data-ambiguous-number',
      /1,234 is 1\.234 or 1234/,
    ],
  ])('asks for it: %s', async (_, text, code, message) => {
    const error = await read({ text }).then(
      () => expect.fail('it was read'),
      error => error,
    )
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)])
  })

  it.each<[string, string, ReadTableOptions, string]>([
    ['day first', 'time,a\n03.05.2024 10:00,1\n', { timeFormat: '%d.%m.%Y %H:%M' }, '2024-05-03T10:00'],
    ['month first', 'time,a\n03.05.2024 10:00,1\n', { timeFormat: '%m.%d.%Y %H:%M' }, '2024-03-05T10:00'],
    [
      'a zone by name',
      'time,a\n2024-03-01 00:00:00 CST,1\n',
      { timeZone: 'America/Chicago' },
      '2024-03-01T06:00',
    ],
    ['a fixed offset', 'time,a\n2024-07-01 00:00:00,1\n', { timeZone: '+01:00' }, '2024-06-30T23:00'],
    [
      'the order of a former table',
      'time,a\n03.05.2024 10:00,1\n03.05.2024 10:05,2\n',
      { form: { dateOrder: 'dmy' } },
      '2024-05-03T10:00',
    ],
    [
      'the comma of a former table',
      'time;a\n2024-05-03T10:00;20,104\n2024-05-03T10:05;30,123\n',
      { form: { decimal: ',' } },
      '2024-05-03T10:00',
    ],
    ['days of a spreadsheet', 'time,a\n45352.25,1\n', { timeUnit: 'days' }, '2024-03-01T06:00'],
    ['two columns', 'x,y,a\n2024-03-01,06:00,1\n', { timeColumn: 'x,y' }, '2024-03-01T06:00'],
    ['a far past that is the whole column', 'time,a\n1891-01-01,1\n1891-01-02,2\n', {}, '1891-01-01T00:00'],
  ])('is read with the option: %s', async (_, text, options, wanted) => {
    const { frame } = await read({ text }, options)
    expect(new Date(frame.timeMs[0]!).toISOString().slice(0, 16)).toBe(wanted)
  })

  it('reads no time where there is none to be used', async () => {
    const { frame } = await read(
      { text: 'time,a\n1,5\n2,6\n' },
      { timeColumn: 'none', roles: { time: 'ignore' } },
    )
    expect([frame.timeKind, [...frame.values]]).toEqual(['index', [5, 6]])
  })
})

describe('numbers that are written in other ways', () => {
  const table = (cells: readonly string[]) => ({
    text: `time;a\n${cells.map((cell, i) => `2024-03-0${i + 1};${cell}\n`).join('')}`,
  })
  it.each<[string, string[], number[]]>([
    ['thousands with apostrophes', ["1'234.5", "12'345'678.25", '7.5'], [1234.5, 12_345_678.25, 7.5]],
    ['thousands with curly apostrophes', ['1\u2019234', '2\u2019345'], [1234, 2345]],
    ['percentages', ['50%', '12.5 %', '-3%'], [50, 12.5, -3]],
    ['percentages with a decimal comma', ['50,5%', '12,25 %'], [50.5, 12.25]],
  ])('are read: %s', async (_, cells, values) => {
    const { frame } = await read(table(cells))
    expect([...frame.values]).toEqual(values)
  })

  it('are refused where some are percentages and others are not, and are missing when asked', async () => {
    const error = await read(table(['0.5', '50%', '0.25'])).catch(error => error)
    expect([error.code, error.where]).toEqual([
      'data-bad-cell',
      expect.objectContaining({ line: 3, got: '"50%"' }),
    ])
    const { frame } = await read(table(['0.5', '50%', '0.25']), { badCells: 'missing', missing: 'keep' })
    expect([...frame.values]).toEqual([0.5, Number.NaN, 0.25])
  })

  it('names that occur twice are refused with a query that numbers them, and it works', async () => {
    const path = join(folder, 'twice.csv')
    writeFileSync(path, 'time,a,a\n2024-03-01,1,2\n2024-03-02,3,4\n')
    const error = await readTable(path).catch(error => error)
    const query = /--sql "(.+?)"/.exec(error.remedy)![1]!
    const { frame } = await readTable({ query }, { roots: [folder] })
    expect([frame.channels, [...frame.values]]).toEqual([
      ['a', 'a_1'],
      [1, 2, 3, 4],
    ])
  })
})

describe('a table whose columns say more than their values', () => {
  const rows = (row: (ms: number, i: number) => string) => lines(row)
  const long = (row: (i: number) => string) => Array.from({ length: 60 }, (_, i) => `${row(i)}\n`).join('')

  it('has its times in the zone that the name of their column gives', async () => {
    for (const name of ['Date Time, GMT-04:00', 'time (UTC-4)', 'time UTC-0400']) {
      const text = `"${name}",temp\n${rows((ms, i) => `${new Date(ms - 4 * 3_600_000).toISOString().slice(0, 19)},${TEMP[i]}`)}`
      const { frame, notes } = await read({ text })
      expect([...frame.timeMs]).toEqual(TIMES)
      expect(notes.join()).toContain('-04:00')
      const asked = await read({ text }, { timeZone: 'UTC' })
      expect([...asked.frame.timeMs]).toEqual(TIMES.map(ms => ms - 4 * 3_600_000))
    }
  })

  it('joins a date and the hour of the day', async () => {
    const text = `Date,Hour,temp\n${long(i => `2024-03-${two(1 + Math.floor(i / 24))},${i % 24},${Math.sin(i)}`)}`
    const { frame } = await read({ text })
    expect(frame.channels).toEqual(['temp'])
    expect([...frame.timeMs]).toEqual(Array.from({ length: 60 }, (_, i) => Date.UTC(2024, 2, 1, i)))
  })

  it.each([
    ['minutes', (i: number) => 10 * i],
    ['Elapsed (s)', (i: number) => (0.1 * i).toFixed(1)],
    ['k', (i: number) => 500 + 2 * i],
  ])('takes no count of even steps for a channel: %s', async (name, countOf) => {
    const { frame, columns } = await read({
      text: `${name},temp\n${long(i => `${countOf(i)},${Math.sin(i)}`)}`,
    })
    expect(frame.channels).toEqual(['temp'])
    expect(columns[0]!.role).toBe('row-number')
  })

  it.each([
    ['Variable', 'Measurement'],
    ['point_id', 'reading'],
    ['KKS', 'Messwert'],
  ])('has a reading per row with %s and %s', async (sensor, value) => {
    const ids = ['101', '102']
    const text = `Timestamp,${sensor},${value},Status\n${TIMES.flatMap((ms, i) => ids.map((id, k) => `${new Date(ms).toISOString()},${id},${[TEMP, FLOW][k]![i]},OK\n`)).join('')}`
    const { frame, summary } = await read({ text })
    expect([frame.channels, [...frame.values].slice(0, 2)]).toEqual([ids, [TEMP[0], FLOW[0]]])
    expect(summary.form).toMatchObject({ sensorColumn: sensor, valueColumn: value })
  })

  it('says that a time of day alone lacks its date, with what helps', async () => {
    const text = `time,temp\n${long(i => `${two(Math.floor(i / 6))}:${two((i % 6) * 10)}:00,${Math.sin(i)}`)}`
    const error = await read({ text }).catch(error => error)
    expect(error.message).toContain(
      "without a date: --time-column DATE,TIME joins two columns; --exclude-channels 'time'",
    )
    expect((await read({ text }, { ignoreColumns: ['time'] })).frame.channels).toEqual(['temp'])
  })
})
