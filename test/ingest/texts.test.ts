import { describe, expect, it } from 'vitest'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const ROWS = 60
const START = Date.UTC(2024, 2, 13, 11, 30)
const at = (i: number) => new Date(START + i * 60_000)
const iso = (i: number) => at(i).toISOString()
const two = (n: number) => String(n).padStart(2, '0')
const a = (i: number) => Math.round(2000 + 300 * Math.sin(i / 3)) / 100
const lines = (head: string, row: (i: number) => string, rows = ROWS) =>
  `${[head, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')}\n`
const list = (value: (i: number) => number) => Array.from({ length: ROWS }, (_, i) => value(i))
const digits = (text: string, zero: number) =>
  text.replace(/\d/g, digit => String.fromCharCode(zero + Number(digit)))
const [ARABIC, PERSIAN, WIDE] = [0x660, 0x6f0, 0xff10]

describe('times of East Asia with their halves of the day', () => {
  const half = (d: Date, [am, pm]: readonly string[]) => (d.getUTCHours() < 12 ? am : pm)
  const hour = (d: Date) => d.getUTCHours() % 12 || 12
  const date = (d: Date) => `${d.getUTCFullYear()}/${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}`
  const [KO, ZH, JA] = [
    ['오전', '오후'],
    ['上午', '下午'],
    ['午前', '午後'],
  ]
  it.each<[string, (d: Date) => string]>([
    ['오전 9:05', d => `${date(d)} ${half(d, KO!)} ${hour(d)}:${two(d.getUTCMinutes())}:00`],
    [
      '2024. 3. 13. 오전 9:05',
      d =>
        `${d.getUTCFullYear()}. ${d.getUTCMonth() + 1}. ${d.getUTCDate()}. ${half(d, KO!)} ${hour(d)}:${two(d.getUTCMinutes())}`,
    ],
    ['上午9时05分', d => `2024年3月13日 ${half(d, ZH!)}${hour(d)}时${two(d.getUTCMinutes())}分`],
    ['9:05 上午', d => `${date(d)} ${hour(d)}:${two(d.getUTCMinutes())} ${half(d, ZH!)}`],
    ['午後0:05', d => `${date(d)} ${half(d, JA!)}${d.getUTCHours() % 12}:${two(d.getUTCMinutes())}:00`],
    ['午後0時05分', d => `2024年3月13日${half(d, JA!)}${d.getUTCHours() % 12}時${two(d.getUTCMinutes())}分`],
  ])('are read: %s', async (_, form) => {
    const { frame } = await read(lines('time,temp', i => `${form(at(i))},${a(i)}`))
    expect([frame.timeMs[0], frame.timeMs[45]]).toEqual([START, START + 45 * 60_000])
  })
})

describe('digits of other scripts', () => {
  it.each([
    ['Arabic', ARABIC, '٫'],
    ['Arabic, a point', ARABIC, '.'],
    ['Persian', PERSIAN, '٫'],
    ['full width', WIDE, '．'],
  ])('are digits: %s', async (_, zero, point) => {
    const cell = (i: number) => digits(String(a(i).toFixed(2)), zero).replace('.', point)
    const { frame } = await read(lines('time,temp', i => `${iso(i)},${cell(i)}`))
    expect([...frame.values]).toEqual(list(a))
  })

  it('are digits in times as well', async () => {
    for (const zero of [ARABIC, WIDE]) {
      const time = (i: number) => digits(iso(i).slice(0, 16).replace('T', ' '), zero)
      const { frame } = await read(lines('time,temp', i => `${time(i)},${a(i)}`))
      expect([frame.timeMs[0], frame.timeMs[59]]).toEqual([START, START + 59 * 60_000])
    }
  })

  it('in JSON are digits too', async () => {
    const rows = Array.from({ length: ROWS }, (_, i) => ({
      time: iso(i),
      temp: digits(a(i).toFixed(2), ARABIC),
    }))
    expect([...(await read(JSON.stringify(rows), {}, 'x.json')).frame.values]).toEqual(list(a))
  })
})

describe('a time that does not say its year', () => {
  it.each<[string, (i: number) => string]>([
    ['Mar 13 09:05:01', i => `Mar 13 ${iso(i).slice(11, 19)}`],
    ['13 Mar 09:05', i => `13 Mar ${iso(i).slice(11, 16)}`],
    ['03-13 09:05:01', i => `03-13 ${iso(i).slice(11, 19)}`],
    ['13.03. 09:05', i => `13.03. ${iso(i).slice(11, 16)}`],
  ])('is refused with the query that gives it one: %s', async (_, time) => {
    const text = lines('time,temp', i => `${time(i)},${a(i)}`)
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'data-ambiguous-date' })
    expect(error.message).toContain('does not say its year')
    const query = /--sql "(.*)" --sql-roots/.exec(error.message)![1]!.replaceAll('\\"', '"')
    const { readTable } = await import('../../src/ingest/index.js')
    const { frame } = await readTable({ query }, { roots: ['/'] })
    expect([...frame.values]).toEqual(list(a))
    expect([frame.timeMs[0], frame.timeMs[59]]).toEqual([START, START + 59 * 60_000])
  })
})

describe('numbers', () => {
  it.each<[string, (x: number) => string]>([
    ['exponents of Fortran', x => x.toExponential(6).replace('e', 'D')],
    ['exponents of Fortran in small letters', x => x.toExponential(6).replace('e', 'd')],
  ])('with %s are read', async (_, cell) => {
    const { frame } = await read(lines('time,p', i => `${iso(i)},${cell(a(i) * 1e6)}`))
    expect([...frame.values].map(value => Math.round(value / 1e4) / 100)).toEqual(list(a))
  })

  it.each(['1,23,456.7', '12,23,456'])('grouped as in India are read: %s', async number => {
    const wanted = Number(number.replaceAll(',', ''))
    const { frame } = await read(lines('time;p;q', i => `${iso(i)};${number};${a(i)}`))
    expect([...frame.values].filter((_, i) => i % 2 === 0)).toEqual(list(() => wanted))
    const rows = Array.from({ length: ROWS }, (_, i) => ({
      time: iso(i),
      p: i % 2 ? number : '1.5',
      q: a(i),
    }))
    expect((await read(JSON.stringify(rows), {}, 'x.json')).frame.values[2]).toBe(wanted)
  })

  it('in brackets are negative where others of the column stand without and none has a minus', async () => {
    const text = lines(
      'time,p',
      i => `${iso(i)},${a(i) < 20 ? `(${(20 - a(i)).toFixed(2)})` : (a(i) - 20).toFixed(2)}`,
    )
    const { frame } = await read(text)
    expect([...frame.values]).toEqual(list(i => Number((a(i) - 20).toFixed(2))))
    expect([...frame.values].some(value => value < 0)).toBe(true)
  })

  it.each<[string, (i: number) => string]>([
    ['all in brackets', i => `(${a(i)})`],
    ['in brackets beside a minus', i => (i % 3 ? `(${a(i)})` : `-${a(i)}`)],
    ['below a limit', i => (a(i) < 20 ? '<20' : `${a(i)}`)],
    ['mostly below a limit', i => (i % 9 ? '< 0.05' : `${a(i)}`)],
    ['above a limit', i => (a(i) > 21 ? '>21' : `${a(i)}`)],
    ['with a mark', i => (i % 7 ? `${a(i)}` : `${a(i)}*`)],
    ['about', i => `~${a(i)}`],
    ['with an error', i => `${a(i)} ± 0.1`],
  ])('%s are refused, and read as the message says', async (_, cell) => {
    const text = lines('time,q,p', i => `${iso(i)},${a(i)},${cell(i)}`)
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'data-marked-number' })
    expect(error.remedy).toContain('--bad-cells missing')
    const missing = await read(text, { badCells: 'missing' })
    expect(missing.frame.channels).toEqual(['q', 'p'])
    const query = /--sql "(.*)" --sql-roots/.exec(error.remedy)![1]!.replaceAll('\\"', '"')
    const { readTable } = await import('../../src/ingest/index.js')
    const { frame } = await readTable({ query }, { roots: ['/'] })
    const first = Number(/[\d.]+/.exec(cell(1))![0])
    expect([...frame.values.slice(2, 4)].map(Math.abs)).toEqual([a(1), first])
  })
})

describe('a column without a reading', () => {
  it('is left out with a note, and is a channel where it is asked for', async () => {
    const text = lines('time,temp,spare', i => `${iso(i)},${a(i)},`)
    const { frame, columns } = await read(text)
    expect(frame.channels).toEqual(['temp'])
    expect(columns[2]).toMatchObject({
      name: 'spare',
      role: 'text',
      reason: 'empty in every row of the sample',
    })
    expect((await read(text, { channels: ['temp', 'spare'], missing: 'keep' })).frame.channels).toEqual([
      'temp',
      'spare',
    ])
  })
})
