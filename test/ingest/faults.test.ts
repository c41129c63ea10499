import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openEngine, sqlText } from '../../src/engine/index.js'
import { type ReadTableOptions, readTable } from '../../src/ingest/index.js'
import { workbook } from './zip.js'

// Inputs of public bug reports, invented anew, with the right values.
const folder = mkdtempSync(join(tmpdir(), 'telltale-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0
function read(text: string | Buffer, options?: ReadTableOptions, name = 'x.csv') {
  const path = join(folder, `${count++}-${name}`)
  writeFileSync(path, text)
  return readTable(path, options)
}
const iso = (times: Float64Array) => [...times].map(time => new Date(time).toISOString().slice(0, 16))
const refusal = (result: Promise<unknown>) =>
  result.then(
    () => expect.fail('it was read'),
    error => error,
  )

describe('clocks that were put back', () => {
  const zone = { timeZone: 'Europe/Berlin' }
  const walls = ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00']
  const wanted = [
    '2024-10-26T23:30',
    '2024-10-27T00:00',
    '2024-10-27T00:30',
    '2024-10-27T01:00',
    '2024-10-27T01:30',
    '2024-10-27T02:00',
  ]
  const values = [1, 2, 3, 4, 5, 6]

  it.each([false, true])('keep every reading of a long table, backwards: %s', async isBackwards => {
    const rows = walls.map((wall, i) => `2024-10-27 ${wall}:00,t,${i + 1}\n`)
    const text = `time,sensor,value\n${(isBackwards ? rows.reverse() : rows).join('')}`
    const { frame } = await read(text, zone)
    expect([iso(frame.timeMs), [...frame.values]]).toEqual([wanted, values])
  })

  it('keep every reading of a wide table that runs backwards', async () => {
    const rows = walls.map((wall, i) => `2024-10-27 ${wall}:00,${i + 1}\n`).reverse()
    const { frame } = await read(`time,a\n${rows.join('')}`, { ...zone, lateRows: 'sort' })
    expect([iso(frame.timeMs), [...frame.values]]).toEqual([wanted, values])
  })

  it('keep every reading of a long Parquet file', async () => {
    const path = join(folder, 'dst.parquet')
    const engine = await openEngine({ files: [path] })
    const rows = walls.map((wall, i) => `(timestamp '2024-10-27 ${wall}:00', 't', ${i + 1})`).join()
    await engine.run(`copy (select * from (values ${rows}) as x(time, sensor, value)) to ${sqlText(path)}`)
    engine.close()
    const { frame } = await readTable(path, zone)
    expect([iso(frame.timeMs), [...frame.values]]).toEqual([wanted, values])
  })

  it('do not concern a logger that stays on winter time', async () => {
    const text = `time,a\n${walls.map((_, i) => `2024-10-27 0${1 + Math.floor(i / 2)}:${i % 2 ? '30' : '00'}:00,${i}\n`).join('')}`
    const { frame, summary } = await read(text, { timeZone: '+01:00' })
    expect(iso(frame.timeMs)[0]).toBe('2024-10-27T00:00')
    expect(summary.repeatedTimes.count).toBe(0)
  })
})

describe('long tables', () => {
  it('take text for missing readings when asked, with its place and count', async () => {
    const text =
      'entity_id,state,last_changed\nsensor.t,20.1,2024-03-01T00:00:00.000Z\nsensor.t,gone,2024-03-01T00:05:00.000Z\nsensor.t,20.3,2024-03-01T00:10:00.000Z\n'
    const { frame, summary } = await read(text, { badCells: 'missing' })
    expect([...frame.values]).toEqual([20.1, Number.NaN, 20.3])
    expect(summary.badCells).toMatchObject({ count: 1, places: [{ row: 1, column: 'state', got: '"gone"' }] })
  })

  it('sorted by sensor are in the order of time, whatever reads their times', async () => {
    const text =
      'time,tag,value\n2024-03-01 00:00,a,1\n2024-03-01 00:10,a,2\n2024-03-01 00:05,b,3\n2024-03-01 00:15,b,4\n'
    const { frame } = await read(text, { timeZone: 'Europe/Berlin', missing: 'keep' })
    expect(iso(frame.timeMs).map(time => time.slice(11))).toEqual(['23:00', '23:05', '23:10', '23:15'])
  })

  it('with ids of numbers and a quality are recognised', async () => {
    const rows = [0, 5].flatMap(minute =>
      [1, 2].map(id => `2024-01-01T00:0${minute}:00Z,${id},${id * 10 + minute},192\n`),
    )
    const { frame, columns } = await read(`timestamp,sensor_id,value,quality\n${rows.join('')}`)
    expect([frame.channels, [...frame.values]]).toEqual([
      ['1', '2'],
      [10, 20, 15, 25],
    ])
    expect(columns.map(({ role }) => role)).toEqual(['time', 'ignore', 'channel', 'ignore'])
  })

  it('hold the last reading of each tag for the tolerance', async () => {
    const times = ['10:00', '10:01', '10:02', '10:04']
    const text = `time,tag,value\n2024-01-01T10:00:00Z,b,5\n${times.map((time, i) => `2024-01-01T${time}:00Z,a,${i + 1}\n`).join('')}`
    const resample = { cadenceMs: 60_000, toleranceMs: 3_600_000 }
    const { frame } = await read(text, { resample, missing: 'keep' })
    expect([...frame.values]).toEqual([1, 5, 2, 5, 3, 5, 3, 5, 4, 5])
    const short = await read(text, { resample: { ...resample, toleranceMs: 90_000 }, missing: 'keep' })
    const N = Number.NaN
    expect([...short.frame.values]).toEqual([1, 5, 2, 5, 3, N, 3, N, 4, N])
  })

  it('leave out names without any number, and say so', async () => {
    const text =
      'entity_id,state,last_changed\nsensor.t,20.1,2024-03-01T00:00:00Z\nsensor.t,20.2,2024-03-01T00:05:00Z\nsensor.s,unknown,2024-03-01T00:00:00Z\n'
    const { frame, notes } = await read(text)
    expect(frame.channels).toEqual(['sensor.t'])
    expect(notes.join()).toContain(
      '1 of the names in entity_id have no number and are left out, such as sensor.s',
    )
  })
})

describe('times in columns that are no text', () => {
  it('of Parquet are read by the same grammar', async () => {
    const path = join(folder, 'text.parquet')
    const engine = await openEngine({ files: [path] })
    await engine.run(
      `copy (select '2024-03-01T00:0' || range || 'Z' as time, range * 1.5 as a from range(5)) to ${sqlText(path)}`,
    )
    engine.close()
    expect(iso((await readTable(path)).frame.timeMs)[4]).toBe('2024-03-01T00:04')
  })

  it('are compact stamps and epochs under any name', async () => {
    const compact = await read(
      JSON.stringify([20240301000000, 20240301000500].map(ts => ({ ts, a: 1 }))),
      {},
      'x.json',
    )
    expect(iso(compact.frame.timeMs)).toEqual(['2024-03-01T00:00', '2024-03-01T00:05'])
    const rows = Array.from({ length: 30 }, (_, i) => `${1709251200 + 60 * i},${Math.sin(i)}\n`)
    const { frame, timeColumn } = await read(`k,a\n${rows.join('')}`)
    expect([timeColumn, frame.channels, iso(frame.timeMs)[1]]).toEqual(['k', ['a'], '2024-03-01T00:01'])
  })
})

describe('folders', () => {
  it('with strangers are read without them, and they are counted', async () => {
    const data = join(folder, 'logs')
    mkdirSync(data)
    for (const day of ['09', '10', '11'])
      writeFileSync(join(data, `log-${day}.csv`), `time,a\n2024-03-${day},1\n`)
    writeFileSync(join(data, 'README.txt'), 'hi\nthere\n')
    writeFileSync(join(data, 'empty.csv'), '')
    writeFileSync(join(data, 'plan.pdf'), 'x')
    const { frame, summary, notes } = await readTable(data)
    expect(frame.timeMs.length).toBe(3)
    expect(summary.skippedFiles.length).toBe(3)
    expect(notes.join()).toContain('3 files of the folder are no part of the table')
  })
})

describe('a workbook', () => {
  it('is read by its first sheet', async () => {
    const rows = [
      ['time', 'temp [°C]'],
      ['2024-03-01 00:00:00', 1.5],
      ['2024-03-01 00:05:00', 2.5],
    ] as const
    const { frame, columns, notes } = await read(workbook({ Data: rows }), {}, 'book.xlsx')
    expect([iso(frame.timeMs), [...frame.values]]).toEqual([
      ['2024-03-01T00:00', '2024-03-01T00:05'],
      [1.5, 2.5],
    ])
    expect([frame.channels, columns[1]!.unit]).toEqual([['temp [°C]'], '°C'])
    expect(notes.join()).toContain('the sheet Data of')
  })

  it('of several sheets is read by the first that holds data, and the others are named with the option', async () => {
    const data = (from: number) => [
      ['time', 'temp'],
      ...Array.from({ length: 30 }, (_, i) => [
        `2024-03-01 00:${String(i).padStart(2, '0')}:00`,
        from + (i % 7),
      ]),
    ]
    const book = workbook({ Info: [['Report'], ['Plant', 'North']], Data: data(10), Backup: data(20) })
    const first = await read(book, {}, 'book.xlsx')
    expect(first.frame.values[0]).toBe(10)
    expect(first.notes.join()).toContain('not Info, Backup: --sheet NAME reads another')
    expect((await read(book, { sheet: 'Backup' }, 'book.xlsx')).frame.values[0]).toBe(20)
    const error = await refusal(read(book, { sheet: 'Backupp' }, 'book.xlsx'))
    expect([error.code, error.message]).toEqual([
      'option-invalid',
      expect.stringContaining('has the sheets Info, Data, Backup'),
    ])
  })

  it('is read by the sheet of the training, wherever it lies, and refused where it leaves that open', async () => {
    const data = (from: number) => [
      ['time', 'temp'],
      ...Array.from({ length: 30 }, (_, i) => [
        `2024-03-01 00:${String(i).padStart(2, '0')}:00`,
        from + (i % 7),
      ]),
    ]
    const { form } = (await read(workbook({ Data: data(10) }), {}, 'book.xlsx')).summary
    expect(form.sheet).toBe('Data')
    const moved = await read(workbook({ Backup: data(20), Data: data(10) }), { form }, 'book.xlsx')
    expect(moved.frame.values[0]).toBe(10)
    expect(moved.notes.join()).toContain('was read, as in the training, not Backup')
    const other = workbook({ Backup: data(20), Spare: data(30) })
    const error = await refusal(read(other, { form }, 'book.xlsx'))
    expect(error.message).toMatch(/^--sheet is "Data" in the model, but .* has the sheets Backup, Spare$/)
    expect((await read(other, { form, sheet: 'Spare' }, 'book.xlsx')).frame.values[0]).toBe(30)
    expect((await read(workbook({ April: data(40) }), { form }, 'book.xlsx')).frame.values[0]).toBe(40)
    const csv = await read('time,temp\n2024-03-01 00:00:00,1\n2024-03-01 00:01:00,2\n', { form }, 'a.csv')
    expect(csv.notes.join()).not.toContain('sheet')
  })

  it.each([
    ['no cell', () => ''],
    ['some', (at: string) => (at < 'C' ? '' : ` r="${at}"`)],
  ])('in which %s says its place is read by position', async (_, placeOf) => {
    const rows = [
      ['time', 'a', 'b', 'c'] as const,
      ...Array.from({ length: 5 }, (_, i) => [`2024-03-01T00:0${i}`, i, 10 + i, 20 + i] as const),
    ]
    const { frame } = await read(workbook({ Data: rows }, placeOf), {}, 'places.xlsx')
    expect([frame.channels, [...frame.values.slice(-3)]]).toEqual([
      ['a', 'b', 'c'],
      [4, 14, 24],
    ])
  })

  it('with very many sheets names the first of those that are not read', async () => {
    const sheets = Array.from(
      { length: 30 },
      (_, i) =>
        [
          `Day ${i}`,
          [
            ['time', 'a'],
            ['2024-03-01', i],
            ['2024-03-02', i],
          ],
        ] as const,
    )
    const { notes } = await read(workbook(Object.fromEntries(sheets)), {}, 'days.xlsx')
    expect(notes.join()).toContain('Day 9, Day 10 and 19 more: --sheet NAME reads another')
    const error = await refusal(read(workbook(Object.fromEntries(sheets)), { sheet: 'Day 222' }, 'days.xlsx'))
    expect(error.message).toMatch(/has the sheets Day 0, .*Day 9 and 20 more; the nearest is Day 22?$/)
  })

  it('that is damaged is refused', async () => {
    const error = await refusal(read(Buffer.from('PK\u0003\u0004 nothing'), {}, 'bad.xlsx'))
    expect([error.code, error.message]).toEqual([
      'data-not-a-table',
      expect.stringContaining('no Excel workbook'),
    ])
  })
})
