import { describe, expect, it } from 'vitest'
import { intervalsOf, labelsOf, readLabels, scoredOnly } from '../../src/evaluate/index.js'
import { randomCase } from './cases.js'

describe('readLabels', () => {
  it('takes numbers and booleans, and never hands its input on', () => {
    expect(Array.from(readLabels([0, 1, 1], 3))).toEqual([0, 1, 1])
    expect(Array.from(readLabels([false, true], 2))).toEqual([0, 1])
    const given = Uint8Array.of(0, 1)
    expect(readLabels(given, 2)).not.toBe(given)
  })

  it('says which label of how many is wrong', () => {
    expect(() => readLabels([0, 1], 3)).toThrow('2 labels were given for 3 samples')
    expect(() => readLabels([0, 2, 1], 3)).toThrow('the label of sample 1 is 2, expected 0 or 1')
    expect(() => readLabels([0, Number.NaN], 2)).toThrow('sample 1 is NaN')
  })
})

describe('labelsOf', () => {
  it('takes intervals that overlap, and none as no anomaly', () => {
    const intervals = [
      { start: 0, end: 2 },
      { start: 1, end: 3 },
    ]
    expect(Array.from(labelsOf(intervals, 4))).toEqual([1, 1, 1, 0])
    expect(Array.from(labelsOf([], 2))).toEqual([0, 0])
  })

  it.each([
    [2, 2],
    [-1, 2],
    [3, 9],
    [0.5, 2],
  ])('refuses the interval [%d, %d) of a series of 8 samples', (start, end) => {
    expect(() => labelsOf([{ start, end }], 8)).toThrow(`[${start}, ${end}) does not fit`)
  })
})

describe('intervalsOf', () => {
  it('is the inverse of reading intervals', () => {
    const { labels } = randomCase(9)
    expect(Array.from(labelsOf(intervalsOf(labels), labels.length))).toEqual(labels)
  })

  it('finds intervals at both ends', () => {
    expect(intervalsOf([1, 0, 0, 1])).toEqual([
      { start: 0, end: 1 },
      { start: 3, end: 4 },
    ])
    expect(intervalsOf([])).toEqual([])
  })
})

describe('scoredOnly', () => {
  it('counts the samples that have no score and keeps the place of the others', () => {
    const scored = scoredOnly([Number.NaN, 3, Number.NaN, Number.POSITIVE_INFINITY], [1, 1, 0, 0])
    expect(scored.unscored).toBe(2)
    expect(Array.from(scored.scores)).toEqual([3, Number.POSITIVE_INFINITY])
    expect(Array.from(scored.labels)).toEqual([1, 0])
    expect(Array.from(scored.position)).toEqual([1, 3])
  })

  it('refuses labels of another length', () => {
    expect(() => scoredOnly([1, 2], [1])).toThrow('1 label was given for 2 samples')
  })
})
