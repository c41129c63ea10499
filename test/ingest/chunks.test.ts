import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type ReadChunksOptions,
  type ReadProgress,
  readChunks,
  readTable,
  readTables,
  type TableChunk,
} from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-chunks-'))
afterAll(() => rmSync(folder, { recursive: true }))
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
async function all(path: string, options?: ReadChunksOptions): Promise<TableChunk[]> {
  const chunks: TableChunk[] = []
  for await (const chunk of await readChunks(path, options)) chunks.push(chunk)
  return chunks
}
const flat = (arrays: Iterable<number>[]) => arrays.flatMap(array => [...array])

const rows = Array.from({ length: 10_000 }, (_, i) => i)
const big = file(
  'big.csv',
  `time,a,b,label\n${rows.map(i => `${i},${(i * 7) % 97},${((i * 3) % 101) / 8},${i % 2}\n`).join('')}`,
)

describe('readChunks', () => {
  it('gives the samples of readTable in chunks of the size asked for', async () => {
    const { frame, labels } = await readTable(big)
    for (const chunkRows of [1000, 2048, 3333, 20_000]) {
      const chunks = await all(big, { chunkRows })
      const sizes = chunks.map(chunk => chunk.frame.timeMs.length)
      expect(sizes.slice(0, -1).every(size => size === chunkRows)).toBe(true)
      expect(flat(chunks.map(chunk => chunk.frame.timeMs))).toEqual([...frame.timeMs])
      expect(flat(chunks.map(chunk => chunk.frame.values))).toEqual([...frame.values])
      expect(flat(chunks.map(chunk => chunk.labels!))).toEqual([...labels!])
    }
  })

  it('knows the channels before a row is read, and how far it is', async () => {
    const seen: ReadProgress[] = []
    const table = await readChunks(big, { chunkRows: 1000, onProgress: progress => seen.push(progress) })
    expect([table.channels, table.timeKind, table.summary.rows]).toEqual([['a', 'b'], 'utc', 0])
    for await (const _ of table);
    expect(table.summary).toMatchObject({ rows: 10_000, samples: 10_000 })
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.every(({ bytes }, i) => i === 0 || bytes >= seen[i - 1]!.bytes)).toBe(true)
    const { sizeBytes } = table
    expect(seen.at(-1)).toMatchObject({ rows: 10_000, bytes: sizeBytes, totalBytes: sizeBytes })
    expect(seen.every(({ rows, expectedRows }) => expectedRows >= Math.max(rows, table.expectedRows))).toBe(
      true,
    )
  })

  it('reads no further than it is asked: a broken row behind is never met', async () => {
    const far = Array.from({ length: 2_000_000 }, (_, i) => `${(i * 7) % 89},1\n`).join('')
    const path = file('far.csv', `a,b\n${far}x,1\n`)
    let samples = 0
    for await (const { frame } of await readChunks(path, { chunkRows: 1000 })) {
      samples += frame.timeMs.length
      if (samples >= 3000) break
    }
    expect(samples).toBe(3000)
    await expect(all(path, { chunkRows: 1000 })).rejects.toMatchObject({
      code: 'data-bad-cell',
      where: { line: 2_000_002 },
    })
  })

  it('gives each device its own chunks, with the samples of readTables', async () => {
    const text = rows.map(i => `${i},d${(i * 7) % 3},${i}\n`).join('')
    const path = file('devices.csv', `time,device,a\n${text}`)
    const options = { deviceColumn: 'device', chunkRows: 500 }
    const chunks = await all(path, options)
    for (const { device, frame } of await readTables(path, options)) {
      const own = chunks.filter(chunk => chunk.device === device)
      expect(flat(own.map(chunk => chunk.frame.values))).toEqual([...frame.values])
      expect(own.every(chunk => chunk.frame.timeMs.length <= 500)).toBe(true)
    }
  })

  it('holds no more than a few chunks of a thousand devices', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `${i},d${i % 1000},${i}\n`).join('')
    const chunks = await all(file('many.csv', `time,device,a\n${text}`), {
      deviceColumn: 'device',
      chunkRows: 100,
    })
    // More than one per device: some were given out before they were full.
    expect(chunks.length).toBeGreaterThan(1000)
    expect(chunks.reduce((sum, chunk) => sum + chunk.frame.timeMs.length, 0)).toBe(20_000)
  })

  it('sorts samples that come late by less than a chunk, and names one that comes later', async () => {
    const swapped = rows.map(i => (i % 10 === 0 ? i + 9 : i % 10 === 9 ? i - 9 : i))
    const path = file('late.csv', `time,a\n${swapped.map(i => `${i},${i}\n`).join('')}`)
    const chunks = await all(path, { chunkRows: 100, lateRows: 'sort' })
    expect(flat(chunks.map(chunk => chunk.frame.values))).toEqual(rows)
    const hopeless = file('later.csv', `time,a\n${rows.map(i => `${i + 1},1\n`).join('')}0,1\n`)
    await expect(all(hopeless, { chunkRows: 100, lateRows: 'sort' })).rejects.toMatchObject({
      code: 'data-bad-time',
      where: { line: 10_002 },
    })
  })

  it('resamples and joins equal times across the borders of chunks as in one piece', async () => {
    const text = rows.map(i => `${Math.floor(i / 3) * 2},${(i * 7) % 97}\n`).join('')
    const path = file('steps.csv', `time,a\n${text}`)
    for (const options of [
      { duplicateTimes: 'mean' },
      { duplicateTimes: 'last' },
      { resample: { cadenceMs: 7000, aggregate: 'median', toleranceMs: 3000 } },
    ] as const) {
      const { frame } = await readTable(path, options)
      const chunks = await all(path, { ...options, chunkRows: 64 })
      expect(flat(chunks.map(chunk => chunk.frame.timeMs))).toEqual([...frame.timeMs])
      expect(flat(chunks.map(chunk => chunk.frame.values))).toEqual([...frame.values])
    }
  })

  it('stops when it is aborted', async () => {
    const controller = new AbortController()
    const read = async () => {
      for await (const _ of await readChunks(big, { chunkRows: 1000, signal: controller.signal }))
        controller.abort()
    }
    await expect(read()).rejects.toMatchObject({ code: 'interrupted' })
  })
})

describe('any text', () => {
  const LENIENT = { missing: 'keep', badCells: 'missing', badRows: 'skip', lateRows: 'sort' } as const

  /** Never a crash, a hang or a wrong count: an error of the catalogue, or every row accounted for. */
  async function survives(path: string): Promise<void> {
    const strict = await readTable(path).catch(error => error)
    const lenient = await readTable(path, LENIENT).catch(error => error)
    for (const outcome of [strict, lenient]) {
      if (outcome instanceof Error) {
        expect([outcome.name, 'code' in outcome]).toEqual([
          expect.stringMatching(/^(Data|Source|Limit)Error$/),
          true,
        ])
      }
    }
    if (lenient instanceof Error) return
    const { frame, summary } = lenient
    const holes = frame.values.reduce((sum: number, value: number) => sum + Number(Number.isNaN(value)), 0)
    expect(holes).toBe(summary.missingCells.count + summary.badCells.count)
    expect(frame.timeMs.length).toBe(summary.samples)
    if (strict instanceof Error) return
    expect(holes + summary.rejectedRows.count).toBe(0)
    expect(frame.values).toEqual(strict.frame.values)
  }

  it('is read or refused with an error of the catalogue', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ',',
        ';',
        '\t',
        '\n',
        '\r\n',
        '"',
        '""',
        'a',
        'b',
        'time',
        'label',
        '0',
        '1',
        '-1.5',
        'nan',
        ' ',
      ),
      fc.constantFrom(
        '2024-01-01',
        '2024-01-01T10:00:00+02:00',
        '1e999',
        'NA',
        '{',
        '}',
        '[',
        ':',
        '\ufeff',
        'é',
      ),
      fc.string({ maxLength: 4 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async pieces => {
        await survives(file('fuzz.csv', pieces.join('')))
      }),
      { seed: 11, numRuns: 60 },
    )
  })

  it('of any bytes under any ending is read or refused', async () => {
    const magic = fc.constantFrom(
      [],
      [0x1f, 0x8b, 8, 0],
      [0x28, 0xb5, 0x2f, 0xfd],
      [...Buffer.from('PAR1')],
      [0x7b],
    )
    const bytes = fc.tuple(magic, fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }))
    const ending = fc.constantFrom('csv', 'parquet', 'json', 'ndjson', 'csv.gz', 'csv.zst', 'log')
    await fc.assert(
      fc.asyncProperty(bytes, ending, async ([head, tail], ending) => {
        const path = join(folder, `fuzz-bytes.${ending}`)
        writeFileSync(path, Uint8Array.from([...head, ...tail]))
        await survives(path)
      }),
      { seed: 12, numRuns: 60 },
    )
  })

  it('with broken rows among sound ones loses exactly the broken ones', async () => {
    const row = fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
          .map(cells => ({ kind: 'sound', text: cells.join() })),
      },
      fc.constantFrom(
        { kind: 'short', text: '1' },
        { kind: 'long', text: '1,2,3' },
        { kind: 'quote', text: '1,"2"x' },
      ),
      fc.constantFrom(
        { kind: 'bad', text: 'x,1' },
        { kind: 'missing', text: ',1' },
        { kind: 'missing', text: '1,NA' },
      ),
      fc.constant({ kind: 'blank', text: '' }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async rows => {
        const count = (...kinds: string[]) => rows.filter(({ kind }) => kinds.includes(kind)).length
        const path = file('rows.csv', `a,b\n${rows.map(({ text }) => `${text}\n`).join('')}`)
        const samples = count('sound', 'bad', 'missing')
        if (samples === 0) return
        const { frame, summary } = await readTable(path, LENIENT)
        expect([frame.timeMs.length, summary.rejectedRows.count]).toEqual([
          samples,
          count('short', 'long', 'quote'),
        ])
        expect([summary.badCells.count, summary.missingCells.count]).toEqual([count('bad'), count('missing')])
        const sound = rows
          .filter(({ kind }) => kind === 'sound')
          .map(({ text }) => Number(text.split(',')[0]) + 0)
        const first = frame.values.filter((_, i) => i % 2 === 0)
        for (const value of sound) expect(first).toContain(value)
      }),
      { seed: 13, numRuns: 60 },
    )
  })
})
