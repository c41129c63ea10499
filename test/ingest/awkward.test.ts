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
  'an offset and its zone in brackets': ms =>
    `${new Date(ms + 3_600_000).toISOString().slice(0, 19)}+01:00[Europe/Berlin]`,
  'Japanese, the time of day with signs': ms =>
    (({ Y, m, D, H, M }) => `${Y}年${m}月${D}日 ${Number(H)}時${M}分`)(parts(ms)),
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
    [
      'texts beside the first time',
      'time,a,b,c\n2024-03-01T00:00:00Z,start,ramp,ramp\n2024-03-01T00:01:00Z,1,2,3\n2024-03-01T00:02:00Z,1,2,3\n2024-03-01T00:03:00Z,1,2,4\n',
      'data-bad-cell',
      /line 2, column a: "start"/,
    ],
    [
      'two devices that a whole number distinguishes',
      `time,pos,a\n${[0, 1, 2, 3, 4].map(i => `2024-03-01T00:0${i}:00Z,1,${i}.5\n2024-03-01T00:0${i}:00Z,2,${i}.25\n`).join('')}`,
      'data-many-devices',
      /2 devices in the column pos: 1, 2/,
    ],
    [
      'a sensor without a reading',
      'time,tag,value\n2024-03-01T00:00:00Z,a,1\n2024-03-01T00:00:00Z,b,1\n2024-03-01T00:01:00Z,a,2\n',
      'data-no-reading',
      /b has no reading at 2024-03-01T00:01:00/,
    ],
    [
      'two units of one sensor',
      'time,tag,value,unit\n2024-03-01T00:00:00Z,a,1,K\n2024-03-01T00:01:00Z,a,2,°C\n',
      'data-mixed-units',
      /readings of a have the units K and °C/,
    ],
    ['a unit in one cell', 'time,a\n2024-03-01,20.04 °C\n2024-03-02,20.1\n', 'data-bad-cell', /20\.04 °C/],
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

// Forms that no other test has, each with the times and readings that it must give.
const clockParts = (ms: number) => {
  const at = parts(ms)
  return {
    ...at,
    i: String(Number(at.I)),
    weekday: at.D === '24' ? 'Sun' : 'Mon',
    day: at.D === '24' ? '084' : '085',
  }
}
const stamped = (form: (at: ReturnType<typeof clockParts>, ms: number) => string) => ({
  text: `time;temp\n${lines((ms, i) => `${form(clockParts(ms), ms)};${TEMP[i]}`)}`,
})
const days = (ms: number, zero: number) => (ms / 86_400_000 + zero).toFixed(6)

describe('further forms of time', () => {
  it.each<[string, { text: string }]>([
    ['points in the time of day', stamped(({ Y, m, D, H, M }) => `${Y}-${m}-${D} ${H}.${M}.00`)],
    ['a day of the year', stamped(({ Y, day, H, M }) => `${Y}-${day}T${H}:${M}:00`)],
    ['a compact date, a dash and a clock', stamped(({ Y, m, D, H, M }) => `${Y}${m}${D}-${H}${M}00`)],
    ['the stamp of a file name', stamped(({ Y, m, D, H, M }) => `${Y}-${m}-${D}_${H}-${M}-00`)],
    ['logs of Apache', stamped(({ Y, D, H, M }) => `${D}/Mar/${Y}:${H}:${M}:00 +0000`)],
    ['SAS', stamped(({ Y, D, H, M }) => `${D}MAR${Y}:${H}:${M}:00`)],
    ['the date command', stamped(({ Y, D, H, M, weekday }) => `${weekday} Mar ${D} ${H}:${M}:00 UTC ${Y}`)],
    [
      'the date command in Berlin',
      stamped((_, ms) =>
        (({ Y, D, H, M, weekday }) => `${weekday} Mar ${D} ${H}:${M}:00 CET ${Y}`)(
          clockParts(ms + 3_600_000),
        ),
      ),
    ],
    [
      'Date of JavaScript',
      stamped(
        ({ Y, D, H, M, weekday }) =>
          `${weekday} Mar ${D} ${Y} ${H}:${M}:00 GMT+0000 (Coordinated Universal Time)`,
      ),
    ],
    ['Oracle', stamped(({ D, I, M, p }) => `${D}-MAR-24 ${I}.${M}.00.000000000 ${p}`)],
    ['Chinese and Japanese', stamped(({ Y, m, D, H, M }) => `${Y}年${Number(m)}月${D}日 ${H}:${M}`)],
    ['Korean', stamped(({ Y, m, D, H, M }) => `${Y}. ${Number(m)}. ${D}. ${H}:${M}`)],
    [
      'a narrow blank before PM',
      stamped(({ Y, m, D, i, M, p }) => `${Number(m)}/${D}/${Y}, ${i}:${M}:00\u202f${p}`),
    ],
    ['the time of day first', stamped(({ Y, m, D, H, M }) => `${H}:${M}:00 ${D}/${m}/${Y}`)],
    [
      'a minus that is not of ASCII',
      stamped((_, ms) => `${new Date(ms - 18_000_000).toISOString().slice(0, 19)}\u221205:00`),
    ],
    [
      'a formula of a spreadsheet',
      stamped((_, ms) => `="${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}"`),
    ],
    ['square brackets', stamped((_, ms) => `[${new Date(ms).toISOString()}]`)],
    ['French', stamped(({ Y, m, D, H, M }) => `${D}/${m}/${Y} ${H}h${M}`)],
    ['German with Uhr', stamped(({ Y, m, D, H, M }) => `${D}.${m}.${Y} ${H}:${M} Uhr`)],
    ['file times of Windows', stamped((_, ms) => String(BigInt(ms) * 10_000n + 116_444_736_000_000_000n))],
    ['ticks of .NET', stamped((_, ms) => String(BigInt(ms) * 10_000n + 621_355_968_000_000_000n))],
    [
      'columns YY, MM, DD, hh, mm, ss',
      {
        text: `YY,MM,DD,hh,mm,ss,temp\n${lines((ms, i) => (({ Y, m, D, H, M }) => `${Y},${m},${D},${H},${M},0,${TEMP[i]}`)(parts(ms)))}`,
      },
    ],
    [
      'the header of a buoy with years of two digits',
      {
        text: `#YY MM DD hh mm temp\n${lines((ms, i) => (({ y, m, D, H, M }) => `${y} ${m} ${D} ${H} ${M} ${TEMP[i]}`)(parts(ms)))}`,
      },
    ],
  ])('are read: %s', async (_, table) => {
    const { frame } = await read(table)
    expect([...frame.timeMs].map(ms => new Date(ms).toISOString())).toEqual(
      TIMES.map(ms => new Date(ms).toISOString()),
    )
    expect([frame.channels, [...frame.values]]).toEqual([['temp'], TEMP])
  })

  it.each<[string, number, ReadTableOptions]>([
    ['datenum of MATLAB', 719_529, {}],
    ['Julian days', 2_440_587.5, {}],
    ['modified Julian days', 40_587, { timeUnit: 'mjd' }],
    ['days of a spreadsheet', 25_569, {}],
  ])('are read to the second: %s', async (_, zero, options) => {
    const { frame } = await read(
      stamped((_, ms) => days(ms, zero)),
      options,
    )
    const late = Math.max(...frame.timeMs.map((ms, i) => Math.abs(ms - TIMES[i]!)))
    expect(late).toBeLessThan(100)
  })

  it('a month alone is its first day', async () => {
    const { frame } = await read({ text: 'time;a\n2024-01;1\n2024-02;2\n2024-03;3\n' })
    expect([...frame.timeMs]).toEqual([0, 1, 2].map(month => Date.UTC(2024, month, 1)))
  })

  it('days that are those of a spreadsheet or modified Julian ones are asked for, with both dates', async () => {
    const table = stamped((_, ms) => days(ms, 40_587))
    const error = await read(table).catch(error => error)
    expect([error.code, error.message]).toEqual([
      'data-ambiguous-date',
      expect.stringContaining(
        'is 2065-05-06 (days of a spreadsheet) or 2024-03-24 (modified Julian days): give --time-unit days or --time-unit mjd',
      ),
    ])
    const late = await read(table, { timeUnit: 'days' })
    expect(new Date(late.frame.timeMs[0]!).toISOString().slice(0, 10)).toBe('2065-05-06')
  })

  it.each([
    ['a clock without a date', '23:50 tomorrow'],
    ['a month that there is not', '2024-13'],
    ['a day of the year that there is not', '2023-366T00:00:00'],
    ['an hour that there is not', '2024-03-24 25.10.00'],
    ['a clock with dashes after a blank', '2024-03-24 10-20-30'],
  ])('are no times: %s', async (_, text) => {
    await expect(read({ text: `time;a\n${text};1\n${text};2\n` })).rejects.toMatchObject({
      code: expect.stringMatching(/^data-bad-(?:time|cell)$/),
    })
  })
})

describe('further numbers', () => {
  it.each<[string, string[], number[]]>([
    ['thousands with blanks', ['1 234,5', '12 345 678,25', '7,5'], [1234.5, 12_345_678.25, 7.5]],
    ['thousands with blanks and points', ['1 234.5', '2 345', '7.5'], [1234.5, 2345, 7.5]],
    [
      'thousands with blanks that do not break',
      ['1\u00a0234,5', '2\u202f345,5', '7,5'],
      [1234.5, 2345.5, 7.5],
    ],
    ['a minus that is not of ASCII', ['\u22125', '\u20132.5', '3'], [-5, -2.5, 3]],
    ['formulas of a spreadsheet', ['="1.5"', '="2.5"', '="-3"'], [1.5, 2.5, -3]],
  ])('are read: %s', async (_, cells, values) => {
    const { frame } = await read({
      text: `time;a\n${cells.map((cell, i) => `2024-03-0${i + 1};${cell}\n`).join('')}`,
    })
    expect([...frame.values]).toEqual(values)
  })

  it.each([
    ['two numbers', '1 23'],
    ['a range', '10 - 20'],
    ['a bound', '<0.05', 'data-marked-number'],
    ['a fraction', '1/2'],
    ['a dash between', '3\u20135'],
  ])('are none, and named: %s', async (_, cell, code = 'data-bad-cell') => {
    const error = await read({ text: `time;a\n2024-03-01;1.5\n2024-03-02;${cell}\n` }).catch(error => error)
    expect([error.code, error.where]).toEqual([code, expect.objectContaining({ line: 3, column: 'a' })])
  })
})

describe('further columns that are no sensors', () => {
  const rows = (name: string, cell: (i: number) => string) => ({
    text: `time,temp,${name}\n${Array.from({ length: 60 }, (_, i) => `${new Date(TIMES[0]! + i * STEP).toISOString()},${(20 + 3 * Math.sin(i / 5)).toFixed(2)},${cell(i)}\n`).join('')}`,
  })
  it.each<[string, (i: number) => string, string]>([
    ['Defekt', i => (i > 50 ? '1' : '0'), 'label'],
    ['panne', i => (i > 50 ? '1' : '0'), 'label'],
    ['défaut pompe', i => (i > 50 ? '1' : '0'), 'label'],
    ['RUL', i => String(60 - i), 'label'],
    ['Time to failure (h)', i => String((60 - i) / 2), 'label'],
    ['is_weekend', i => (i > 30 ? '1' : '0'), 'calendar'],
    ['isHoliday', i => (i > 30 ? '1' : '0'), 'calendar'],
    ['temp_quality', i => (i === 7 ? '0' : '192'), 'quality'],
    ['flow.QC', i => (i === 7 ? 'Questionable' : 'Good'), 'quality'],
    ['pressure QC flag', i => String(i % 3), 'quality'],
  ])('are left out: %s', async (name, cell, role) => {
    const { frame, columns } = await read(rows(name, cell))
    expect(frame.channels).toEqual(['temp'])
    expect(columns.find(column => column.name === name)?.role).toBe(role)
  })

  it.each([
    ['air quality', (i: number) => String(40 + (i % 9))],
    ['water_quality', (i: number) => String(1 + (i % 4))],
    ['life cycle cost', (i: number) => String(3 + (i % 5) / 10)],
  ])('stay channels: %s', async (name, cell) => {
    expect((await read(rows(name, cell))).frame.channels).toEqual(['temp', name])
  })
})

describe('further shapes', () => {
  const row = (ms: number, i: number) => [new Date(ms).toISOString(), TEMP[i], FLOW[i]]
  it.each<[string, string, string?]>([
    [
      'a line under the header and the number of rows, as consoles print them',
      `time,temp,flow\n----,----,----\n${lines((ms, i) => row(ms, i).join(','))}\n(5 rows affected)\n`,
    ],
    [
      'a table of Markdown',
      `| time | temp | flow |\n|---|---:|:---:|\n${lines((ms, i) => `| ${row(ms, i).join(' | ')} |`)}`,
    ],
    ['a row of types', `time,temp,flow\ndatetime,float,int\n${lines((ms, i) => row(ms, i).join(','))}`],
    ['commas and blanks', `time, temp, flow\n${lines((ms, i) => row(ms, i).join(', '))}`],
    [
      'SenML',
      JSON.stringify(
        TIMES.flatMap((ms, i) => [
          { n: 'temp', t: ms / 1000, v: TEMP[i], u: 'Cel' },
          { n: 'flow', t: ms / 1000, v: FLOW[i], u: 'l/min' },
        ]),
      ),
      'x.json',
    ],
  ])('are read: %s', async (_, text, name) => {
    const { frame } = await read({ text, ...(name && { name }) })
    expect([...frame.timeMs]).toEqual(TIMES)
    const at = (channel: string) =>
      [...frame.values].filter((_, i) => frame.channels[i % frame.channels.length] === channel)
    expect([frame.channels.length, at('temp'), at('flow')]).toEqual([2, TEMP, FLOW])
  })
})

// Forms in which programs answer or save a table as JSON; every one holds the shared recording.
const wideOf = (values: readonly (readonly unknown[])[]) => ({ columns: ['time', 'temp', 'flow'], values })
const isoRows = TIMES.map((ms, i) => [new Date(ms).toISOString(), TEMP[i], FLOW[i]])
const msRows = TIMES.map((ms, i) => [ms, TEMP[i], FLOW[i]])
const byRow = (cells: readonly unknown[], name = (i: number) => String(i)) =>
  Object.fromEntries(cells.map((cell, i) => [name(i), cell]))
const frameFields = [
  { name: 'Time', type: 'time' },
  { name: 'temp', type: 'number' },
  { name: 'flow', type: 'number' },
]
const DOCUMENTS: Record<string, unknown> = {
  'InfluxDB 1.x': { results: [{ statement_id: 0, series: [{ name: 'plant', ...wideOf(isoRows) }] }] },
  'InfluxDB 1.x, a measurement each': {
    results: [
      { series: [{ name: 'a', columns: ['time', 'temp'], values: isoRows.map(row => row.slice(0, 2)) }] },
      { series: [{ name: 'b', columns: ['time', 'flow'], values: isoRows.map(row => [row[0], row[2]]) }] },
    ],
  },
  'Prometheus, a range': {
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [TEMP, FLOW].map((values, k) => ({
        metric: { __name__: ['temp', 'flow'][k], job: 'plant' },
        values: values.map((value, i) => [TIMES[i]! / 1000, String(value)]),
      })),
    },
  },
  'hits of Elasticsearch': {
    took: 2,
    timed_out: false,
    hits: {
      total: { value: 5, relation: 'eq' },
      hits: isoRows.map(([time, temp, flow], i) => ({
        _index: 'x',
        _id: `id${i}`,
        _score: 1,
        _source: { '@timestamp': time, temp, flow },
      })),
    },
  },
  'an answer of Grafana': {
    results: {
      A: {
        status: 200,
        frames: [{ schema: { fields: frameFields }, data: { values: [TIMES, TEMP, FLOW] } }],
      },
    },
  },
  'frames of Grafana, a channel each': [TEMP, FLOW].map((values, k) => ({
    schema: { fields: [frameFields[0], frameFields[k + 1]] },
    data: { values: [TIMES, values] },
  })),
  'a frame of Grafana with its values in the fields': {
    fields: frameFields.map((field, k) => ({ ...field, values: [TIMES, TEMP, FLOW][k] })),
  },
  Graphite: [TEMP, FLOW].map((values, k) => ({
    target: ['temp', 'flow'][k],
    datapoints: values.map((value, i) => [value, TIMES[i]! / 1000]),
  })),
  OpenTSDB: [TEMP, FLOW].map((values, k) => ({
    metric: ['temp', 'flow'][k],
    tags: { host: 'a' },
    dps: byRow(values, i => String(TIMES[i]! / 1000)),
  })),
  'ThingsBoard, the newest first': Object.fromEntries(
    [TEMP, FLOW].map((values, k) => [
      ['temp', 'flow'][k]!,
      values.map((value, i) => ({ ts: TIMES[i], value: String(value) })).reverse(),
    ]),
  ),
  'a history of Home Assistant': [TEMP, FLOW].map((values, k) =>
    values.map((value, i) => ({
      ...(i === 0 && { entity_id: ['temp', 'flow'][k], attributes: { unit_of_measurement: 'x' } }),
      state: String(value),
      last_changed: new Date(TIMES[i]!).toISOString(),
    })),
  ),
  'pandas, split': { columns: ['time', 'temp', 'flow'], index: [0, 1, 2, 3, 4], data: msRows },
  'pandas, split, the index holds the times': {
    columns: ['temp', 'flow'],
    index: TIMES,
    data: msRows.map(row => row.slice(1)),
  },
  'pandas, columns': { time: byRow(TIMES), temp: byRow(TEMP), flow: byRow(FLOW) },
  'pandas, columns, the index holds the times': {
    temp: byRow(TEMP, i => String(TIMES[i])),
    flow: byRow(FLOW, i => String(TIMES[i])),
  },
  'pandas, index': Object.fromEntries(msRows.map(([ms, temp, flow]) => [String(ms), { temp, flow }])),
  QuestDB: {
    query: 'plant',
    columns: [
      { name: 'timestamp', type: 'TIMESTAMP' },
      { name: 'temp', type: 'DOUBLE' },
      { name: 'flow', type: 'DOUBLE' },
    ],
    dataset: isoRows,
    count: 5,
  },
  ClickHouse: { meta: ['time', 'temp', 'flow'].map(name => ({ name, type: 'x' })), data: isoRows, rows: 5 },
  CrateDB: { cols: ['time', 'temp', 'flow'], rows: msRows, rowcount: 5 },
  TDengine: {
    code: 0,
    column_meta: [
      ['time', 'TIMESTAMP', 8],
      ['temp', 'FLOAT', 4],
      ['flow', 'FLOAT', 4],
    ],
    data: isoRows,
  },
  'Azure logs': {
    tables: [
      { name: 'PrimaryResult', columns: ['time', 'temp', 'flow'].map(name => ({ name })), rows: isoRows },
    ],
  },
}

describe('a table in the JSON of', () => {
  it.each(Object.keys(DOCUMENTS).flatMap(name => [[name, 0] as const, [name, 2] as const]))(
    '%s is read, indented by %i',
    async (name, indent) => {
      const { frame, notes } = await read({
        name: 'x.json',
        text: JSON.stringify(DOCUMENTS[name], null, indent),
      })
      expect([...frame.timeMs]).toEqual(TIMES)
      expect([...frame.channels].sort()).toEqual(['flow', 'temp'])
      for (const [channel, values] of Object.entries({ flow: FLOW, temp: TEMP })) {
        const at = frame.channels.indexOf(channel)
        expect([...frame.values].filter((_, i) => i % 2 === at)).toEqual(values)
      }
      expect(notes.join()).toContain('it was read as')
    },
  )

  it('InfluxDB in parts of one line each is read as one table', async () => {
    const part = (rows: readonly (readonly unknown[])[]) =>
      JSON.stringify({ results: [{ series: [{ name: 'plant', ...wideOf(rows) }], partial: true }] })
    const text = `${part(isoRows.slice(0, 3))}\n${part(isoRows.slice(3))}\n`
    const { frame } = await read({ name: 'x.json', text })
    expect([[...frame.timeMs], [...frame.values].filter((_, i) => i % 2 === 0)]).toEqual([TIMES, TEMP])
  })

  it('InfluxDB with a series per device asks for the device, and Prometheus names channels by the labels that differ', async () => {
    const series = ['A', 'B'].map(device => ({ name: 'plant', tags: { device }, ...wideOf(isoRows) }))
    const text = JSON.stringify({ results: [{ series }] })
    const error = await read({ name: 'x.json', text }).catch(error => error)
    expect([error.code, error.remedy]).toEqual([
      'data-many-devices',
      expect.stringContaining('--group-by device'),
    ])
    const one = await read({ name: 'x.json', text }, { deviceColumn: 'device', device: 'B' })
    expect([...one.frame.timeMs]).toEqual(TIMES)
    const result = ['a', 'b'].map((site, k) => ({
      metric: { __name__: 'temp', job: 'plant', site },
      values: TIMES.slice(k).map(ms => [ms / 1000, '1.5']),
    }))
    const answer = JSON.stringify({ data: { resultType: 'matrix', result } })
    const { frame } = await read({ name: 'x.json', text: answer }, { missing: 'keep' })
    expect(frame.channels).toEqual(['temp{site="a"}', 'temp{site="b"}'])
    expect([...frame.values].slice(0, 4)).toEqual([1.5, Number.NaN, 1.5, 1.5])
  })

  it('Elasticsearch says when it holds only some of the hits', async () => {
    const hits = isoRows.map(([time, temp, flow]) => ({ _id: 'x', _source: { time, temp, flow } }))
    const { notes } = await read({ name: 'x.json', text: JSON.stringify({ hits: { total: 900, hits } }) })
    expect(notes.join()).toContain('it holds 5 of the 900 hits of its search')
  })

  it('one object that wraps its rows further down is refused with a query that reads it', async () => {
    const rows = isoRows.map(([time, temp, flow]) => ({ time, temp, flow }))
    const path = join(folder, 'wrapped.json')
    writeFileSync(path, JSON.stringify({ plant: { shift: rows }, other: [[1]] }))
    const error = await readTable(path).catch(error => error)
    expect(error.code).toBe('data-not-a-table')
    const query = /--sql "(.+?[^\\])" reads it/.exec(error.message)![1]!.replaceAll('\\"', '"')
    const { frame } = await readTable({ query }, { roots: [folder] })
    expect([[...frame.timeMs], frame.channels]).toEqual([TIMES, ['temp', 'flow']])
  })

  it('objects that only look like another shape are read as they are', async () => {
    const text = TIMES.map((ms, i) => `${JSON.stringify({ data: { temp: TEMP[i] }, ts: ms })}\n`).join('')
    const { frame } = await read({ name: 'x.json', text })
    expect([[...frame.timeMs], frame.channels, [...frame.values]]).toEqual([TIMES, ['data.temp'], TEMP])
  })
})

describe('times that are parts of a year, or seconds of 60', () => {
  const column = (name: string, texts: readonly string[]) => ({
    text: `${name};a\n${texts.map((text, i) => `${text};${i + 0.5}\n`).join('')}`,
  })
  const MONTHS = [0, 1, 2].map(month => Date.UTC(2024, month, 1))
  const QUARTERS = [0, 3, 6].map(month => Date.UTC(2024, month, 1))
  it.each<[string, string[], number[]]>([
    ['Jan 2024', ['Jan 2024', 'Feb 2024', 'Mar 2024'], MONTHS],
    ['Januar 2024', ['Januar 2024', 'Februar 2024', 'März 2024'], MONTHS],
    ['Jan-2024', ['Jan-2024', 'Feb-2024', 'Mar-2024'], MONTHS],
    ['2024 Jan', ['2024 Jan', '2024 Feb', '2024 Mar'], MONTHS],
    ["Jan '24", ["Jan '24", "Feb '24", "Mar '24"], MONTHS],
    ['01/2024', ['01/2024', '02/2024', '03/2024'], MONTHS],
    ['2024/01', ['2024/01', '2024/02', '2024/03'], MONTHS],
    ['2024Q1', ['2024Q1', '2024Q2', '2024Q3'], QUARTERS],
    ['2024-Q1', ['2024-Q1', '2024-Q2', '2024-Q3'], QUARTERS],
    ['Q1 2024', ['Q1 2024', 'Q2 2024', 'Q3 2024'], QUARTERS],
    ['Q1/2024', ['Q1/2024', 'Q2/2024', 'Q3/2024'], QUARTERS],
    // 99 is no day, so that all of the column are months.
    [
      'Dec-99',
      ['Dec-99', 'Jan-00', 'Feb-00'],
      [Date.UTC(1999, 11, 1), Date.UTC(2000, 0, 1), Date.UTC(2000, 1, 1)],
    ],
    [
      'a leap second',
      ['2016-12-31 23:59:59', '2016-12-31 23:59:60', '2017-01-01 00:00:01'],
      [-1, 0, 1].map(s => Date.UTC(2017, 0, 1) + 1000 * s),
    ],
    [
      'a logger that rounds',
      ['01.03.2024 10:00:60', '01.03.2024 10:02:00', '31.03.2024 10:02:60.5'],
      [Date.UTC(2024, 2, 1, 10, 1), Date.UTC(2024, 2, 1, 10, 2), Date.UTC(2024, 2, 31, 10, 3) + 500],
    ],
  ])('are read: %s', async (_, texts, times) => {
    const { frame } = await read(column('Stand', texts))
    expect([...frame.timeMs].map(ms => new Date(ms).toISOString())).toEqual(
      times.map(ms => new Date(ms).toISOString()),
    )
    expect(frame.channels).toEqual(['a'])
  })

  it.each<[string, string[], RegExp, string]>([
    [
      'Jan-24',
      ['Jan-24', 'Feb-24'],
      /Jan-24 is January 2024 or 24 January of a year that it does not say: give --time-format '%b-%y'/,
      '%b-%y',
    ],
    [
      '24-Jan',
      ['24-Jan', '24-Feb'],
      /24-Jan is January 2024 or 24 January of .*give --time-format '%y-%b'/,
      '%y-%b',
    ],
    ['Mär 24', ['Jan 24', 'Mär 24'], /--time-format '%b %y'/, '%b %y'],
  ])('are asked for, and read with what the error names: %s', async (_, texts, message, timeFormat) => {
    const error = await read(column('Stand', texts)).catch(error => error)
    expect([error.code, error.message]).toEqual(['data-ambiguous-date', expect.stringMatching(message)])
    const { frame } = await read(column('Stand', texts), { timeFormat })
    expect(new Date(frame.timeMs[0]!).toISOString().slice(0, 10)).toBe('2024-01-01')
  })

  it.each(['2024Q5', '13/2024', 'Jan-2224', '2016-12-31 23:59:61', '2024-Qx'])(
    'are no times: %s',
    async text => {
      await expect(read(column('time', [text, text]))).rejects.toMatchObject({
        code: expect.stringMatching(/^data-/),
      })
    },
  )

  it.each(['year', 'Jahr', 'Date'])('bare years in the column %s are their first days', async name => {
    const { frame } = await read(column(name, ['1968', '1969', '1970', '1971']))
    expect([...frame.timeMs]).toEqual([1968, 1969, 1970, 1971].map(year => Date.UTC(year, 0, 1)))
    expect(frame.channels).toEqual(['a'])
  })

  it('bare years under a name of times are asked for, and read with what the error names', async () => {
    const table = column('time', ['1968', '1969', '1970', '1971'])
    const error = await read(table).catch(error => error)
    expect([error.code, error.message]).toEqual([
      'data-ambiguous-date',
      expect.stringContaining(
        '1968 is the year 1968 or a count of seconds: give --time-format %Y or --time-unit s',
      ),
    ])
    const years = await read(table, { timeFormat: '%Y' })
    expect([...years.frame.timeMs]).toEqual([1968, 1969, 1970, 1971].map(year => Date.UTC(year, 0, 1)))
    const counts = await read(table, { timeUnit: 's' })
    expect([...counts.frame.timeMs]).toEqual([1_968_000, 1_969_000, 1_970_000, 1_971_000])
  })

  it('of two columns of times the first is read, and the other named with the option that reads it', async () => {
    const text = `received,measured,a\n${lines((ms, i) => `${new Date(ms + 7000).toISOString()},${new Date(ms).toISOString()},${TEMP[i]}`)}`
    const { frame, notes } = await read({ text })
    expect(frame.timeMs[0]).toBe(TIMES[0]! + 7000)
    expect(notes.join()).toContain("--time-column 'measured' reads it instead")
    expect((await read({ text }, { timeColumn: 'measured' })).frame.timeMs[0]).toBe(TIMES[0])
  })
})
