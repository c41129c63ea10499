import { describe, expect, it } from 'vitest'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const T = Date.UTC(2024, 2, 1)
const MINUTE = 60_000
const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
const a = (i: number) => (20 + 3 * Math.sin(i / 9)).toFixed(2)
const table = (head: string, row: (i: number) => string, rows = 300) =>
  `${[head, ...Array.from({ length: rows }, (_, i) => `${row(i)},${a(i)}`)].join('\n')}\n`
/** The option that a text names, applied. */
const named = (text: string) => /--time-column '([^']+)'/.exec(text)![1]!

describe('a second column of times', () => {
  it.each([
    ['repeats', (i: number) => Math.floor(i / 20) * 20],
    ['jumps', (i: number) => (i < 150 ? i : i + 5000)],
  ])(
    'that rises evenly is named where the one that is read %s, with the option that reads it',
    async (_, minute) => {
      for (const [name, other] of [
        ['received_at', (i: number) => iso(T + i * MINUTE + 3000)],
        ['epoch_ms', (i: number) => String(T + i * MINUTE + 3000)],
      ] as const) {
        const text = table(`timestamp,${name},a`, i => `${iso(T + minute(i) * MINUTE)},${other(i)}`)
        const note = (await read(text)).notes.find(note => note.startsWith('times of timestamp'))!
        expect(named(note)).toBe(name)
        const { frame, notes } = await read(text, { timeColumn: named(note) })
        expect(frame.timeMs.every((ms, i) => ms === T + i * MINUTE + 3000)).toBe(true)
        expect(notes.filter(note => note.startsWith('times of'))).toEqual([])
      }
    },
  )

  it('is named by the error where the one that is read goes back', async () => {
    const minute = (i: number) => (i < 150 ? i : i - 30)
    const text = table('timestamp,logged,a', i => `${iso(T + minute(i) * MINUTE)},${iso(T + i * MINUTE)}`)
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'data-bad-time' })
    const { frame } = await read(text, { timeColumn: named(error.message) })
    expect([frame.timeMs[0], frame.timeMs[299]]).toEqual([T, T + 299 * MINUTE])
  })

  it('is not named where it is no better', async () => {
    const text = table(
      'timestamp,logged,a',
      i => `${iso(T + i * MINUTE)},${iso(T + Math.floor(i / 9) * MINUTE)}`,
    )
    expect((await read(text)).notes.filter(note => note.startsWith('times of'))).toEqual([])
  })

  it('is read where the one that is called time is the same in every row', async () => {
    const { frame } = await read(table('date,measured,a', i => `2024-03-05,${iso(T + i * MINUTE)}`))
    expect([frame.timeMs[0], frame.timeMs[299]]).toEqual([T, T + 299 * MINUTE])
  })
})

describe('a time of day', () => {
  it('beside a whole time is left out, and no channel', async () => {
    const row = (i: number) =>
      `${iso(T + i * MINUTE).slice(0, 10)},${iso(T + i * MINUTE)},${iso(T + i * MINUTE).slice(11, 19)}`
    const { frame, columns } = await read(table('Date,DateTime,Time,a', row))
    expect(frame.channels).toEqual(['a'])
    expect(columns.map(({ role }) => role)).toEqual(['time', 'time', 'time', 'channel'])
  })

  it.each([
    ['0005', (d: Date) => d.toISOString().slice(11, 16).replace(':', '')],
    ['5', (d: Date) => String(100 * d.getUTCHours() + d.getUTCMinutes())],
  ])('without a colon, as %s, goes with its date', async (_, clock) => {
    const row = (i: number) => `${iso(T + i * MINUTE).slice(0, 10)},${clock(new Date(T + i * MINUTE))}`
    const { frame, timeColumn } = await read(table('Date,Time (HHMM),a', row, 1500))
    expect([timeColumn, frame.channels]).toEqual(['Date,Time (HHMM)', ['a']])
    expect(frame.timeMs.every((ms, i) => ms === T + i * MINUTE)).toBe(true)
  })

  it('is not seen in readings beside a date', async () => {
    const row = (i: number) => `${iso(T + i * MINUTE).slice(0, 10)},${110 + ((i * 37) % 40)}`
    expect((await read(table('Date,Cycle time,a', row))).frame.channels).toEqual(['Cycle time', 'a'])
  })
})

describe('years with a part of a year', () => {
  const year = (i: number) => 2024 + (i * MINUTE) / (366 * 864e5)

  it.each([300, 2500, 9000])('are the time of a table of %i rows', async rows => {
    const text = (name: string) => table(`${name},a`, i => year(i).toFixed(8), rows)
    const { frame } = await read(text('year'))
    expect(frame.channels).toEqual(['a'])
    expect(Math.round((frame.timeMs[rows - 1]! - Date.UTC(2024, 0, 1)) / MINUTE)).toBe(rows - 1)
    expect(await refusal(text('time'))).toMatchObject({ code: 'data-ambiguous-date' })
  })

  it('can be rounded, so that some are equal', async () => {
    const { frame } = await read(
      table('year,a', i => (2024 + i / 366).toFixed(2)),
      { duplicateTimes: 'keep' },
    )
    expect(frame.channels).toEqual(['a'])
  })
})

describe('decimal commas in a table that is cut at commas', () => {
  const row = (i: number) => `${iso(T + i * MINUTE)},${a(i).replace('.', ',')},3,${100 + (i % 50)}`

  it('are refused, with the line and the header, and read where they are quoted', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => row(i))
    const text = `${['time,a,b', ...lines].join('\n')}\n`
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'data-ragged-row', where: { line: 2, got: 5, wanted: 3 } })
    const quoted = text.replace(/(\d+,\d+),(\d+,\d+)$/gm, '"$1","$2"')
    const { frame } = await read(quoted, { decimal: ',' })
    expect(frame.channels).toEqual(['a', 'b'])
  })

  it('are not seen in a title above a table without a header', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `${iso(T + i * MINUTE)},${a(i)},${i % 7},${i % 5}.5`)
    const { frame } = await read(`${['plant 7,hall 3', ...lines].join('\n')}\n`)
    expect(frame.channels).toHaveLength(3)
  })
})
