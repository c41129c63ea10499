import { describe, expect, it } from 'vitest'
import { ARTEFACT_ERRORS } from '../../../src/core/errors/artefact.js'
import { BUG_ERRORS } from '../../../src/core/errors/bug.js'
import { ERROR_CATALOGUE } from '../../../src/core/errors/catalogue.js'
import { DATA_ERRORS } from '../../../src/core/errors/data.js'
import { ofKind } from '../../../src/core/errors/entry.js'
import { INTERRUPTED_ERRORS } from '../../../src/core/errors/interrupted.js'
import { LIMIT_ERRORS } from '../../../src/core/errors/limit.js'
import { OPTION_ERRORS } from '../../../src/core/errors/option.js'
import { REQUEST_ERRORS } from '../../../src/core/errors/request.js'
import { SOURCE_ERRORS } from '../../../src/core/errors/source.js'

const KINDS = {
  option: OPTION_ERRORS,
  data: DATA_ERRORS,
  source: SOURCE_ERRORS,
  artefact: ARTEFACT_ERRORS,
  limit: LIMIT_ERRORS,
  request: REQUEST_ERRORS,
  interrupted: INTERRUPTED_ERRORS,
  bug: BUG_ERRORS,
}

describe('the catalogue of errors', () => {
  it('has every code once: no kind replaces a code of another', () => {
    const codes = Object.values(KINDS).flatMap(entries => Object.keys(entries))
    expect(new Set(codes).size).toBe(codes.length)
    expect(Object.keys(ERROR_CATALOGUE).sort()).toEqual(codes.sort())
  })

  it('has the kind of its file in every entry', () => {
    for (const [kind, entries] of Object.entries(KINDS)) {
      for (const code of Object.keys(entries)) expect(ERROR_CATALOGUE).toHaveProperty([code, 'kind'], kind)
    }
  })
})

it('ofKind adds the kind to the texts of each code', () => {
  expect(ofKind('limit', { a: { message: 'm', remedy: 'r' } })).toEqual({
    a: { kind: 'limit', message: 'm', remedy: 'r' },
  })
})
