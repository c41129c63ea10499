import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ARCHITECTURES, architectureJsonSchema } from '../../../src/nn/index.js'

const schema = z.fromJSONSchema(architectureJsonSchema() as never)
const accepts = (value: unknown) => schema.safeParse(value).success
const lstm = { type: 'lstm', units: 'units/2', returnSequences: true }

describe('the JSON Schema of architecture files', () => {
  it('takes every predefined architecture', () => {
    for (const definition of ARCHITECTURES) expect(accepts(definition)).toBe(true)
    expect(accepts({ $schema: 'x', name: 'a', encoder: [lstm] })).toBe(true)
  })

  it('takes layers within layers, with size words', () => {
    expect(accepts({ name: 'a', encoder: [{ type: 'bidirectional', layer: lstm }] })).toBe(true)
    const residual = { type: 'residual', layers: [lstm, { type: 'residual', layers: [lstm] }] }
    expect(accepts({ name: 'a', encoder: [residual] })).toBe(true)
  })

  it.each([
    [
      'an unknown key of a layer within a layer',
      { name: 'a', encoder: [{ type: 'residual', layers: [{ ...lstm, unit: 3 }] }] },
    ],
    ['an unknown key', { name: 'a', encoder: [lstm], layers: [] }],
    ['an unknown layer', { name: 'a', encoder: [{ ...lstm, type: 'lstn' }] }],
    ['an unknown key of a layer', { name: 'a', encoder: [{ ...lstm, unit: 3 }] }],
    ['a size word that does not exist', { name: 'a', encoder: [{ ...lstm, units: 'width' }] }],
    ['no encoder', { name: 'a' }],
  ])('refuses %s', (_, value) => {
    expect(accepts(value)).toBe(false)
  })
})
