import { describe, expect, it } from 'vitest'
import { parseLabels } from '../../src/cli/labels.js'
import { parseTime } from '../../src/core/parse-time.js'
import { parseMaintenance } from '../../src/events/index.js'
import { parseExclusions } from '../../src/pipeline/train/exclude.js'
import { caseFolder } from '../cases/world.js'
import { workbook } from './zip.js'

const folder = caseFolder()
const { read, refusal } = folder
const T = Date.UTC(2024, 4, 13)
const N = 120
const ms = (i: number) => T + i * 60_000
const iso = (i: number) => new Date(ms(i)).toISOString()
const stamp = (i: number) => `${iso(i).slice(0, 19)}Z`
const p = (i: number) => 20 + ((i * 7) % 40) / 8
const q = (i: number) => 5 + ((i * 11) % 32) / 4
const lines = (row: (i: number) => string) => Array.from({ length: N }, (_, i) => `${row(i)}\n`).join('')
const table = (head: string, row: (i: number) => string) => `${head}\n${lines(row)}`
const PLAIN = table('time,p,q', i => `${stamp(i)},${p(i)},${q(i)}`)
const VALUES = Array.from({ length: N }, (_, i) => [p(i), q(i)]).flat()
const TIMES = Array.from({ length: N }, (_, i) => ms(i))
const utf32 = (text: string, isLittle: boolean) => {
  const codes = [0xfeff, ...[...text].map(letter => letter.codePointAt(0)!)]
  const bytes = Buffer.alloc(codes.length * 4)
  for (const [i, code] of codes.entries())
    isLittle ? bytes.writeUInt32LE(code, i * 4) : bytes.writeUInt32BE(code, i * 4)
  return bytes
}

describe('a text of a rare form', () => {
  it.each<[string, string, string | Buffer, RegExp | undefined]>([
    ['cells parted by ^', 'x.csv', PLAIN.replaceAll(',', '^'), undefined],
    [
      'the same, named in its first line',
      'x.csv',
      `sep=^\n${PLAIN.replaceAll(',', '^')}`,
      /names the delimiter/,
    ],
    [
      'lines in quotes',
      'x.csv',
      PLAIN.replaceAll(/^(.*)$/gm, '"$1"').replace(/""\n?$/, ''),
      /lines in quotes as a whole/,
    ],
    [
      'lines in quotes under a plain header',
      'x.csv',
      table('time,p,q', i => `"${stamp(i)},""${p(i)}"",${q(i)}"`),
      /lines in quotes as a whole/,
    ],
    [
      'NUL characters at its end',
      'x.csv',
      `${PLAIN}${'\0'.repeat(9000)}`,
      /NUL characters at its end, which are left out/,
    ],
    ['NUL characters in its last line', 'x.csv', `${PLAIN.trimEnd()}\0\0`, /NUL characters at its end/],
    [
      'a comma behind each object',
      'x.ndjson',
      lines(i => `{"time":"${stamp(i)}","p":${p(i)},"q":${q(i)}},`),
      /a comma behind each object/,
    ],
    [
      'record separators',
      'x.json',
      lines(i => `\u001e{"time":"${stamp(i)}","p":${p(i)},"q":${q(i)}}`),
      /record separators/,
    ],
    [
      'record separators, in a text',
      'x.txt',
      lines(i => `\u001e{"time":"${stamp(i)}","p":${p(i)},"q":${q(i)}}`),
      /record separators/,
    ],
    [
      'objects of Python',
      'x.json',
      lines(i => `{'time': '${stamp(i)}', 'p': ${p(i)}, 'q': ${q(i)}, 'note': None}`),
      /objects of Python/,
    ],
    [
      'objects of Python in a text',
      'x.log',
      lines(i => `{'time': '${stamp(i)}', 'p': ${p(i)}, 'q': ${q(i)}}`),
      /objects of Python/,
    ],
    [
      'names and values',
      'x.log',
      lines(i => `time=${stamp(i)} p=${p(i)} q=${q(i)}`),
      /lines of names and their values/,
    ],
    [
      'names and values behind a time',
      'x.txt',
      lines(i => `${stamp(i)} p=${p(i)}, q="${q(i)}"`),
      /lines of names/,
    ],
    ['names with colons', 'x.txt', lines(i => `${stamp(i)} p: ${p(i)}, q: ${q(i)}`), /lines of names/],
  ])('is read: %s', async (_, name, text, note) => {
    const { frame, notes } = await read(text, {}, name)
    expect([frame.channels, [...frame.timeMs], [...frame.values]]).toEqual([['p', 'q'], TIMES, VALUES])
    if (note === undefined) expect(notes).toEqual([])
    else expect(notes.join('\n')).toMatch(note)
  })

  it.each([true, false])('is refused with what rewrites it: UTF-32, little-endian %s', async isLittle => {
    const error = await refusal(utf32(PLAIN, isLittle))
    expect([error.code, error.message]).toEqual([
      'data-not-a-table',
      expect.stringContaining('it is in UTF-32, which `iconv -f UTF-32 -t UTF-8` writes as UTF-8'),
    ])
  })

  it('a NUL character within is refused with its line', async () => {
    const error = await refusal(PLAIN.replace(`${p(3)},`, `${p(3)}\0,`))
    expect(error.message).toContain('line 5 holds the character U+0000')
  })

  it('names and values that the last line has cut off are left out and counted', async () => {
    const { frame, summary } = await read(
      `${lines(i => `time=${stamp(i)} p=${p(i)} q=${q(i)}`)}time=2024-05-13T02:00:00Z p`,
    )
    expect([frame.timeMs.length, summary.skippedRows.count]).toEqual([N, 1])
  })

  it.each<[string, (number: number) => string]>([
    ['0x07D0', number => `0x${number.toString(16).toUpperCase().padStart(4, '0')}`],
    ['16#7D0', number => `16#${number.toString(16)}`],
  ])('hexadecimal numbers are refused, and the query that is named reads them: %s', async (_, hex) => {
    const error = await refusal(table('time,p,q', i => `${stamp(i)},${hex(8 * p(i))},${q(i)}`))
    expect([error.code, error.message]).toEqual([
      'data-marked-number',
      expect.stringContaining('is a number in hexadecimal digits'),
    ])
    const sql = /--sql "(.*)" --sql-roots/.exec(error.remedy)![1]!.replaceAll(/\\(["`$\\])/g, '$1')
    const { frame } = await folder.query(sql)
    expect([...frame.values]).toEqual(VALUES.map((value, k) => (k % 2 === 0 ? 8 * value : value)))
  })
})

describe('a unit that was decoded twice', () => {
  it.each([
    ['in a name', table('time,p [Â°C],q', i => `${stamp(i)},${p(i)},${q(i)}`)],
    ['in a row', table('time,p,q\n,Â°C,bar', i => `${stamp(i)},${p(i)},${q(i)}`)],
    ['in cells', table('time,p,q', i => `${stamp(i)},${p(i)} Â°C,${q(i)}`)],
  ])('is the one that was written: %s', async (_, text) => {
    const { frame, columns } = await read(text)
    expect([...frame.values]).toEqual(VALUES)
    expect(columns[1]!.unit).toBe('°C')
  })
})

const seconds = (i: number) => ms(i) / 1000
const FORMS: readonly (readonly [string, (i: number) => string])[] = [
  ['an apostrophe before it', i => `'${iso(i).slice(0, 19)}`],
  ['an apostrophe before a day', i => `'13.05.2024 ${iso(i).slice(11, 19)}`],
  ['a hyphen of Unicode', i => iso(i).slice(0, 19).replaceAll('-', '\u2010')],
  ['a hyphen that does not break', i => `13\u2011May\u20112024 ${iso(i).slice(11, 19)}`],
  ['a dash', i => `${iso(i).slice(0, 10).replaceAll('-', '\u2013')} ${iso(i).slice(11, 19)}`],
  ['IEC 61131', i => `DT#${iso(i).slice(0, 10)}-${iso(i).slice(11, 19)}`],
  ['IEC 61131 in full', i => `DATE_AND_TIME#${iso(i).slice(0, 10)}-${iso(i).slice(11, 23)}`],
  ['a month before the day', i => `May 13 2024 ${iso(i).slice(11, 19)}`],
  ['seconds with their unit', i => `${seconds(i)} s`],
  ['milliseconds with their unit', i => `${ms(i)}ms`],
  ['seconds with a comma', i => `${seconds(i)},0`],
]

describe('a time of a rare form', () => {
  it.each(FORMS)('is read in every place: %s', async (_, form) => {
    const cell = (i: number) => (form(i).includes(',') ? `"${form(i)}"` : form(i))
    const { frame } = await read(table('time,p,q', i => `${cell(i)},${p(i)},${q(i)}`))
    expect([frame.channels, [...frame.timeMs], [...frame.values]]).toEqual([['p', 'q'], TIMES, VALUES])
    expect(parseTime(form(7))).toBe(ms(7))
    const cells = [['time', 'p', 'q'], ...Array.from({ length: N }, (_, i) => [form(i), p(i), q(i)])]
    const book = await read(workbook({ Data: cells }), {}, 'x.xlsx')
    expect([...book.frame.timeMs]).toEqual(TIMES)
    // A comma parts ranges, and the ends of one in a file of labels.
    if (form(0).includes(',')) return
    const labels = parseLabels(`${form(10)};${form(20)}\n${form(30)};${form(40)}\n`, frame)
    expect([labels[9], labels[10], labels[19], labels[20], labels[35]]).toEqual([0, 1, 1, 0, 1])
    expect(parseExclusions(`${form(10)}..${form(20)}`, frame)).toEqual([{ start: 10, end: 20 }])
    expect(parseMaintenance(`${form(10)}..${form(20)}`)).toEqual({ start: ms(10), end: ms(20) })
  })

  it('keeps parts of a microsecond', () => {
    expect(parseTime('1715558400.123456 s') - T).toBeCloseTo(123.456, 3)
    expect(parseTime('1715558400123456789 ns') - T).toBeCloseTo(123.457, 2)
  })

  it('of days, hours, minutes and seconds since a start is refused, with a query that reads it', async () => {
    const text = table(
      'time,p,q',
      i =>
        `${Math.floor(i / 48)}:${String(Math.floor(i / 2) % 24).padStart(2, '0')}:${i % 2 ? '30' : '00'}:00,${p(i)},${q(i)}`,
    )
    const error = await refusal(text)
    expect(error.message).toContain('"0:00:00:00" is a time since a start')
    const sql = /--sql "(.*)" --sql-roots/.exec(error.message)![1]!.replaceAll(/\\(["`$\\])/g, '$1')
    const { frame } = await folder.query(sql, { timeColumn: 'time', timeUnit: 's' })
    expect([...frame.timeMs]).toEqual(Array.from({ length: N }, (_, i) => i * 1_800_000))
  })
})
