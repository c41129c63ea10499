import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type ReadTableOptions, readTable } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-ingest-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const read = (text: string, options?: ReadTableOptions) => readTable(file('table.csv', text), options)
const failure = (text: string, options?: ReadTableOptions) =>
  read(text, options).then(
    () => expect.fail('the table was read'),
    error => error,
  )

describe('readTable', () => {
  const alike = readdirSync('test/fixtures/tables').filter(name => name !== 'README.md')
  it.each(alike)('reads %s like its siblings', async name => {
    const { frame, labels } = await readTable(`test/fixtures/tables/${name}`)
    const start = Date.UTC(2024, 0, 1)
    expect([...frame.timeMs]).toEqual([start, start + 5000])
    expect(frame.timeKind).toBe('utc')
    expect(frame.channels).toEqual(['a', 'b'])
    expect([...frame.values]).toEqual([1, 2, 3, 4.5])
    expect(labels).toBeUndefined()
  })

  it('stops where memory ends, and says before which row', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${(i * 7) % 97},${-((i * 3) % 89)}\n`).join('')
    const bytesOfRow = 3 * 8
    const part = await read(`a,b\n${lines}`, { mostBytes: 1000 * bytesOfRow, rows: { start: 10 } })
    expect([part.frame.timeMs.length, part.frame.values[0], part.summary.stoppedAt]).toEqual([1000, 70, 1010])
    expect(part.notes.join()).toContain('reading stopped before row 1010')
    const whole = await read(`a,b\n${lines}`, { mostBytes: 5000 * bytesOfRow })
    expect([whole.frame.timeMs.length, whole.summary.stoppedAt]).toEqual([5000, undefined])
  })

  it('writes readings in place and copied alike, whatever is left out on the way', async () => {
    const lines = Array.from({ length: 9000 }, (_, i) => `${i % 3000 === 7 ? '' : i},${i % 2},${i}\n`)
    const text = `a,b,t\n${lines.join('')}`
    const asked = { missing: 'keep', timeColumn: 't', between: { fromMs: 1e6, toMs: 8e6 } } as const
    const straight = await read(text, asked)
    const held = await read(text, { ...asked, lateRows: 'sort' })
    expect(straight.frame.timeMs.length).toBe(7000)
    expect(straight.frame).toEqual(held.frame)
    expect(straight.summary.missingCells).toEqual(held.summary.missingCells)
  })

  it('numbers the rows of a table without time', async () => {
    const { frame, timeColumn } = await read('a\n5\n6\n7\n')
    expect(frame.timeKind).toBe('index')
    expect([...frame.timeMs]).toEqual([0, 1, 2])
    expect(timeColumn).toBeUndefined()
  })

  it('takes small numbers under a time-like name as seconds, and says so', async () => {
    const { frame, notes } = await read('time,a\n0,1\n1,2\n2.5,3\n')
    expect([...frame.timeMs]).toEqual([0, 1000, 2500])
    expect(notes.join()).toContain('seconds since 1970')
  })

  it('keeps fractions of a millisecond', async () => {
    const { frame } = await read('time,a\n2024-01-01T00:00:00.000250Z,1\n')
    expect(frame.timeMs[0]).toBe(Date.UTC(2024, 0, 1) + 0.25)
  })

  it('allows equal times and counts them in a note', async () => {
    const { notes } = await read('time,a\n2024-01-01,1\n2024-01-01,2\n2024-01-02,3\n')
    expect(notes).toEqual(['1 sample has the time of the one before, first in row 1'])
  })

  it('uses the named time column and leaves none of its rivals aside', async () => {
    const { frame, timeColumn } = await read('ts,seen\n1,1700000000\n2,1700000005\n', { timeColumn: 'seen' })
    expect(timeColumn).toBe('seen')
    expect(frame.channels).toEqual(['ts'])
    expect(frame.timeMs[1]! - frame.timeMs[0]!).toBe(5000)
  })

  it.each(['label', 'Labels', 'ANOMALY', 'is_anomaly', 'outlier'])(
    'finds the label column %s by itself',
    async name => {
      const { frame, labels, labelColumn, notes } = await read(`a,${name}\n1,0\n2,1\n`)
      expect([...labels!]).toEqual([0, 1])
      expect(frame.channels).toEqual(['a'])
      expect(labelColumn).toBe(name)
      expect(notes.join()).toContain('taken as the label')
    },
  )

  it('reads true and false as labels', async () => {
    const { labels } = await read('a,bad\n1,True\n2,false\n3,1.0\n', { labelColumn: 'bad' })
    expect([...labels!]).toEqual([1, 0, 1])
  })

  it('leaves out a column that is named like a label and holds other values, and says so', async () => {
    const text = 'a,label\n1,0\n2,2\n'
    const { frame, labels, notes } = await read(text)
    expect(labels).toBeUndefined()
    expect(frame.channels).toEqual(['a'])
    expect(notes.join()).toContain('label (label: named like a label, with the values 0, 2)')
    const asked = await read(text, { roles: { label: 'channel' } })
    expect([...asked.frame.values]).toEqual([1, 0, 2, 2])
  })

  it('refuses a named label column with other values', async () => {
    const error = await failure('a,bad\n1,0\n2,2\n', { labelColumn: 'bad' })
    expect(error.code).toBe('data-bad-label')
    expect(error.where).toMatchObject({ line: 3, column: 'bad', got: '"2"' })
  })

  it('lists the columns when a named one is missing', async () => {
    const error = await failure('time,temperature\n1,2\n', { labelColumn: 'temperatur' })
    expect(error.code).toBe('data-column-missing')
    expect(error.message).toContain('temperature')
  })

  it('names the nearest column, also when it is not among those that are listed', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `m${i}`)
    const table = `${[...names, 'label'].join()}\n${names.map(() => '1').join()},0\n`
    const { where, remedy } = await failure(table, { labelColumn: 'lable' })
    expect(where.got).not.toContain('label')
    expect(remedy).toContain('Did you mean label?')
  })

  it('leaves ignored columns out, whatever they hold', async () => {
    const { frame } = await read('a,note,b\n1,hello,2\n', { ignoreColumns: ['note'] })
    expect(frame.channels).toEqual(['a', 'b'])
    expect([...frame.values]).toEqual([1, 2])
  })

  it('puts expected channels in their order', async () => {
    const { frame } = await read('b,time,a\n1,2024-01-01,2\n3,2024-01-02,4\n', { expectChannels: ['a', 'b'] })
    expect(frame.channels).toEqual(['a', 'b'])
    expect([...frame.values]).toEqual([2, 1, 4, 3])
  })

  it('leaves out columns that are not expected, and says so', async () => {
    const { frame, notes } = await read('a,b\n1,2\n3,9\n', { expectChannels: ['b'] })
    expect([frame.channels, [...frame.values]]).toEqual([['b'], [2, 9]])
    expect(notes.join()).toContain('columns that the model does not know are left out: a')
  })

  it('names missing and extra channels, and counts neither time nor label among them', async () => {
    const error = await failure('time,a,c,label\n1,2,3,0\n', { expectChannels: ['a', 'b'] })
    expect(error.code).toBe('data-channels-differ')
    expect(error.where).toEqual({ difference: 'missing b; not known to the model c' })
    const fewer = await failure('time,a,label\n1,2,0\n', { expectChannels: ['a', 'b'] })
    expect(fewer.message).toBe('the channels do not match the model: missing b')
  })

  it('keeps an expected channel that looks like a label', async () => {
    const { frame, labels } = await read('a,outlier\n1,0\n2,1\n', { expectChannels: ['a', 'outlier'] })
    expect(labels).toBeUndefined()
    expect(frame.channels).toEqual(['a', 'outlier'])
  })

  it('keeps a half-open range of rows, with its row numbers and labels', async () => {
    const text = `a,label\n${Array.from({ length: 5000 }, (_, i) => `${i},${i % 2}\n`).join('')}`
    const { frame, labels } = await read(text, { rows: { start: 2000, end: 4100 } })
    expect(frame.timeMs.length).toBe(2100)
    expect([frame.timeMs[0], frame.values[0], labels![0]]).toEqual([2000, 2000, 0])
    expect([frame.timeMs.at(-1), frame.values.at(-1), labels!.at(-1)]).toEqual([4099, 4099, 1])
  })

  it('gives the lines of the file, not of the range', async () => {
    const text = 'a,b\n1,\n2,3\n\n4,5\n6,\n'
    const error = await failure(text, { rows: { start: 1 } })
    expect(error.where.line).toBe(6)
  })

  it('refuses a range without rows', async () => {
    expect((await failure('a\n1\n2\n', { rows: { start: 2 } })).code).toBe('data-none-left')
  })

  it('reads only the named file when its name looks like a pattern', async () => {
    file('a1.csv', 'x\n1\n')
    file('ab.csv', 'x\n2\n')
    for (const [name, value] of [
      ['a[1].csv', 3],
      ['a*.csv', 4],
      ['a?.csv', 5],
      ["it's.csv", 6],
      ['100%; drop.csv', 7],
    ] as const) {
      const { frame } = await readTable(file(name, `x\n${value}\n`))
      expect([...frame.values]).toEqual([value])
    }
  })

  it('takes column names as they are', async () => {
    const { frame } = await read('"a ""b"", c","d\'; select 1 --",c0\n1,2,3\n')
    expect(frame.channels).toEqual(['a "b", c', "d'; select 1 --", 'c0'])
    expect([...frame.values]).toEqual([1, 2, 3])
  })

  it('refuses more than 4,096 columns', async () => {
    const names = Array.from({ length: 4097 }, (_, i) => `s${i}`)
    const error = await failure(`${names.join()}\n${names.map(() => 1).join()}\n`)
    expect(error.code).toBe('limit-columns')
    const widest = names.slice(1)
    const { frame } = await read(`${widest.join()}\n${widest.map((_, i) => i).join()}\n`)
    expect(frame.values.at(-1)).toBe(4095)
  })

  it('says how to get the engine when it cannot be loaded', async () => {
    vi.doMock('@duckdb/node-api', () => {
      throw new Error('no binding for this machine')
    })
    expect((await failure('a\n1\n')).code).toBe('engine-missing')
    vi.doUnmock('@duckdb/node-api')
  })

  it('reads back what was written, for any names, numbers and delimiter', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .map(text => `c${text.replace(/[\p{Cc}\s]/gu, '_')}`)
    const number = fc.double({ noNaN: true, noDefaultInfinity: true })
    const table = fc
      .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), fc.constantFrom(',', ';', '\t', '|'))
      .chain(([names, delimiter]) =>
        fc.record({
          names: fc.constant(names),
          delimiter: fc.constant(delimiter),
          rows: fc.array(fc.tuple(...names.map(() => number)), { minLength: 1, maxLength: 30 }),
        }),
      )
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(table, async ({ names, delimiter, rows }) => {
        const lines = [names.map(quote), ...rows.map(row => row.map(String))]
        const { frame } = await read(lines.map(cells => `${cells.join(delimiter)}\n`).join(''))
        expect(frame.channels).toEqual(names)
        expect([...frame.values]).toEqual(rows.flat().map(x => x + 0))
      }),
      { seed: 3, numRuns: 60 },
    )
  })
})
