import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { TelltaleError } from '../../src/core/errors.js'
import { openEngine, sqlText } from '../../src/engine/index.js'
import { type ReadTableOptions, readTable } from '../../src/ingest/index.js'

type Place = Record<string, string | number | { matches: string }>
interface Expected {
  readonly code?: string
  readonly where?: Place
  readonly samples?: number
  readonly lenient: { readonly code?: string } & Readonly<Record<string, number | string>>
}
const FOLDER = 'test/fixtures/broken'
const EXPECTED: Record<string, Expected> = JSON.parse(readFileSync(`${FOLDER}/expected.json`, 'utf8'))
const LENIENT: ReadTableOptions = {
  missing: 'keep',
  badCells: 'missing',
  badRows: 'skip',
  lateRows: 'sort',
}

const folder = mkdtempSync(join(tmpdir(), 'telltale-broken-'))
afterAll(() => rmSync(folder, { recursive: true }))
function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const failure = (file: string, options?: ReadTableOptions): Promise<TelltaleError> =>
  readTable(file, options).then(
    () => expect.fail(`${file} was read`),
    error => error,
  )

describe('a broken table', () => {
  const entries = Object.entries(EXPECTED)

  it('has an expected outcome for each fixture', () => {
    const files = readdirSync(FOLDER).filter(name => name !== 'expected.json' && name !== 'README.md')
    expect(files.sort()).toEqual(Object.keys(EXPECTED).sort())
  })

  it.each(entries)('%s is refused with its place, or read where it may be', async (name, expected) => {
    if (expected.samples !== undefined) {
      expect((await readTable(`${FOLDER}/${name}`)).frame.timeMs.length).toBe(expected.samples)
      return
    }
    const error = await failure(`${FOLDER}/${name}`)
    expect(error).toBeInstanceOf(TelltaleError)
    expect(`${error.code}: ${error.message}`).toContain(`${expected.code}: `)
    for (const [key, wanted] of Object.entries(expected.where!)) {
      if (typeof wanted === 'object') expect(error.where[key]).toMatch(new RegExp(wanted.matches))
      else expect(error.where[key]).toBe(wanted)
    }
  })

  it.each(entries)('%s is read leniently with everything counted', async (name, { lenient }) => {
    const outcome = await readTable(`${FOLDER}/${name}`, LENIENT).then(
      ({ frame, summary }) => {
        const { missingCells, badCells, rejectedRows, lateRows, skippedRows } = summary
        const counts = {
          missing: missingCells,
          bad: badCells,
          rejected: rejectedRows,
          late: lateRows,
          skipped: skippedRows,
        }
        const found = Object.entries(counts).filter(([, { count }]) => count > 0)
        for (const [, { count, places }] of found) expect(places.length).toBe(Math.min(count, 5))
        return {
          samples: frame.timeMs.length,
          ...Object.fromEntries(found.map(([what, { count }]) => [what, count])),
        }
      },
      error => ({ code: error.code }),
    )
    expect(outcome).toEqual(lenient)
  })

  it('is refused when it is a folder without tables, missing, or below a file', async () => {
    expect((await failure('test/ingest')).code).toBe('data-no-tables')
    expect((await failure(`${FOLDER}/none.csv`)).code).toBe('file-not-found')
    expect((await failure(`${FOLDER}/expected.json/x.csv`)).code).toBe('file-unreadable')
  })

  it('is called standard input where nothing comes from there', async () => {
    await expect(readTable('-', { input: Readable.from([]) })).rejects.toMatchObject({
      code: 'data-empty',
      message: 'standard input contains no samples: the file has zero bytes',
    })
  })

  it('with a cell of three million characters is refused with its place', async () => {
    const path = file('huge.csv', `a,b\n1,2\n3,"${'x'.repeat(3e6)}"\n`)
    expect((await failure(path)).where).toMatchObject({ line: 3, column: 'b' })
    const { summary } = await readTable(path, LENIENT)
    expect(summary.badCells).toMatchObject({ count: 1, places: [{ line: 3, row: 1, column: 'b' }] })
  })

  it('with ten thousand columns is refused before a row is read', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `s${i}`)
    for (const name of ['wide.csv', 'wide.ndjson']) {
      const object = JSON.stringify(Object.fromEntries(names.map(key => [key, 1])))
      const path = file(name, name.endsWith('.csv') ? `${names.join()}\n` : `${object}\n`)
      expect((await failure(path)).code).toBe('limit-columns')
    }
  })

  it('that is cut off far behind its head is never taken for a whole one', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},${Math.sin(i)}\n`).join('')
    const gzip = gzipSync(`a,b\n${rows}`)
    const target = join(folder, 'whole.csv.zst')
    const engine = await openEngine({ files: [target] })
    await engine.run(
      `copy (select range as a, sin(range) as b from range(40000)) to ${sqlText(target)} (format csv, compression zstd)`,
    )
    engine.close()
    const zstd = readFileSync(target)
    for (const [name, whole] of [
      ['x.csv.gz', gzip],
      ['x.csv.zst', zstd],
    ] as const) {
      expect((await readTable(file(name, whole))).frame.timeMs.length).toBe(40_000)
      for (const share of [0.4, 0.8, 0.99]) {
        const error = await failure(file(name, whole.subarray(0, Math.floor(whole.length * share))))
        expect([error.code, error.where.reason]).toEqual([
          'file-unreadable',
          expect.stringContaining('unexpected end of file'),
        ])
      }
      expect(
        (await readTable(file(name, Buffer.concat([whole, whole])), { channels: ['b'], ...LENIENT })).summary,
      ).toMatchObject({ badCells: { count: 0 }, skippedRows: { count: 1 }, samples: 80_000 })
    }
  })
})

describe('a packed table', () => {
  const packed = async (name: string, sql: string) => {
    const target = join(folder, name)
    const engine = await openEngine({ files: [target] })
    await engine.run(
      `copy (${sql}) to ${sqlText(target)} (format csv, compression zstd, header false, quote '', delimiter '\u0001')`,
    )
    engine.close()
    return target
  }

  it('that unpacks to hundreds of times its size is refused before it is read', async () => {
    const gzip = file('bomb.csv.gz', gzipSync(`a\n${'1.25\n'.repeat(14_000_000)}`))
    const zstd = await packed('bomb.csv.zst', 'select 1.25 as a from range(14000000)')
    for (const path of [gzip, zstd]) {
      const error = await failure(path)
      expect([error.code, error.where.reason]).toEqual([
        'file-unreadable',
        expect.stringContaining('more than 250 times its size'),
      ])
    }
  })

  it('of JSON that is nested deeper than any table is refused in every packing', async () => {
    const deep = `[{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}]`
    const zstd = await packed('deep.json.zst', `select ${sqlText(deep)}`)
    for (const path of [file('deep.json', deep), file('deep.json.gz', gzipSync(deep)), zstd])
      expect((await failure(path)).code).toBe('data-not-a-table')
  })
})

describe('lenient reading', () => {
  it('says where the first of everything was', async () => {
    const text =
      'time,a,b\n2024-01-01,1,NA\n2024-01-02,x,2\n2024-01-03,3\nyesterday,4,4\n2024-01-04,"5\n",inf\n2024-01-05,,6\n'
    const { frame, summary, notes } = await readTable(file('mess.csv', text), LENIENT)
    const N = Number.NaN
    expect([...frame.values]).toEqual([1, N, N, 2, 5, N, N, 6])
    expect(summary.missingCells).toMatchObject({
      count: 2,
      places: [
        { row: 0, column: 'b' },
        { row: 4, line: 8 },
      ],
    })
    expect(summary.badCells.places).toMatchObject([
      { line: 3, column: 'a', got: '"x"' },
      { line: 6, column: 'b', got: '"inf"' },
    ])
    expect(summary.rejectedRows.places).toMatchObject([
      { line: 4, reason: '2 cells instead of 3' },
      { line: 5, column: 'time', got: '"yesterday"' },
    ])
    expect([...summary.missingByChannel]).toEqual([
      ['b', 1],
      ['a', 1],
    ])
    expect(notes.join('\n')).toContain('2 rows were rejected, first in line 4: 2 cells instead of 3')
  })
})
