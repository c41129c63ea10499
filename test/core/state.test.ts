import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkOptions,
  checkState,
  countIn,
  type Json,
  nestedState,
  nestStates,
  type State,
  vector,
} from '../../src/core/state.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'

const name = fc.stringMatching(/^[a-z]{1,6}$/)
const tensor = fc
  .array(fc.double(), { maxLength: 5 })
  .chain(values => fc.constantFrom(vector(Float64Array.from(values)), vector(Float32Array.from(values))))
const json = fc
  .jsonValue({ maxDepth: 2 })
  .filter(value => !JSON.stringify(value).includes('-0')) as fc.Arbitrary<Json>
const anyState: fc.Arbitrary<State> = fc.record({
  kind: name,
  version: fc.integer({ min: 1, max: 99 }),
  options: json,
  arrays: fc.dictionary(name, tensor, { maxKeys: 3, noNullPrototype: true }),
})
const unfit = (message: string) =>
  expect.objectContaining({ code: 'state-unfit', message: expect.stringContaining(message) })

describe('nestStates', () => {
  it('gives each state back, through bytes and at any depth', () => {
    fc.assert(
      fc.property(fc.dictionary(name, anyState, { maxKeys: 4, noNullPrototype: true }), parts => {
        const inner = { kind: 'inner', version: 1, ...nestStates(parts) }
        const whole = stateFromBytes(stateToBytes({ kind: 'outer', version: 1, ...nestStates({ inner }) }))
        const back = nestedState(whole, 'inner')
        expect(back && stateToBytes(back)).toEqual(stateToBytes(inner))
        for (const [key, state] of Object.entries(parts)) {
          const part = back && nestedState(back, key)
          expect(part && stateToBytes(part)).toEqual(stateToBytes(state))
        }
      }),
      { seed: 1 },
    )
  })

  it('keeps states apart whose names begin alike', () => {
    const state = (value: number): State => ({
      kind: 'k',
      version: 1,
      options: null,
      arrays: { x: vector(Float64Array.of(value)) },
    })
    const nested = nestStates({ a: state(1), ab: state(2) })
    expect(nestedState(nested, 'a')).toEqual(state(1))
    expect(nestedState(nested, 'ab')).toEqual(state(2))
  })

  it('leaves out what is not there, and does not find what is of every object', () => {
    const nested = nestStates({ a: undefined })
    expect(nested).toEqual({ options: { parts: {} }, arrays: {} })
    expect(nestedState(nested, 'a')).toBeUndefined()
    expect(nestedState(nested, 'constructor')).toBeUndefined()
    expect(nestedState({ options: null, arrays: {} }, 'a')).toBeUndefined()
  })
})

describe('checks of a state', () => {
  const state: State = {
    kind: 'k',
    version: 2,
    options: { n: 3, on: true },
    arrays: { x: vector(Float64Array.of(1, 2)) },
  }

  it('gives a fitting state back', () => {
    expect(checkState(state, 'k', 2, { x: 2 })).toBe(state)
    expect(checkState(state, 'k', 2, { x: null })).toBe(state)
    expect(countIn(state, 'n')).toBe(3)
    expect(() => checkOptions(state, { n: 3, on: true })).not.toThrow()
  })

  it('refuses another kind, version, length or a missing array, and says which', () => {
    expect(() => checkState(state, 'j', 2)).toThrow(unfit('k version 2'))
    expect(() => checkState(state, 'k', 1)).toThrow(unfit('k version 1'))
    expect(() => checkState(state, 'k', 2, { x: 3 })).toThrow(unfit('2 numbers in x'))
    expect(() => checkState(state, 'k', 2, { y: null })).toThrow(unfit('k without y'))
    expect(() => checkState(state, 'k', 2, { constructor: null })).toThrow(unfit('k without constructor'))
  })

  it('refuses other circumstances, and says both', () => {
    expect(() => checkOptions(state, { n: 4 })).toThrow(unfit('n 3'))
    expect(() => checkOptions(state, { m: 4 })).toThrow(unfit('m unknown'))
    expect(() => checkOptions({ ...state, options: null }, { m: 4 })).toThrow(unfit('m unknown'))
  })

  it.each([-1, 1.5, '3', null, undefined, 2 ** 53])('refuses %j as a count', n => {
    const options = { n } as unknown as Json
    expect(() => countIn({ ...state, options }, 'n')).toThrow(unfit('whole number'))
  })
})
