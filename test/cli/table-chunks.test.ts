import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { chunkRowsOf, isForChunks } from '../../src/cli/table-chunks.js'
import { openEngine, sqlText } from '../../src/engine/index.js'
import { scratchFolder } from './world.js'

const KB = 2 ** 10
const table = (bytes: number) => `a\n${'1.25\n'.repeat(bytes / 5)}`

describe('isForChunks', () => {
  const isChunked = (source: string | { query: string }, memory: number) =>
    isForChunks(source, {}, { memory })

  it('takes four bytes of memory for a byte of text, packed or not', async () => {
    const folder = scratchFolder()
    const text = join(folder, 'text.csv')
    writeFileSync(text, table(300 * KB))
    expect([await isChunked(text, 1), await isChunked(text, 2)]).toEqual([true, false])
    const compressed = join(folder, 'named-like-text.csv')
    writeFileSync(compressed, gzipSync(table(300 * KB)))
    expect([await isChunked(compressed, 1), await isChunked(compressed, 2)]).toEqual([true, false])
    const zstd = join(folder, 'packed.csv.zst')
    const engine = await openEngine({ files: [text, zstd] })
    await engine.run(
      `copy (select * from read_csv(${sqlText(text)})) to ${sqlText(zstd)} (format csv, compression zstd)`,
    )
    engine.close()
    expect([await isChunked(zstd, 1), await isChunked(zstd, 2)]).toEqual([true, false])
  })

  it('adds up the files of a pattern and of a folder', async () => {
    const folder = scratchFolder()
    mkdirSync(join(folder, 'days'))
    for (let day = 0; day < 4; day++) writeFileSync(join(folder, 'days', `${day}.csv`), table(100 * KB))
    for (const source of [join(folder, 'days'), join(folder, 'days', '*.csv')])
      expect([await isChunked(source, 1), await isChunked(source, 2)]).toEqual([true, false])
    expect(await isChunked(join(folder, 'days', '0.csv'), 1)).toBe(false)
  })

  it('streams standard input and queries, whose size nobody knows', async () => {
    expect(await isChunked('-', 1e6)).toBe(true)
    expect(await isChunked({ query: 'select 1' }, 1e6)).toBe(true)
  })

  it('does what the user says without looking', async () => {
    expect(await isForChunks('nowhere.csv', {}, { chunkRows: 10, memory: 1 })).toBe(true)
  })
})

describe('chunkRowsOf', () => {
  it('makes chunks of 2 MB of readings, of 2048 rows at least, and as long as late rows are sorted', () => {
    expect(chunkRowsOf({}, 20)).toBe(13_107)
    expect(chunkRowsOf({}, 10_000)).toBe(2048)
    expect(chunkRowsOf({ lateRows: 'sort' }, 20)).toBe(65_536)
    expect(chunkRowsOf({ chunkRows: 5, lateRows: 'sort' }, 20)).toBe(5)
  })
})
