import { describe, expect, it } from 'vitest'
import { readTable } from '../../src/ingest/index.js'
import { caseFolder, MINUTE, stamp } from '../cases/world.js'

const { cwd, file, read, refusal, tt, done } = caseFolder()
const START = Date.UTC(2024, 2, 13)
const ROWS = 5000
const pressure = (i: number) => Math.round(12_000 + 3000 * Math.sin(i / 10)) / 10
const grouped = (value: number, group: string, decimal: string) => {
  const [whole, rest] = value.toFixed(1).split('.')
  return `${whole!.replace(/\B(?=(\d{3})+$)/g, group)}${decimal}${rest}`
}
const german = (ms: number) => stamp(ms).replace(/(\d+)-(\d+)-(\d+)T(.*)Z/, '$3.$2.$1 $4')

interface Form {
  readonly cell: (value: number) => string
  readonly delimiter?: string
  readonly time?: (ms: number) => string
}
const FORMS: Record<string, Form> = {
  'German thousands': { cell: value => grouped(value, '.', ','), delimiter: ';', time: german },
  'German thousands and ISO times': { cell: value => grouped(value, '.', ','), delimiter: ';' },
  'German thousands and epochs': {
    cell: value => grouped(value, '.', ','),
    delimiter: ';',
    time: ms => String(ms / 1000),
  },
  'English thousands': { cell: value => grouped(value, ',', '.'), delimiter: ';' },
  'thousands in quotes': { cell: value => `"${grouped(value, ',', '.')}"` },
  'Swiss thousands': { cell: value => grouped(value, "'", '.') },
  'French thousands': { cell: value => grouped(value, '\u202f', ','), delimiter: ';' },
  'a unit behind': { cell: value => `${value.toFixed(1)} hPa` },
  'exponents of Fortran': { cell: value => `${(value / 1000).toFixed(4)}D+03` },
  'thousands far down': {
    cell: value => (value > 1490 ? grouped(value, ',', '.') : value.toFixed(1)),
    delimiter: ';',
  },
}

const table = ({ cell, delimiter = ',', time = stamp }: Form) =>
  `time${delimiter}mode${delimiter}p\n${Array.from({ length: ROWS }, (_, i) =>
    [time(START + i * MINUTE), i % 2 ? 'on' : 'off', cell(pressure(i))].join(delimiter),
  ).join('\n')}\n`
const kept = Array.from({ length: ROWS }, (_, i) => i).filter(i => i % 2 === 1 && pressure(i) > 1300)
const options = { channels: ['p'], where: "mode = 'on' and p > 1300" } as const

describe('a condition with a name that is no column', () => {
  const text =
    'time,Temp [°C],flow rate,data.p,mode\n2024-03-13T00:00Z,1,2,3,on\n2024-03-13T00:01Z,2,3,4,on\n'
  const columns = 'the columns are time, Temp [°C], flow rate, data.p, mode'
  it.each([
    ['mod > 3', `there is no column mod; the nearest is mode, and ${columns}`],
    ['temp > 3', `there is no column temp; the nearest is "Temp [°C]", and ${columns}`],
    ['pressure > 3', `there is no column pressure; ${columns}`],
    ['mode = "on"', `there is no column on, and a text stands in single quotes: 'on'; ${columns}`],
    ['data.p > 3', 'stand in double quotes: "data.p"'],
    ['flow rate > 3', 'stand in double quotes: "flow rate"'],
    ["mode = 'flow rate' and", 'Parser Error'],
    ['nothing(mode)', 'nothing does not exist'],
  ])('%s says what to write', async (where, message) => {
    expect(await refusal(text, { where })).toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining(message),
    })
  })
})

describe('a condition on numbers that only the slow reader reads', () => {
  it.each(Object.entries(FORMS))('sees what is read: %s', async (_, form) => {
    const { frame, summary } = await read(table(form), options)
    expect([...frame.timeMs]).toEqual(kept.map(i => START + i * MINUTE))
    expect([...frame.values].map(value => Number(value.toFixed(1)))).toEqual(kept.map(pressure))
    expect(summary.rows).toBe(kept.length)
  })

  it('sees the time and keeps the range of rows', async () => {
    const text = table(FORMS['German thousands and ISO times']!)
    const late = await read(text, { channels: ['p'], where: "time >= timestamp '2024-03-13 01:00'" })
    expect([late.frame.timeMs.length, late.frame.timeMs[0]]).toEqual([ROWS - 60, START + 60 * MINUTE])
    const { frame } = await read(text, { ...options, rows: { start: 100, end: 200 } })
    expect(frame.timeMs.length).toBe(kept.filter(i => i >= 100 && i < 200).length)
  })

  it('sees NULL where a cell is missing or none, and the first bad one is named', async () => {
    const text = table({
      cell: value => (value > 1499 ? 'n/a?' : value < 901 ? '' : grouped(value, ',', '.')),
      delimiter: ';',
    })
    const missing = { channels: ['p'], missing: 'keep', badCells: 'missing' } as const
    const { frame } = await read(text, { ...missing, where: 'p is null' })
    const none = Array.from({ length: ROWS }, (_, i) => pressure(i)).filter(p => p > 1499 || p < 901)
    expect([frame.values.length, [...frame.values].every(Number.isNaN)]).toEqual([none.length, true])
    expect((await read(text, { ...missing, where: 'p > 1000' })).frame.values.every(p => p > 1000)).toBe(true)
    const first = Array.from({ length: ROWS }, (_, i) => i).find(i => pressure(i) > 1499)!
    expect(await refusal(text, { channels: ['p'], missing: 'keep', where: 'p > 1000' })).toMatchObject({
      code: 'data-bad-cell',
      where: { line: first + 2, column: 'p' },
    })
  })

  it('leaves out rows that cannot be read, where that is allowed', async () => {
    const lines = table(FORMS['English thousands']!).split('\n')
    const text = [...lines.slice(0, 50), 'broken', ...lines.slice(50)].join('\n')
    expect((await refusal(text, options)).code).toBe('data-ragged-row')
    const { frame, summary } = await read(text, { ...options, badRows: 'skip' })
    expect([frame.timeMs.length, summary.rejectedRows.count]).toEqual([kept.length, 1])
  })

  it('is refused when it fails on a row', async () => {
    const error = await refusal(table(FORMS['English thousands']!), {
      channels: ['p'],
      where: 'mode::int > 0',
    })
    expect([error.code, error.message]).toEqual([
      'option-invalid',
      expect.stringContaining("Could not convert string 'off'"),
    ])
  })
})

describe('a choice that leaves no row', () => {
  const rows = Array.from({ length: 100 }, (_, i) => i)
  const level = (i: number) => 100 + ((i * 37) % 100)
  const wide = `time,mode,p,machine\n${rows.map(i => `${stamp(START + i * MINUTE)},${i % 2 ? 'on' : 'off'},${level(i)},m${i % 3}\n`).join('')}`
  const long = `time,tag,value\n${rows.map(i => `${stamp(START + i * MINUTE)},p,${level(i)}\n${stamp(START + i * MINUTE)},q,${i}\n`).join('')}`
  const german = `time;mode;p\n${rows.map(i => `${stamp(START + i * MINUTE)};on;${grouped(10 * level(i), '.', ',')}\n`).join('')}`
  const json = JSON.stringify(rows.map(i => ({ time: stamp(START + i * MINUTE), p: String(level(i)) })))
  const machine = { deviceColumn: 'machine' }
  it.each<[string, string, object, string, string?]>([
    ['a number', wide, { ...machine, where: 'p > 5000' }, 'no row is left with p > 5000; p is 100 to 199'],
    [
      'a text',
      wide,
      { ...machine, where: "mode = 'ON' and p > 0" },
      'p > 0; mode is off or on, p is 100 to 199',
    ],
    ['a name in quotes', wide, { ...machine, where: '"p" < 0' }, 'p is 100 to 199'],
    [
      'a time',
      wide,
      { ...machine, where: "time > timestamp '2025-01-01'" },
      'time is 2024-03-13T00:00:00Z to 2024-03-13T01:39:00Z',
    ],
    ['grouped thousands', german, { where: 'p > 5000' }, 'p is 1000 to 1990'],
    ['a reading per row', long, { where: "tag = 'r'" }, 'tag is p or q'],
    ['JSON', json, { where: 'p > 5000' }, 'p is 100 to 199', 'x.json'],
    ['a device', wide, { ...machine, device: 'm7' }, 'no row is of the device m7; machine has m0, m1, m2'],
    [
      'a device without a column',
      wide.replace('machine', 'serie'),
      { device: 'm7', roles: { serie: 'ignore' } },
      '--group-by COLUMN says which does',
    ],
    [
      'times',
      wide,
      { ...machine, device: 'm0', between: { fromMs: START + 1e10 } },
      'they are from 2024-03-13T00:00:00.000Z to 2024-03-13T01:39:00.000Z',
    ],
  ])('says what is there: %s', async (_, text, how, message, name) => {
    const error = await refusal(text, how, name)
    expect([error.code, error.message]).toEqual(['data-none-left', expect.stringContaining(message)])
  })
})

describe('readings of a bad quality', () => {
  const rows = Array.from({ length: 100 }, (_, i) => i)
  const bad = (i: number) => i % 20 > 16
  const p = (i: number) => (bad(i) ? -9999 : (pressure(i) / 100).toFixed(2))
  const tables: [string, string, string][] = [
    [
      'quality',
      'beside a channel',
      `time,p,quality\n${rows.map(i => `${stamp(START + i * MINUTE)},${p(i)},${bad(i) ? 'Bad' : 'Good'}\n`).join('')}`,
    ],
    [
      'p quality',
      'of one channel',
      `time,p,p quality\n${rows.map(i => `${stamp(START + i * MINUTE)},${p(i)},${bad(i) ? 'invalid' : 'ok'}\n`).join('')}`,
    ],
    [
      'quality',
      'with a reading per row',
      `time,tag,value,quality\n${rows.map(i => `${stamp(START + i * MINUTE)},p,${p(i)},${bad(i) ? 'Bad' : 'Good'}\n`).join('')}`,
    ],
  ]
  it.each(tables)(
    'are read, and the condition that leaves them out is named: %s, %s',
    async (_, __, text) => {
      const { frame, notes } = await read(text)
      expect([...frame.values].filter(value => value === -9999).length).toBe(15)
      expect(notes.join('\n')).toMatch(
        /15 of 100 rows of the sample are not (?:Good|ok), and are read all the same/,
      )
      const where = /--where "(.*?[^\\])" leaves/.exec(notes.join('\n'))![1]!.replaceAll('\\"', '"')
      const { frame: good } = await read(text, { where })
      expect([good.timeMs.length, Math.min(...good.values) > 0]).toEqual([85, true])
    },
  )

  it('and the number that stands for them are named by the check, and the remedy removes them', async () => {
    file('q.csv', tables[0]![2])
    const strict = await tt(['validate', 'q.csv', '--validation-level', 'strict'])
    expect([strict.code === 0, strict.stdout]).toEqual([
      false,
      expect.stringContaining(
        'error [sentinel] p, sample 17, 2024-03-13T00:17:00Z: readings of -9999, which usually stands for a missing one: 15',
      ),
    ])
    const [, ranges] = /--ranges (\S+) --fix/.exec(strict.stdout)!
    // The samples are too few for training.
    await done(
      ['validate', 'q.csv', '--ranges', ranges!, '--fix', '--missing', 'linear', '--output', 'fixed.csv'],
      [3],
    )
    const { frame } = await readTable(`${cwd}/fixed.csv`, { missing: 'keep' })
    expect(
      [...frame.values].filter(Number.isNaN).length + [...frame.values].filter(value => value > 0).length,
    ).toBe(100)
  })
})
