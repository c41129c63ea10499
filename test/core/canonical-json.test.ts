import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/core/canonical-json.js'
import { ArtefactError } from '../../src/core/errors.js'

describe('canonicalJson', () => {
  it('means what JSON means, and reads the same when it is written again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = canonicalJson(value)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
      { seed: 1 },
    )
  })

  it('does not depend on the order in which keys were added, nor on keys without a value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const turned = Object.fromEntries([...Object.entries(value)].reverse())
        expect(canonicalJson({ ...turned, '\uffff': undefined })).toBe(canonicalJson(value))
      }),
      { seed: 2 },
    )
    expect(canonicalJson({ b: 1, a: { d: [], c: 'é' } })).toBe('{"a":{"c":"é","d":[]},"b":1}')
  })

  it('refuses what JSON would lose, and depth without end', () => {
    const refused: [unknown, string][] = [
      [Number.NaN, 'it is NaN'],
      [{ a: [0, Number.POSITIVE_INFINITY] }, 'a.1 is Infinity'],
      [{ a: () => 1 }, 'a is not JSON'],
      [{ a: Float32Array.of(1) }, 'a is not JSON'],
      [[undefined], '0 is not JSON'],
      [JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)), 'nested deeper than 100 levels'],
    ]
    for (const [value, reason] of refused) {
      expect(() => canonicalJson(value)).toThrow(ArtefactError)
      expect(() => canonicalJson(value)).toThrow(reason)
    }
  })
})
