import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createError, DataError, ERROR_CATALOGUE, OptionError, TelltaleError } from '../../src/core/errors.js'
import { sampleCount, sliceFrame } from '../../src/core/frame.js'
import { kebabCase } from '../../src/core/options.js'
import { VERSION } from '../../src/core/version.js'

describe('errors', () => {
  it('say what, where and what to do, and carry the facts', () => {
    const error = createError('data-bad-cell', { file: 'a.csv', row: 'line 3', column: 'x', got: '"n/a"' })
    expect(error).toBeInstanceOf(DataError)
    expect(error).toBeInstanceOf(TelltaleError)
    expect(error.message).toBe('a.csv, line 3, column x: "n/a" is not a finite number')
    expect(error.remedy).toMatch(/Fix the cell/)
    expect(error.where).toMatchObject({ row: 'line 3', column: 'x' })
    expect(error.kind).toBe('data')
  })

  it('have the class that their kind names and keep their cause', () => {
    const cause = new Error('deep')
    const error = createError('option-conflict', { first: '--a', second: '--b' }, cause)
    expect(error).toBeInstanceOf(OptionError)
    expect(error.cause).toBe(cause)
  })

  it('end their message without a full stop and their remedy with one, in every entry of the catalogue', () => {
    for (const [code, { message, remedy }] of Object.entries(ERROR_CATALOGUE)) {
      expect(message, code).not.toMatch(/\.$/)
      expect(remedy, code).toMatch(/\.$/)
    }
  })
})

describe('frames', () => {
  it('slice without copying', () => {
    const frame = {
      timeMs: Float64Array.of(0, 1, 2, 3),
      timeKind: 'index' as const,
      values: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
      channels: ['a', 'b'],
    }
    const part = sliceFrame(frame, 1, 3)
    expect(sampleCount(part)).toBe(2)
    expect([...part.values]).toEqual([2, 3, 4, 5])
    expect(part.values.buffer).toBe(frame.values.buffer)
  })
})

it('kebabCase turns the name of an option into its spelling for users', () => {
  expect(kebabCase('validationShare')).toBe('validation-share')
})

it('VERSION is the version of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(VERSION).toBe(version)
})
