import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import type { TelltaleError } from '../../src/core/errors.js'
import { openEngine, sqlText } from '../../src/engine/index.js'
import { type ReadTableOptions, readTable } from '../../src/ingest/index.js'
import { type Outcome, telltale } from '../cli/world.js'

/** The folder of the cases of one file, with what it takes to read, train and score in it. */
export function caseFolder() {
  const cwd = mkdtempSync(join(tmpdir(), 'telltale-cases-'))
  afterAll(() => rmSync(cwd, { recursive: true }))
  let count = 0
  const file = (name: string, text: string | Buffer): string => {
    writeFileSync(join(cwd, name), text)
    return join(cwd, name)
  }
  const fresh = (text: string | Buffer, name = 'x.csv') => file(`${count++}-${name}`, text)
  return {
    cwd,
    file,
    text: (name: string) => readFileSync(join(cwd, name), 'utf8'),
    json: (name: string) => JSON.parse(readFileSync(join(cwd, name), 'utf8')),
    /** Reads a text as a table. */
    read: (text: string | Buffer, options?: ReadTableOptions, name?: string) =>
      readTable(fresh(text, name), options),
    /** The error with which a text is refused. */
    refusal: (text: string | Buffer, options?: ReadTableOptions, name?: string): Promise<TelltaleError> =>
      readTable(fresh(text, name), options).then(
        () => expect.fail('it was read'),
        error => error,
      ),
    /** Reads what a query gives. */
    query: (query: string, options?: ReadTableOptions) => readTable({ query }, { ...options, roots: [cwd] }),
    /** Writes rows of SQL values to a Parquet file. */
    async parquet(name: string, select: string): Promise<string> {
      const path = join(cwd, name)
      const engine = await openEngine({ files: [path] })
      await engine.run(`copy (${select}) to ${sqlText(path)}`)
      engine.close()
      return path
    },
    /** Runs a command line in the folder. */
    tt: (line: string | readonly string[]): Promise<Outcome> =>
      telltale(typeof line === 'string' ? line.split(' ') : line, { cwd }),
    /** Runs a command line that must end well. */
    async done(line: string | readonly string[], codes = [0]): Promise<Outcome> {
      const outcome = await telltale(typeof line === 'string' ? line.split(' ') : line, { cwd })
      expect([outcome.code, codes.includes(outcome.code) ? '' : outcome.stderr]).toEqual([outcome.code, ''])
      return outcome
    },
  }
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
const START = Date.UTC(2024, 2, 1)

/** Cells of a healthy machine, one row a minute, with a header; the same rows for the same numbers. */
export function healthy(from: number, to: number): string[][] {
  let state = 1
  const uniform = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const rows = [['time', 'temp', 'flow', 'level']]
  for (let i = 0; i < to; i++) {
    const cells = [0, 1, 2].map(k => (20 + 10 * k + 3 * Math.sin(i / 9.55 + k) + 0.3 * normal()).toFixed(3))
    if (i >= from) rows.push([stamp(START + i * MINUTE), ...cells])
  }
  return rows
}

export const csv = (rows: readonly (readonly (string | number)[])[], delimiter = ',') =>
  rows.map(row => `${row.join(delimiter)}\n`).join('')
/** The same rows with each one changed; the header has number -1. */
export const changed = (rows: string[][], change: (row: string[], i: number) => string[]) =>
  rows.map((row, i) => change([...row], i - 1))
/** `2024-03-01T00:00:00Z` */
export const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
export const iso = (times: Float64Array) => [...times].map(time => new Date(time).toISOString().slice(0, 16))
/** Adds to a cell. */
export const plus = (cell: string | undefined, by: number) => (Number(cell) + by).toFixed(3)
