import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Engine, openEngine, sqlName, sqlPath, sqlText } from '../../src/engine/index.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'telltale-engine-')))
afterAll(() => rmSync(folder, { recursive: true }))
async function withEngine<T>(work: (engine: Engine) => Promise<T>, ...access: Parameters<typeof openEngine>) {
  const engine = await openEngine(...access)
  try {
    return await work(engine)
  } finally {
    engine.close()
  }
}
describe('a column of numbers', () => {
  it('is NaN where it is NULL, in every place of a chunk and of several', async () => {
    const value = 'case when i % 7 = 3 or i between 2000 and 2200 then null else i::double end'
    const seen = await withEngine(async engine => {
      const all: number[] = []
      for await (const chunk of engine.stream(`select ${value} as a from range(5001) r(i)`))
        all.push(...chunk.doubles(0).slice(0, chunk.rows))
      return all
    })
    const wanted = Array.from({ length: 5001 }, (_, i) =>
      i % 7 === 3 || (i >= 2000 && i <= 2200) ? Number.NaN : i,
    )
    expect(seen).toEqual(wanted)
  })
})

const count = (engine: Engine, sql: string, rows?: number) =>
  (async () => {
    let seen = 0
    for await (const chunk of engine.stream(sql, rows)) {
      for (const value of chunk.doubles(0).subarray(0, chunk.rows)) expect(value).toBe(seen++)
    }
    return seen
  })()

describe('stream', () => {
  it('stops a query that never gives a row, or never another one', async () => {
    const endless =
      'with recursive r(n) as (select 1 union all select (n + 1) % 7 from r) select count(*)::double from r'
    const engine = await openEngine({ timeLimitMs: 200 })
    try {
      const late = expect.objectContaining({ code: 'limit-time' })
      await expect(engine.rows(endless)).rejects.toEqual(late)
      await expect(engine.stream(endless).next()).rejects.toEqual(late)
      expect(await engine.rows('select 1 as a')).toEqual([{ a: 1 }])
    } finally {
      engine.close()
    }
  })

  it('keeps the order of a file that several threads read, with a long list of constants in the query', async () => {
    const path = join(folder, 'groups.parquet')
    const list = Array.from({ length: 60 }, (_, i) => `'x${i}'`).join()
    const read = `select case when lower(i::varchar) in (${list}) then -1 else i end::double from read_parquet(${sqlPath(path)}) where i::varchar not in (${list})`
    await withEngine(
      async engine => {
        await engine.run(
          `copy (select range as i from range(40000)) to ${sqlText(path)} (format parquet, row_group_size 2048)`,
        )
        for (let k = 0; k < 12; k++) expect(await count(engine, read, 40_000)).toBe(40_000)
      },
      { folders: [folder] },
    )
  })

  it('gives every row once, in order', async () => {
    for (const rows of [0, 1, 2047, 2048, 2049, 300_000]) {
      const sql = `select range::double as x, range::varchar as t from range(${rows})`
      expect(await withEngine(engine => count(engine, sql))).toBe(rows)
      expect(await withEngine(engine => count(engine, sql, rows))).toBe(rows)
    }
  })

  it('may be left at any chunk, and its engine closed at once', async () => {
    for (const chunks of [1, 2, 20]) {
      const engine = await openEngine()
      let seen = 0
      for await (const chunk of engine.stream('select range::double as x from range(1000000)', 1_000_000)) {
        expect(chunk.doubles(0)[0]).toBe(2048 * seen)
        if (++seen === chunks) break
      }
      engine.close()
      expect(seen).toBe(chunks)
    }
  })

  it('computes the next chunk while the caller works with one, and changes nothing of it', async () => {
    await withEngine(async engine => {
      for await (const chunk of engine.stream('select range::double as x from range(20000)')) {
        const first = chunk.doubles(0)[0]!
        await new Promise(resolve => setImmediate(resolve))
        for (let i = 0; i < chunk.rows; i++) expect(chunk.doubles(0)[i]).toBe(first + i)
      }
    })
  })

  it('throws what went wrong far behind, instead of ending', async () => {
    for (const at of [0, 1, 299_999]) {
      const sql = `select (case when range = ${at} then 'no number' else range::varchar end)::double as x from range(300000)`
      for (const rows of [undefined, 300_000]) {
        await expect(withEngine(engine => count(engine, sql, rows))).rejects.toThrow(/no number/)
      }
    }
  })

  it('throws what went wrong before the first row that is left', async () => {
    const sql = `select x from (select (case when range = 250000 then 'no number' else range::varchar end)::double as x from range(300000)) where x < 0`
    await expect(withEngine(engine => count(engine, sql))).rejects.toThrow(/no number/)
  })
})

describe('openEngine', () => {
  const path = join(folder, "it's [a] *.csv")
  writeFileSync(path, 'a\n1\n')
  writeFileSync(join(folder, 'other.csv'), 'a\n2\n')

  it('reads the named files and no other', async () => {
    await withEngine(
      async engine => {
        expect(await engine.rows(`select a from read_csv(${sqlPath(path)})`)).toEqual([{ a: '1' }])
        await expect(
          engine.rows(`select * from read_csv(${sqlText(join(folder, 'other.csv'))})`),
        ).rejects.toThrow(/disabled by configuration/)
        await expect(engine.run('set enable_external_access = true')).rejects.toThrow(/locked/)
      },
      { files: [path] },
    )
  })

  it('takes any text for a name or a literal', async () => {
    const text = `"a"'b'; drop table x --`
    const rows = await withEngine(engine => engine.rows(`select ${sqlText(text)} as ${sqlName(text)}`))
    expect(rows).toEqual([{ [text]: text }])
  })
})
