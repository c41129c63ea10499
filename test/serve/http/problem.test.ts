import { describe, expect, it } from 'vitest'
import { createError, ERROR_CATALOGUE, type ErrorCode } from '../../../src/core/errors.js'
import { problemOf } from '../../../src/serve/http/problem.js'

describe('problemOf', () => {
  it('names fields of requests, never options of the command line, but for what the operator does', () => {
    const codes = Object.keys(ERROR_CATALOGUE) as ErrorCode[]
    const named = codes.filter(code => {
      const values = new Proxy({}, { get: () => 'give --late-rows sort' })
      const { status, detail, remedy } = problemOf(createError(code, values as never))
      return (
        ERROR_CATALOGUE[code].kind !== 'request' && status !== 500 && /--[a-z]/.test(`${detail} ${remedy}`)
      )
    })
    expect(named).toEqual([])
  })

  it('places what is not allowed in the request', () => {
    const where = ['the command', 'the command line or configuration']
    for (const one of where) {
      const invalid = createError('option-invalid', {
        name: '--map',
        got: 'abc',
        where: one,
        wanted: 'it is bad',
      })
      expect(problemOf(invalid).detail).toContain('map is abc in the request')
    }
  })

  it('has the remedy of a request where there is one, and the option as the field of a job elsewhere', () => {
    const place = { file: 'the body', row: 'line 3', column: 'flow' }
    expect(problemOf(createError('data-missing-value', place)).remedy).toBe(
      'Send a number in its place, or leave the sample out. A job takes the option missing: hold, linear, mask or drop.',
    )
    const long = problemOf(createError('limit-memory', { what: 'it', got: '2 GB', wanted: '1 GB' }))
    expect(long.remedy).toBe('Use a smaller window, units or batchSize.')
  })
})
