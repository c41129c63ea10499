import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { tableSource } from '../../src/cli/table-source.js'
import { createError } from '../../src/core/errors.js'
import { asTrained, readingOf, readOptions, trainedReading } from '../../src/ingest/index.js'

const cwd = resolve('somewhere')
const metrics = { time: (_: string, work: () => unknown) => work() }
const io = { cwd, signal: new AbortController().signal, metrics } as unknown as Io
const options = (given: object = {}) => readOptions.parse(given)

describe('tableSource', () => {
  it('takes a path from the working folder, and standard input as it is', () => {
    expect(tableSource(io, 'a.csv', options()).source).toBe(join(cwd, 'a.csv'))
    expect(tableSource(io, '-', options()).source).toBe('-')
  })

  it('takes a query instead, which sees the working folder or the roots given', () => {
    const sql = "select * from 'a.csv'"
    const { source, request } = tableSource(io, undefined, options({ sql }))
    expect([source, request.roots]).toEqual([{ query: sql }, [cwd]])
    const roots = options({ sql, sqlRoots: ['x', 'y'] })
    expect(tableSource(io, undefined, roots).request.roots).toEqual([join(cwd, 'x'), join(cwd, 'y')])
    expect(tableSource(io, 'a.csv', options()).request.roots).toBeUndefined()
  })

  it('wants one of both, never none or two', () => {
    expect(() => tableSource(io, undefined, options())).toThrow(
      expect.objectContaining({ code: 'option-missing' }),
    )
    expect(() => tableSource(io, 'a.csv', options({ sql: 'select 1' }))).toThrow(
      expect.objectContaining({ code: 'option-conflict' }),
    )
  })

  it('lets missing readings in as soon as any policy treats them', () => {
    const missingOf = (choice: object) =>
      tableSource(io, 'a.csv', { ...options(), ...choice }).request.missing
    expect(missingOf({})).toBe('error')
    expect(missingOf({ missing: 'error' })).toBe('error')
    expect(missingOf({ missing: 'hold' })).toBe('keep')
    expect(missingOf({ missing: 'error', missingByChannel: ['flow=mask'] })).toBe('keep')
  })

  it('hands on the signal that interrupts', () => {
    expect(tableSource(io, 'a.csv', options()).request.signal).toBe(io.signal)
  })
})

describe('tableSource with a model', () => {
  const derived = [{ channel: 'parts.rate', from: 'parts', kind: 'rate' as const }]
  const told: string[] = []
  const world = { ...io, stderr: (text: string) => told.push(text) } as unknown as Io
  const modelOf = (kept: object) => ({
    options: JSON.parse(JSON.stringify(kept)),
    timeColumn: 'time',
    labelColumn: null,
  })
  const reading = readingOf(options({ where: 'speed > 0', decimal: ',', timeZone: 'Europe/Berlin' }), {
    derived,
    form: { dateOrder: 'dmy' },
  })

  it('reads cells and rows as the training did, and says which rows are kept', () => {
    const { request, times } = tableSource(world, 'a.csv', options(), modelOf(reading))
    expect(request).toMatchObject({ where: 'speed > 0', decimal: ',', timeZone: 'Europe/Berlin', derived })
    expect(request.form).toEqual({ dateOrder: 'dmy' })
    expect(times).toEqual({ timeZone: 'Europe/Berlin', firstRow: 0 })
    expect(told.join('')).toContain('rows are kept as in training: speed > 0')
  })

  it('computes the channels of the training and no others: those of an older model none', () => {
    expect(tableSource(world, 'a.csv', options(), modelOf({})).request.derived).toEqual([])
    expect(tableSource(world, 'a.csv', options()).request.derived).toBeUndefined()
  })

  it('takes missing readings as the training did', () => {
    expect(tableSource(world, 'a.csv', options(), modelOf({ missing: 'hold' })).request.missing).toBe('keep')
    const asked = { ...options(), missing: 'error' }
    expect(tableSource(world, 'a.csv', asked, modelOf({ missing: 'hold' })).request.missing).toBe('error')
  })

  it('looks for the time column of the training, then for any', async () => {
    const asked: (string | undefined)[] = []
    const { read } = tableSource(world, 'a.csv', options(), modelOf({}))
    await read(async (_, request) => {
      asked.push(request.timeColumn)
      if (request.timeColumn === 'time')
        throw createError('data-column-missing', { file: 'a.csv', column: 'time', got: 'x', nearest: '' })
      return 1
    })
    expect(asked).toEqual(['time', undefined])
  })

  it('refuses a model whose reading options are damaged', () => {
    expect(() => tableSource(world, 'a.csv', options(), modelOf({ derived: [{ kind: 'power' }] }))).toThrow(
      expect.objectContaining({ code: 'artefact-damaged' }),
    )
  })
})

describe('asTrained', () => {
  const trained = trainedReading({
    timeZone: 'Europe/Berlin',
    rename: ['a=b'],
    cadence: '10s',
    aggregate: 'max',
    tolerance: '1m',
  })

  it('reads as the training did where nothing else is said', () => {
    const { derived, form, ...kept } = trained
    expect([derived, form]).toEqual([[], {}])
    expect(asTrained(options(), trained)).toMatchObject(kept)
  })

  it('lets what is said now win, the cadence with all that belongs to it', () => {
    const now = asTrained(options({ timeZone: 'UTC', cadence: '5s' }), trained)
    expect(now).toMatchObject({ timeZone: 'UTC', rename: ['a=b'], cadence: '5s', aggregate: 'mean' })
    expect(now.tolerance).toBeUndefined()
  })

  it('never takes over which part of the table was read', () => {
    const part = { from: '2024-01-01', to: '2024-02-01', channels: ['a'], device: 'd' }
    expect(asTrained(options(), trainedReading(part))).toEqual(options())
  })
})
