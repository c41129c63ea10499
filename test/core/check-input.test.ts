import { describe, expect, it } from 'vitest'
import { checkFrame, checkParts, checkText } from '../../src/core/check-input.js'
import type { Frame } from '../../src/core/frame.js'

const sound: Frame = {
  timeMs: Float64Array.of(0, 1),
  timeKind: 'utc',
  values: Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 4),
  channels: ['a', 'b'],
}

describe('checkFrame', () => {
  it('gives a frame back, whatever its readings are', () => {
    expect(checkFrame(sound, 'the test')).toBe(sound)
    expect(checkFrame({ ...sound, timeMs: Float64Array.of(0, Number.NaN) }, 'the test')).toBeDefined()
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['lists in place of arrays', { ...sound, timeMs: [0, 1] }],
    ['values of another length', { ...sound, values: new Float64Array(3) }],
    ['two channels of one name', { ...sound, channels: ['a', 'a'] }],
    ['a channel that is no name', { ...sound, channels: ['a', 7] }],
    ['a time outside of the calendar', { ...sound, timeMs: Float64Array.of(0, 8.64e15 + 1) }],
    ['another kind of times', { ...sound, timeKind: 'local' }],
  ])('refuses %s', (_, frame) => {
    expect(() => checkFrame(frame as Frame, 'the test')).toThrow(
      expect.objectContaining({ code: 'frame-invalid' }),
    )
  })
})

it('checkText and checkParts name what is wrong', () => {
  expect(checkText('a', 'path', 'x')).toBe('a')
  for (const wrong of ['', 'a\0b', null, 7, Symbol('a'), 10n])
    expect(() => checkText(wrong, 'path', 'x')).toThrow(/^path is .* in x, but it must be a text$/)
  expect(() => checkParts({ a: {} }, ['a', 'b'], 'model', 'x')).toThrow(/^model.b is not given in x/)
  const thrower = Object.defineProperty({}, 'a', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  expect(() => checkParts(thrower, [], 'options', 'x')).toThrow(
    expect.objectContaining({ code: 'option-invalid' }),
  )
})
