import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEventOptions, type EventOptions, findEvents, sampleFate } from '../../src/events/index.js'

function series(scores: readonly number[]) {
  const timeMs = Float64Array.from(scores.keys())
  const frame = {
    timeMs,
    timeKind: 'index' as const,
    values: new Float64Array(scores.length),
    channels: ['a'],
  }
  const score = Float32Array.from(scores)
  const flag = Uint8Array.from(score, value => (value > 1 ? 1 : 0))
  return { frame, columns: { score, flag, residual: score } }
}

function fateOf(scores: readonly number[], options: EventOptions, at: number) {
  const { frame, columns } = series(scores)
  return sampleFate(frame, columns, checkEventOptions(options), at)
}

describe('sampleFate', () => {
  it('names the rule against an event', () => {
    expect(fateOf([0, 2, 0, 0], { mergeGap: 0 }, 0)).toMatchObject({ kind: 'calm', counted: 0 })
    expect(fateOf([0, 2, 2, 0], { openCount: 3, mergeGap: 0 }, 2)).toMatchObject({
      kind: 'dropped',
      flags: 2,
      samples: 2,
    })
    expect(fateOf([2, 0, 2, 0], { mergeGap: 0, coolDown: 2 }, 2)).toMatchObject({
      kind: 'cool-down',
      until: 3,
    })
    const maintenance = [{ start: 1, end: 2 }]
    expect(fateOf([0, 2, 0], { maintenance }, 1)).toMatchObject({ kind: 'maintenance', counted: 2 })
  })

  it('gives the score that rules of channels leave', () => {
    const { frame, columns } = series([0, 3, 0])
    const rules = checkEventOptions({ channels: { a: { direction: 'above' } } })
    const fate = sampleFate(frame, { ...columns, expected: [0, 1, 0] }, rules, 1)
    expect(fate).toEqual({ kind: 'calm', counted: 0 })
  })

  it('counts the events that one hump of the score was split into', () => {
    const { frame, columns } = series([0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0])
    const sharp = [-1, 3, 3, -1, -1, -1, -1, -1, -1, 3, 3, -1, -1, -1, -1, -1, -1, -1, 3, -1]
    const rules = checkEventOptions({})
    const numbers = [1, 9, 10, 18].map(at => sampleFate(frame, { ...columns, sharp }, rules, at).number)
    expect(numbers).toEqual([0, 1, 1, 2])
  })

  it('is the event of findEvents that holds the sample, for any series and rules', () => {
    const scores = fc.array(fc.constantFrom(0, 0.6, 0.9, 1.2, 2, 5, Number.NaN), {
      minLength: 1,
      maxLength: 60,
    })
    const options = fc.record({
      openCount: fc.integer({ min: 1, max: 3 }),
      closeBelow: fc.constantFrom(1, 0.8, 0.5),
      criticalScore: fc.constantFrom(undefined, 4),
      mergeGap: fc.integer({ min: 0, max: 4 }),
      minLength: fc.integer({ min: 1, max: 4 }),
      coolDown: fc.integer({ min: 0, max: 10 }),
      maintenance: fc.constantFrom([], [{ start: 10, end: 13 }]),
    })
    fc.assert(
      fc.property(scores, options, (values, rules) => {
        const { frame, columns } = series(values)
        const events = findEvents(frame, columns.score, columns.flag, columns.residual, rules)
        for (const at of values.keys()) {
          const number = events.findIndex(({ start, end }) => at >= start && at < end)
          const fate = fateOf(values, rules, at)
          expect(fate.number ?? -1).toBe(number)
          const isSilent = columns.flag[at] === 1 && number < 0
          expect(['cool-down', 'dropped', 'maintenance'].includes(fate.kind)).toBe(
            isSilent || (fate.kind === 'maintenance' && !isSilent),
          )
        }
      }),
      { seed: 1 },
    )
  })
})
