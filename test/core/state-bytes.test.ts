import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArtefactError } from '../../src/core/errors.js'
import { encodeSafetensors } from '../../src/core/safetensors.js'
import type { Json, State } from '../../src/core/state.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'

const tensor = fc.tuple(fc.boolean(), fc.array(fc.double(), { maxLength: 5 })).map(([wide, values]) => ({
  shape: [values.length],
  data: wide ? Float64Array.from(values) : Float32Array.from(values),
}))
const states: fc.Arbitrary<State> = fc.record({
  kind: fc.string({ minLength: 1, maxLength: 20 }),
  version: fc.integer({ min: 1, max: 1000 }),
  options: fc.jsonValue().map(value => JSON.parse(JSON.stringify(value)) as Json),
  arrays: fc.dictionary(fc.string({ maxLength: 8 }), tensor, { maxKeys: 4 }),
})

describe('a state as bytes', () => {
  it('comes back as it was, and gives the same bytes again', () => {
    fc.assert(
      fc.property(states, state => {
        const bytes = stateToBytes(state)
        const back = stateFromBytes(bytes)
        expect(back.options).toEqual(state.options)
        expect([back.kind, back.version]).toEqual([state.kind, state.version])
        expect(Object.keys(back.arrays).sort()).toEqual(Object.keys(state.arrays).sort())
        for (const [name, array] of Object.entries(state.arrays)) expect(back.arrays[name]).toEqual(array)
        expect(stateToBytes(back)).toEqual(bytes)
      }),
      { seed: 3, numRuns: 300 },
    )
  })

  it('is refused with an ArtefactError, or decoded, whatever was done to it', () => {
    fc.assert(
      fc.property(states, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (state, edits) => {
        const bytes = stateToBytes(state)
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        try {
          stateFromBytes(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ArtefactError)
        }
      }),
      { seed: 4, numRuns: 1000 },
    )
  })

  it.each<[string, Record<string, string>, RegExp]>([
    ['no texts', {}, /not that of a state/],
    ['another format', { format: 'pt', kind: 'a', version: '1', options: '{}' }, /not that of a state/],
    [
      'a text more',
      { format: 'telltale-state', kind: 'a', version: '1', options: '{}', x: '' },
      /not that of a state/,
    ],
    ['no kind', { format: 'telltale-state', kind: '', version: '1', options: '{}' }, /not that of a state/],
    [
      'version 0',
      { format: 'telltale-state', kind: 'a', version: '0', options: '{}' },
      /not that of a state/,
    ],
    [
      'half a version',
      { format: 'telltale-state', kind: 'a', version: '1.5', options: '{}' },
      /not that of a state/,
    ],
    [
      'options that are cut',
      { format: 'telltale-state', kind: 'a', version: '1', options: '{"a":' },
      /not JSON/,
    ],
  ])('is refused with %s', (_, texts, message) => {
    expect(() => stateFromBytes(encodeSafetensors({}, texts), 'the session')).toThrow(message)
    expect(() => stateFromBytes(encodeSafetensors({}, texts), 'the session')).toThrow(
      /^the session is damaged/,
    )
  })
})
