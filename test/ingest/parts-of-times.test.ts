import { describe, expect, it } from 'vitest'
import { readTable } from '../../src/ingest/index.js'
import { caseFolder } from '../cases/world.js'

const folder = caseFolder()
const { read, refusal } = folder
const T = Date.UTC(2024, 4, 13)
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000]
const reading = (i: number) => (20 + 3 * Math.sin(i / 9)).toFixed(2)
/** A table whose row i is at T + i steps; `cells` gets its date and the ms since midnight. */
const table = (head: string, step: number, cells: (date: Date, ms: number) => (number | string)[]) => {
  const row = (i: number) => {
    const ms = i * step
    const own = cells(new Date(T + ms), ms % DAY)
    const hasComma = own.some(cell => String(cell).includes(','))
    return [...own, hasComma ? `"${reading(i).replace('.', ',')}"` : reading(i)].join()
  }
  return `${[`${head},temp`, ...Array.from({ length: 300 }, (_, i) => row(i))].join('\n')}\n`
}
const day = (date: Date) => date.toISOString().slice(0, 10)
const dayOfYear = (date: Date) => Math.floor((date.getTime() - Date.UTC(2024, 0, 0)) / DAY)

describe('a part of a time', () => {
  it.each<[string, number, (date: Date, ms: number) => (number | string)[]]>([
    ['DATE,HOUR', 15 * MINUTE, (date, ms) => [day(date), ms / HOUR]],
    ['date,hour', 30 * MINUTE, (date, ms) => [day(date), (ms / HOUR).toFixed(1)]],
    ['date,hour', MINUTE, (date, ms) => [day(date), (ms / HOUR).toFixed(4)]],
    ['Datum,Stunde', 30 * MINUTE, (date, ms) => [day(date), `"${(ms / HOUR).toFixed(1).replace('.', ',')}"`]],
    ['date,hour,minute', 30 * SECOND, (date, ms) => [day(date), date.getUTCHours(), (ms % HOUR) / MINUTE]],
    [
      'date,hour,minute,second',
      250,
      (date, ms) => [day(date), date.getUTCHours(), date.getUTCMinutes(), (ms % MINUTE) / SECOND],
    ],
    ['year,month,day,hour', 30 * MINUTE, (date, ms) => [2024, 5, date.getUTCDate(), ms / HOUR]],
    [
      'year,month,day,hour,minute,second',
      250,
      (date, ms) => [2024, 5, 13, date.getUTCHours(), date.getUTCMinutes(), (ms % MINUTE) / SECOND],
    ],
    ['year,month,day', HOUR, (date, ms) => [2024, 5, (date.getUTCDate() + ms / DAY).toFixed(6)]],
    ['year,doy', 6 * HOUR, (date, ms) => [2024, dayOfYear(date) + ms / DAY]],
    ['year,doy,hour', HOUR, date => [2024, dayOfYear(date), date.getUTCHours()]],
    ['year,doy,hour', 30 * MINUTE, (date, ms) => [2024, dayOfYear(date), ms / HOUR]],
    ['year,doy,hhmm', HOUR, date => [2024, dayOfYear(date), 100 * date.getUTCHours()]],
    ['date,sec', 5 * MINUTE, (date, ms) => [day(date), ms / SECOND]],
    ['date,seconds_of_day', 0.5 * SECOND, (date, ms) => [day(date), ms / SECOND]],
    ['Date,Seconds since midnight', 7 * SECOND, (date, ms) => [day(date), ms / SECOND]],
    ['date,minute_of_day', 5 * MINUTE, (date, ms) => [day(date), ms / MINUTE]],
    ['date,Time [h]', 15 * MINUTE, (date, ms) => [day(date), ms / HOUR]],
  ])('belongs to it: %s every %i ms', async (names, step, cells) => {
    const text = table(names, step, cells)
    const { frame, timeColumn } = await read(text)
    expect([frame.channels, timeColumn]).toEqual([['temp'], names])
    expect([...frame.timeMs]).toEqual(Array.from({ length: 300 }, (_, i) => T + i * step))
    const asked = await read(text, { timeColumn: names })
    expect(asked.frame.timeMs).toEqual(frame.timeMs)
  })

  it.each<[string, (i: number) => number]>([
    ['hours', i => 8 + (i % 7) / 4],
    ['min', i => 12.5 + (i % 9) / 4],
    ['s', i => (i * 37) % 50],
  ])('is not seen in readings of one a day: %s', async (name, value) => {
    const text = table(`date,${name}`, DAY, (date, ms) => [day(date), value((date.getTime() - T + ms) / DAY)])
    expect((await read(text)).frame.channels).toEqual([name, 'temp'])
  })

  it.each(['hour', 'Stunde', 'hour_of_day'])('without a date is no channel: %s', async name => {
    const { frame, columns } = await read(table(name, 15 * MINUTE, (_, ms) => [ms / HOUR]))
    expect([frame.channels, columns[0]!.role]).toEqual([['temp'], 'calendar'])
  })
})

describe('a time of day without its date', () => {
  it.each<[string, number, 'h' | 'min' | 's', (ms: number) => string]>([
    ['hours', 15 * MINUTE, 'h', ms => (ms / HOUR).toFixed(2)],
    ['minutes', 15 * MINUTE, 'min', ms => String(ms / MINUTE)],
    ['seconds', 15 * MINUTE, 's', ms => String(ms / SECOND)],
  ])(
    'that begins again is refused as %s of a day, with a query that reads it',
    async (unit, step, short, cell) => {
      const error = await refusal(table('time', step, (_, ms) => [cell(ms)]))
      expect([error.code, error.message]).toEqual([
        'data-bad-time',
        expect.stringContaining(`${unit} of a day without a date`),
      ])
      const [, query, timeUnit] = /--sql "(.*)" --sql-roots \S+ --time-column 'time' --time-unit (\w+)/.exec(
        error.message,
      )!
      expect(timeUnit).toBe(short)
      const sql = query!.replaceAll(/\\(["`$\\])/g, '$1')
      const { frame } = await readTable(
        { query: sql },
        { timeColumn: 'time', timeUnit: short, roots: [folder.cwd] },
      )
      expect([...frame.timeMs]).toEqual(Array.from({ length: 300 }, (_, i) => i * step))
    },
  )

  it('that does not is taken as seconds since a start, with the option for another unit', async () => {
    const { notes } = await read(
      table('time', 15 * MINUTE, (_, ms) => [ms / HOUR])
        .split('\n')
        .slice(0, 90)
        .join('\n'),
    )
    expect(notes.join()).toContain('--time-unit h, min or ms says otherwise')
  })
})

describe('a year of another calendar', () => {
  it.each([
    ['2567', 'the Buddhist calendar'],
    ['1403', 'the Iranian or the Islamic calendar'],
    ['9999', 'which is yet to come'],
  ])('is asked for: %s', async (year, wanted) => {
    for (const form of [
      (date: Date) => date.toISOString().slice(0, 19).replace('2024', year),
      (date: Date) => `13/05/${year} ${date.toISOString().slice(11, 16)}`,
    ]) {
      const text = table('time', MINUTE, date => [form(date)])
      const error = await refusal(text)
      expect([error.code, error.message]).toEqual(['data-ambiguous-date', expect.stringContaining(wanted)])
      const timeFormat = /--time-format '([^']+)' reads it as it is/.exec(error.message)![1]!
      const { frame } = await read(text, { timeFormat })
      expect(new Date(frame.timeMs[0]!).getUTCFullYear()).toBe(Number(year))
      const query = /--sql "(.*)" --sql-roots/.exec(error.message)?.[1]
      expect(query === undefined).toBe(year !== '2567')
      if (query === undefined) continue
      const sql = query.replaceAll(/\\(["`$\\])/g, '$1')
      expect((await readTable({ query: sql }, { roots: [folder.cwd] })).frame.timeMs[0]).toBe(T)
    }
  })
})
