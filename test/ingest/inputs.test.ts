import { describe, expect, it } from 'vitest'
import type { ReadTableOptions } from '../../src/ingest/index.js'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const ROWS = 120
const START = Date.UTC(2024, 2, 13)
const two = (n: number) => String(n).padStart(2, '0')
const a = (i: number) => 20 + (i % 7) / 4
const b = (i: number) => 5 - (i % 5) / 8
const comma = (value: number) => String(value).replace('.', ',')
const partsOf = (ms: number) => {
  const at = new Date(ms)
  const hour = at.getUTCHours()
  const [H, M] = [two(hour), two(at.getUTCMinutes())]
  return { H, M, I: two(hour % 12 || 12), p: hour < 12 ? 'a' : 'p', n: Number(`${H}${M}00`) }
}
const minute = (i: number) => START + i * 60_000
type Cells = (parts: ReturnType<typeof partsOf>, i: number) => string
const table = (head: string, cells: Cells) =>
  `${head};temp;flow\n${Array.from({ length: ROWS }, (_, i) => `${cells(partsOf(minute(i)), i)};${comma(a(i))};${comma(b(i))}\n`).join('')}`

async function isRight(text: string, options?: ReadTableOptions, stepMs: (i: number) => number = minute) {
  const { frame } = await read(text, options)
  expect(frame.channels).toEqual(['temp', 'flow'])
  for (const i of [0, 1, 61, 119]) expect([i, frame.timeMs[i]]).toEqual([i, stepMs(i)])
  expect(Array.from(frame.values.slice(0, 4))).toEqual([a(0), b(0), a(1), b(1)])
}

describe('times', () => {
  it.each<[string, Cells, string?]>([
    ['de marzo de', ({ H, M }) => `13 de marzo de 2024 ${H}:${M}`],
    ['de março de', ({ H, M }) => `13 de março de 2024 ${H}:${M}`],
    ['maart', ({ H, M }) => `13 maart 2024 ${H}:${M}`],
    ['marca', ({ H, M }) => `13 marca 2024 ${H}:${M}`],
    ['à', ({ H, M }) => `13 mars 2024 à ${H}:${M}`],
    ['um ... Uhr', ({ H, M }) => `13.03.2024 um ${H}:${M} Uhr`],
    ['@, as Kibana writes it', ({ H, M }) => `Mar 13, 2024 @ ${H}:${M}:00.000`],
    ['a. m.', ({ I, M, p }) => `13/03/2024 ${I}:${M}:00 ${p}. m.`],
    ['13. 3. 2024', ({ H, M }) => `13. 3. 2024 ${H}:${M}`],
    ['2024/03/13-', ({ H, M }) => `2024/03/13-${H}:${M}:00`],
    ['an interval', ({ H, M }) => `13.03.2024 ${H}:${M} - 23:59`],
    ['the digits of date and clock', ({ n }) => `20240313;${n}`, 'DATE;TIME'],
    [
      'year, day of the year, hours and minutes',
      ({ H, M }) => `2024;73;${Number(`${H}${M}`)}`,
      'Year;DOY;HHMM',
    ],
    ['year, day of the year, hour, minute', ({ H, M }) => `2024;73;${+H};${+M}`, 'year;doy;hour;minute'],
    ['French names', ({ H, M }) => `2024;3;13;${+H};${+M}`, 'Année;Mois;Jour;Heure;Minute'],
    ['Spanish names', ({ H, M }) => `2024;3;13;${+H};${+M}`, 'Año;Mes;Día;Hora;Minuto'],
    ['date, clock and milliseconds', ({ H, M }) => `2024-03-13;${H}:${M}:00;0`, 'Date;Time;ms'],
  ])('with %s are read', async (_, cells, head = 'Zeit') => {
    await isRight(table(head, cells))
    const names = head.replaceAll(';', ',')
    await isRight(table(head, cells), { timeColumn: names })
  })

  it('with a column of their milliseconds hold them', async () => {
    const text = table('DateAndTime;Millitm', ({ H, M }, i) => `2024-03-13 ${H}:${M}:00;${(i * 37) % 1000}`)
    await isRight(text, {}, i => minute(i) + ((i * 37) % 1000))
  })

  it.each<[string, string, Cells, ReadTableOptions]>([
    ['yymmddHHMM', 'time', ({ H, M }) => `240313${H}${M}`, { timeFormat: '%y%m%d%H%M' }],
    ['yymmddHHMMSS', 'time', ({ H, M }) => `240313${H}${M}00`, { timeFormat: '%y%m%d%H%M%S' }],
    ['yymmddHHMM of 2019', 'time', ({ H, M }) => `190313${H}${M}`, { timeFormat: '%y%m%d%H%M' }],
    ['seconds since 2001', 'ZDATE', (_, i) => String(minute(i) / 1000 - 978_307_200), { timeUnit: 'apple' }],
    ['seconds of GPS', 'gps_time', (_, i) => String(minute(i) / 1000 - 315_964_782), { timeUnit: 'gps' }],
  ])('as %s are asked for, and read by the option named', async (name, head, cells, options) => {
    const error = await refusal(table(head, cells))
    expect(error.code).toBe('data-ambiguous-date')
    const wanted = options.timeFormat ?? options.timeUnit
    expect(error.message).toContain(String(wanted))
    const year = name.endsWith('2019') ? Date.UTC(2019, 2, 13) - START : 0
    await isRight(table(head, cells), options, i => minute(i) + year)
  })

  it.each([1_546_300_800, 1_709_251_200, 1_893_456_000])(
    'as seconds since 1970 are no question: %d',
    async from => {
      const text = table('time', (_, i) => String(from + 60 * i))
      await isRight(text, {}, i => (from + 60 * i) * 1000)
    },
  )
})

describe('what stands around', () => {
  it('a header is found where empty cells end the lines below it', async () => {
    const text = `"Plot Title: pump"\n"#","Date Time, GMT+00:00","temp, °C","flow, l/min","Stopped"\n${Array.from({ length: ROWS }, (_, i) => `${i + 1},2024-03-13 ${partsOf(minute(i)).H}:${partsOf(minute(i)).M},${a(i)},${b(i)},${i === 119 ? 'Logged' : ''}\n`).join('')}`
    const { frame } = await read(text)
    expect(frame.channels).toEqual(['temp, °C', 'flow, l/min'])
    expect([frame.timeMs[0], frame.values[0]]).toEqual([START, a(0)])
  })

  it('a time that blanks cut in two is one, and the number of rows below is none of them', async () => {
    const text = `time                temp  flow\n------------------- ----- -----\n${Array.from({ length: ROWS }, (_, i) => `2024-03-13 ${partsOf(minute(i)).H}:${partsOf(minute(i)).M}:00 ${a(i)} ${b(i)}\n`).join('')}\n(120 rows affected)\n`
    await isRight(text)
  })

  it('the ends of exports are no rows', async () => {
    for (const end of ['//END;;\n', 'Ende;;\n']) {
      const { frame } = await read(`${table('Zeit', ({ H, M }) => `2024-03-13 ${H}:${M}`)}${end}`)
      expect(frame.timeMs).toHaveLength(ROWS)
    }
  })

  it('a minus behind a number is its sign', async () => {
    const text = `time;p\n${Array.from({ length: ROWS }, (_, i) => `2024-03-13 ${partsOf(minute(i)).H}:${partsOf(minute(i)).M};${comma(a(i))}${i % 2 ? '-' : ''}\n`).join('')}`
    const { frame } = await read(text)
    expect(Array.from(frame.values.slice(0, 2))).toEqual([a(0), -a(1)])
  })

  it.each(
    'vrai/faux sí/no vero/falso oui/non WAHR/FALSCH encendido/apagado tak/nie aan/uit på/av marche/arrêt enabled/disabled'
      .split(' ')
      .map(pair => pair.split('/')),
  )('%s and %s are one channel', async (yes, no) => {
    const text = `time,t,pump\n${Array.from({ length: 60 }, (_, i) => `2024-03-13 00:${two(i)},${a(i)},${i % 3 ? yes : no}\n`).join('')}`
    const { frame } = await read(text)
    expect(frame.channels).toEqual(['t', 'pump'])
    expect(Array.from(frame.values.filter((_, i) => i % 2 === 1)).slice(0, 3)).toEqual([0, 1, 1])
  })

  it('lines of VictoriaMetrics are series', async () => {
    const text = ['temp', 'flow']
      .map((name, k) =>
        JSON.stringify({
          metric: { __name__: name },
          values: [1 + k, 2 + k],
          timestamps: [START, minute(1)],
        }),
      )
      .join('\n')
    const { frame } = await read(text, {}, 'x.jsonl')
    expect(frame.channels).toEqual(['temp', 'flow'])
    expect(Array.from(frame.values)).toEqual([1, 2, 2, 3])
  })

  it('rows of Zabbix are readings', async () => {
    const text = `"itemid","name","clock","value","ns"\n${Array.from({ length: 60 }, (_, i) => ['temp', 'flow'].map((name, k) => `"23${k}","${name}","${minute(i) / 1000}","${[a, b][k]!(i)}","${(i * 7919) % 1000}"\n`).join('')).join('')}`
    const { frame } = await read(text)
    expect(frame.channels).toEqual(['flow', 'temp'])
    expect(frame.timeMs[1]).toBe(minute(1))
  })
})
