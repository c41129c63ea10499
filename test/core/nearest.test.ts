import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestName } from '../../src/core/nearest.js'

describe('nearestName', () => {
  it('finds the name that was meant behind a typing mistake', () => {
    const names = ['window', 'batch-size', 'epochs', 'workers']
    expect(nearestName('windwo', names)).toBe('window')
    expect(nearestName('batchSize', names)).toBe('batch-size')
    expect(nearestName('EPOCH', names)).toBe('epochs')
    expect(nearestName('worker', names)).toBe('workers')
  })

  it('gives an empty text when there is nothing to choose from', () => {
    expect(nearestName('x', [])).toBe('')
  })

  it('takes the first of several candidates at the same distance', () => {
    expect(nearestName('b', ['a', 'c'])).toBe('a')
  })

  it('returns the name itself whenever it is a candidate', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z-]{1,8}$/), { minLength: 1 }), names => {
        const name = names[names.length - 1]
        expect(nearestName(name, names)).toBe(name)
      }),
    )
  })

  it('finds a name after one letter is lost, when all others are further away', () => {
    for (const lost of [0, 3, 7]) {
      const name = 'threshold'
      expect(nearestName(name.slice(0, lost) + name.slice(lost + 1), ['quantile', name, 'stride'])).toBe(name)
    }
  })
})
