import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/engine/index.js'

const SCHEMA = 'create table if not exists t (a double, b varchar, c double[])'
let folder: string
let database: Database
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-database-'))
  database = await openDatabase(join(folder, 'x.duckdb'), SCHEMA)
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const rows = () => database.rows('select * from t order by a')

describe('database', () => {
  it('keeps numbers, texts and lists; NaN is null', async () => {
    await database.transaction(async write => {
      write.append('t', [
        [1, 'x', [1, Number.NaN]],
        [2, '', [Number.NaN, Number.NaN]],
        [Number.NaN, null, null],
      ])
    })
    expect(await rows()).toEqual([
      { a: 1, b: 'x', c: [1, null] },
      { a: 2, b: '', c: [null, null] },
      { a: null, b: null, c: null },
    ])
  })

  it('writes a transaction whole or not at all', async () => {
    const failed = database.transaction(async write => {
      write.append('t', [[1, 'x', null]])
      await write.run('insert into t values (2, $1, null)', ['y'])
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await rows()).toEqual([])
    await database.transaction(async write => write.append('t', [[3, 'z', null]]))
    expect((await rows()).length).toBe(1)
  })

  it('is there again after it was closed, and so is its backup', async () => {
    await database.transaction(async write => write.append('t', [[1, "it's", [2]]]))
    await database.backup(join(folder, 'copy.duckdb'))
    await database.close()
    database = await openDatabase(join(folder, 'copy.duckdb'), SCHEMA)
    expect(await rows()).toEqual([{ a: 1, b: "it's", c: [2] }])
  })
})
