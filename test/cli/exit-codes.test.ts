import { describe, expect, it } from 'vitest'
import { EXIT_CODE_MEANINGS, EXIT_CODES } from '../../src/cli/exit-codes.js'
import { ERROR_CATALOGUE } from '../../src/core/errors.js'

describe('exit codes', () => {
  it('exist for every kind of error in the catalogue, and for no other', () => {
    const kinds = new Set(Object.values(ERROR_CATALOGUE).map(({ kind }) => kind))
    expect(Object.keys(EXIT_CODES).filter(kind => !(kinds as Set<string>).has(kind))).toEqual([])
    for (const kind of kinds) expect(EXIT_CODES[kind]).toBeGreaterThan(0)
  })

  it('all have a meaning in the documentation', () => {
    const documented = EXIT_CODE_MEANINGS.map(([code]) => code)
    expect(Object.values(EXIT_CODES).filter(code => !documented.includes(code))).toEqual([])
    expect(new Set(documented).size).toBe(documented.length)
  })
})
