import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { asTrained, tableSource } from '../../src/cli/table-source.js'
import { readOptions } from '../../src/ingest/index.js'

const cwd = resolve('somewhere')
const io = { cwd, signal: new AbortController().signal } as Io
const options = (given: object = {}) => readOptions.parse(given)

describe('tableSource', () => {
  it('takes a path from the working folder, and standard input as it is', () => {
    expect(tableSource(io, 'a.csv', options(), {}).source).toBe(join(cwd, 'a.csv'))
    expect(tableSource(io, '-', options(), {}).source).toBe('-')
  })

  it('takes a query instead, which sees the working folder or the roots given', () => {
    const sql = "select * from 'a.csv'"
    const { source, request } = tableSource(io, undefined, options({ sql }), {})
    expect([source, request.roots]).toEqual([{ query: sql }, [cwd]])
    const roots = options({ sql, sqlRoots: ['x', 'y'] })
    expect(tableSource(io, undefined, roots, {}).request.roots).toEqual([join(cwd, 'x'), join(cwd, 'y')])
    expect(tableSource(io, 'a.csv', options(), {}).request.roots).toBeUndefined()
  })

  it('wants one of both, never none or two', () => {
    expect(() => tableSource(io, undefined, options(), {})).toThrow(
      expect.objectContaining({ code: 'option-missing' }),
    )
    expect(() => tableSource(io, 'a.csv', options({ sql: 'select 1' }), {})).toThrow(
      expect.objectContaining({ code: 'option-conflict' }),
    )
  })

  it('lets missing readings in as soon as any policy treats them', () => {
    const missingOf = (choice: object) => tableSource(io, 'a.csv', options(), choice).request.missing
    expect(missingOf({})).toBe('error')
    expect(missingOf({ missing: 'error' })).toBe('error')
    expect(missingOf({ missing: 'hold' })).toBe('keep')
    expect(missingOf({ missing: 'error', missingByChannel: ['flow=mask'] })).toBe('keep')
  })

  it('hands on the signal that interrupts', () => {
    expect(tableSource(io, 'a.csv', options(), {}).request.signal).toBe(io.signal)
  })
})

describe('asTrained', () => {
  const trained = {
    timeZone: 'Europe/Berlin',
    rename: ['a=b'],
    cadence: '10s',
    aggregate: 'max',
    tolerance: '1m',
  }

  it('reads as the training did where nothing else is said', () => {
    expect(asTrained(options(), trained)).toMatchObject(trained)
  })

  it('lets what is said now win, the cadence with all that belongs to it', () => {
    const now = asTrained(options({ timeZone: 'UTC', cadence: '5s' }), trained)
    expect(now).toMatchObject({ timeZone: 'UTC', rename: ['a=b'], cadence: '5s', aggregate: 'mean' })
    expect(now.tolerance).toBeUndefined()
  })

  it('never takes over which part of the table was read', () => {
    const part = { from: '2024-01-01', to: '2024-02-01', where: 'x > 0', channels: ['a'], device: 'd' }
    expect(asTrained(options(), part)).toEqual(options())
  })
})
