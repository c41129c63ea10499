import { describe, expect, it } from 'vitest'
import { firstDifference, type Recordings } from '../../../src/cli/verify/recording.js'

const of = (more: object = {}, device = ''): Recordings =>
  new Map([
    [
      device,
      { timeMs: [0, 1], score: [Number.NaN, 2], reason: ['warm-up', ''], events: ['e 0 1 2'], ...more },
    ],
  ])

describe('firstDifference', () => {
  it('finds none between equal recordings, with samples that have no score', () => {
    expect(firstDifference(of(), of())).toBeUndefined()
  })

  it.each([
    [
      of({ score: [Number.NaN, 2.0000002384185791] }),
      'sample 1: the score is 2.000000238418579 instead of 2',
    ],
    [of({ reason: ['missing', ''] }), 'sample 0: the reason is "missing" instead of "warm-up"'],
    [of({ timeMs: [0, 2] }), 'sample 1: the time is 2 instead of 1'],
    [of({ timeMs: [0] }), '1 sample instead of 2'],
    [of({ events: [] }), 'event 0: none instead of e 0 1 2'],
    [of({ events: ['e 0 1 2', 'f 3 4 5'] }), '2 events instead of 1'],
    [new Map() as Recordings, 'nothing came'],
    [new Map([...of(), ...of({}, 'p')]), 'device p: it is not in the table'],
  ])('says what differs first', (got, text) => {
    expect(firstDifference(of(), got)).toBe(text)
  })
})
