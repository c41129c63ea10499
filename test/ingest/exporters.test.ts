import { describe, expect, it } from 'vitest'
import { EPOCH_UNITS } from '../../src/core/time-unit.js'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const ROWS = 60
const START = Date.UTC(2024, 2, 1, 22)
const STEP = 300_000
const at = (i: number) => new Date(START + i * STEP)
const iso = (i: number) => at(i).toISOString()
const two = (n: number) => String(n).padStart(2, '0')
const a = (i: number) => (20 + 3 * Math.sin(i / 3)).toFixed(2)
const b = (i: number) => (5 + 2 * Math.cos(i / 5)).toFixed(2)
const comma = (text: string) => text.replace('.', ',')
const lines = (head: string, row: (i: number) => string) =>
  `${[head, ...Array.from({ length: ROWS }, (_, i) => row(i))].join('\n')}\n`
const both = Array.from({ length: ROWS }, (_, i) => [Number(a(i)), Number(b(i))]).flat()

describe('numbers with their unit', () => {
  it.each([
    ['a blank between', (x: string, unit: string) => `${x} ${unit}`],
    ['nothing between', (x: string, unit: string) => `${x}${unit}`],
  ])('are numbers of that unit, %s', async (_, cell) => {
    const text = lines('time;p;t', i => `${iso(i)};${cell(comma(a(i)), 'bar')};${cell(comma(b(i)), '°C')}`)
    const { frame, columns } = await read(text)
    expect([...frame.values]).toEqual(both)
    expect(columns.map(({ unit }) => unit)).toEqual([undefined, 'bar', '°C'])
  })

  it('of another unit in one cell are refused, and so are digits with one letter, which may be names', async () => {
    const mixed = lines('time,p', i => `${iso(i)},${a(i)} ${i === 7 ? 'psi' : 'bar'}`)
    expect(await refusal(mixed)).toMatchObject({ code: 'data-bad-cell' })
    expect(await refusal(lines('time,slot,p', i => `${iso(i)},${1 + (i % 3)}A,${a(i)}`))).toMatchObject({
      code: 'data-bad-cell',
    })
  })
})

describe('a header of two rows', () => {
  it('names each column by its group and its own name', async () => {
    const values = (i: number) => `${comma(a(i))};${comma(b(i))};${comma(b(i))};${comma(a(i))}`
    for (const head of [
      'Zeit;Pumpe 1;;Pumpe 2;\n;Druck;Strom;Druck;Strom',
      'Zeit;Pumpe 1;Pumpe 1;Pumpe 2;Pumpe 2\n;Druck;Strom;Druck;Strom\n;bar;A;bar;A',
    ]) {
      const { frame } = await read(lines(head, i => `${iso(i)};${values(i)}`))
      expect(frame.channels).toEqual(['Pumpe 1 Druck', 'Pumpe 1 Strom', 'Pumpe 2 Druck', 'Pumpe 2 Strom'])
      expect([...frame.values.slice(0, 4)]).toEqual([20, 7, 7, 20])
    }
  })
})

describe('times', () => {
  const dayAndClock = (clock: (d: Date) => string) =>
    lines('Data;Ora;p', i => {
      const d = new Date(Date.UTC(2024, 2, 1, 22) + i * 90_000_000)
      return `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/2024;${clock(d)};${comma(a(i))}`
    })
  it.each([
    ['22.00.00', (d: Date) => `${two(d.getUTCHours())}.00.00`],
    ['22h00', (d: Date) => `${two(d.getUTCHours())}h00`],
  ])('of day as %s go with their date', async (_, clock) => {
    const { frame } = await read(dayAndClock(clock))
    expect(frame.channels).toEqual(['p'])
    expect([...frame.timeMs.slice(0, 2)]).toEqual([START, START + 90_000_000])
  })

  it('as days of MATLAB are times where their name says so', async () => {
    const { frame } = await read(lines('datenum,p', i => `${(+at(i) / 864e5 + 719_529).toFixed(9)},${a(i)}`))
    expect(frame.channels).toEqual(['p'])
    for (const i of [0, 1, 59]) expect(Math.abs(frame.timeMs[i]! - +at(i))).toBeLessThan(10)
  })

  it.each(['labview', 'ntp'] as const)(
    'in seconds of %s are asked for, and read by each option named',
    async unit => {
      const { zero } = EPOCH_UNITS.find(one => one.unit === unit)!
      const text = lines('time,p', i => `${+at(i) / 1000 + zero},${a(i)}`)
      const error = await refusal(text)
      expect(error).toMatchObject({ code: 'data-ambiguous-date' })
      expect(error.message).toContain(`2024-03-01 (${EPOCH_UNITS.find(one => one.unit === unit)!.name})`)
      const named = [...error.message.matchAll(/--time-unit (\w+)/g)].map(([, name]) => name)
      expect(named).toContain('s')
      expect(named).toContain(unit)
      const { frame } = await read(text, { timeUnit: unit })
      expect([frame.timeMs[0], frame.timeMs[59]]).toEqual([+at(0), +at(59)])
      expect((await read(text, { timeUnit: 's' })).frame.timeMs[0]).toBe(+at(0) + zero * 1000)
    },
  )
})

describe('one row per reading', () => {
  it('with a column of units is no table of devices', async () => {
    const row = (i: number) => `${iso(i)},101,${a(i)},bar\n${iso(i)},102,${b(i)},C`
    const { frame } = await read(lines('ts,sensor_id,value,unit', row))
    expect(frame.channels).toEqual(['101', '102'])
    expect([...frame.values]).toEqual(both)
  })

  it('of Ignition has a column per type of value', async () => {
    const row = (i: number) => `line1/p,,${a(i)},,,192,${+at(i)}\nline1/t,,${b(i)},,,192,${+at(i)}`
    const { frame } = await read(
      lines('tagpath,intvalue,floatvalue,stringvalue,datevalue,dataintegrity,t_stamp', row),
    )
    expect(frame.channels).toEqual(['line1/p', 'line1/t'])
    expect([...frame.values]).toEqual(both)
    expect(frame.timeMs[1]).toBe(+at(1))
  })

  it('of PI says in words why a value is missing', async () => {
    const row = (i: number) => `${iso(i)},p,${i === 3 ? 'Pt Created' : i === 5 ? 'Calc Failed' : a(i)}`
    const { frame, summary } = await read(lines('time,tag,value', row), { missing: 'keep' })
    expect([...frame.values].filter(Number.isNaN)).toHaveLength(2)
    expect(summary.missingCells.count).toBe(2)
  })
})

it('errors of spreadsheets in other languages are missing readings', async () => {
  for (const text of ['#WERT!', '#NV', '#VALEUR!', '#N/D', '#BEZUG!']) {
    const table = lines('time;p', i => `${iso(i)};${i === 9 ? text : comma(a(i))}`)
    const { frame } = await read(table, { missing: 'keep' })
    expect([...frame.values].flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual([9])
  }
})

describe('texts around a table', () => {
  it('are left out: frames of consoles, and blank lines before the header', async () => {
    const rule = '+----------------------+-------+------+'
    const rows = Array.from(
      { length: ROWS },
      (_, i) => `| ${iso(i).slice(0, 19).replace('T', ' ')} | ${a(i)} | ${b(i)} |`,
    )
    const framed = [rule, '| time | p | t |', rule, ...rows, rule].join('\n')
    for (const text of [`${framed}\n`, lines('\n\ntime,p,t', i => `${iso(i)},${a(i)},${b(i)}`)]) {
      const { frame } = await read(text)
      expect(frame.channels).toEqual(['p', 't'])
      expect([...frame.values]).toEqual(both)
    }
  })

  it('in a column of versions are no readings; the thousands of a number are', async () => {
    const { frame, columns } = await read(lines('time,firmware,p', i => `${iso(i)},1.2.3,${a(i)}`))
    expect(frame.channels).toEqual(['p'])
    expect(columns[1]).toMatchObject({ role: 'text', reason: 'versions: 1.2.3' })
    const big = await read(lines('time;p;q', i => `${iso(i)};1.234.${500 + ((i * 37) % 90)};${comma(a(i))}`))
    expect(big.frame.values[0]).toBe(1_234_500)
  })
})

it('directions in words of several languages are angles', async () => {
  for (const name of ['Windrichtung [°]', 'wind_direction', 'azimut']) {
    const { frame } = await read(lines(`time,${name},p`, i => `${iso(i)},${(i * 37) % 360},${a(i)}`))
    expect(frame.channels).toEqual([`${name}.sin`, `${name}.cos`, 'p'])
  }
})

it('milliseconds behind a colon are read', async () => {
  const { frame } = await read(lines('time,p', i => `${iso(i).slice(0, 19)}:125,${a(i)}`))
  expect([frame.timeMs[0], frame.timeMs[59]]).toEqual([+at(0) + 125, +at(59) + 125])
})
