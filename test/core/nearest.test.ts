import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createError } from '../../src/core/errors.js'
import { nearestName, similarName } from '../../src/core/nearest.js'

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
      { seed: 1 },
    )
  })

  it('finds a name after one letter is lost, when all others are further away', () => {
    for (const lost of [0, 3, 7]) {
      const name = 'threshold'
      expect(nearestName(name.slice(0, lost) + name.slice(lost + 1), ['quantile', name, 'stride'])).toBe(name)
    }
  })
})

describe('similarName', () => {
  it('takes two letters that changed places as one mistake', () => {
    expect(similarName('lsit', ['list', 'show'])).toBe('list')
    expect(similarName('pmup', ['fan', 'pump'])).toBe('pump')
  })

  it.each([
    ['--widow', ['--window', '--epochs'], '--window'],
    ['--label', ['--label-column', '--stride'], '--label-column'],
    ['pumb', ['pump', 'fan'], 'pump'],
  ])('is what %s may have meant', (name, names, wanted) => expect(similarName(name, names)).toBe(wanted))

  it.each([
    ['--colour', ['--window', '--epochs']],
    ['sing', ['help', 'train']],
    ['x', []],
  ])('is none for %s', (name, names) => expect(similarName(name, names)).toBe(''))

  it('leaves the question out of a remedy where no name is like the one that was given', () => {
    const remedy = (nearest: string) =>
      createError('option-unknown', { name: '--colour', where: 'x', nearest }).remedy
    expect(remedy('')).toBe('`telltale help` lists the options of each command.')
    expect(remedy('--color')).toMatch(/^Did you mean --color\?/)
  })
})
