import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import {
  createEventMachine,
  type EventChange,
  type EventOptions,
  type EventSample,
  findEvents,
  flaggedIntervals,
} from '../../src/events/index.js'

const CHANNELS = ['a', 'b']

/** Samples of a score series, with both channels in it. */
function samplesOf(scores: readonly number[]): EventSample[] {
  return scores.map((score, i) => ({ timeMs: i, score, residual: [score, i % 3] }))
}

function run(scores: readonly number[], options: EventOptions): EventChange[] {
  const machine = createEventMachine(CHANNELS, 'index', options)
  const changes = samplesOf(scores).map(sample => machine.push(sample))
  return [...changes, machine.finish()].filter(change => change !== undefined)
}

const closed = (changes: readonly EventChange[]): AnomalyEvent[] =>
  changes.filter(({ type }) => type === 'closed').map(({ event }) => event)
const spans = (scores: readonly number[], options: EventOptions) =>
  closed(run(scores, options)).map(({ start, end }) => [start, end])

const series = fc.array(fc.constantFrom(0, 0.6, 0.9, 1.2, 2, 5, Number.NaN), { maxLength: 60 })
const options: fc.Arbitrary<EventOptions> = fc.record({
  openCount: fc.integer({ min: 1, max: 3 }),
  openWithin: fc.integer({ min: 3, max: 5 }),
  closeBelow: fc.constantFrom(1, 0.8, 0.5),
  criticalScore: fc.constantFrom(undefined, 4),
  mergeGap: fc.integer({ min: 0, max: 4 }),
  minLength: fc.integer({ min: 1, max: 4 }),
  coolDown: fc.integer({ min: 0, max: 10 }),
  maintenance: fc.constantFrom(
    [],
    [{ start: 10, end: 20 }],
    [
      { start: 0, end: 3 },
      { start: 30, end: 31 },
    ],
  ),
})

describe('createEventMachine', () => {
  it('on its defaults finds the merged stretches of flags', () => {
    fc.assert(
      fc.property(
        series,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        (scores, mergeGap, minLength) => {
          const rule = { mergeGap, minLength }
          const flags = scores.map(score => (score > 1 ? 1 : 0))
          expect(spans(scores, rule)).toEqual(
            flaggedIntervals(flags, rule).map(({ start, end }) => [start, end]),
          )
        },
      ),
    )
  })

  it('gives the same changes when it is saved as JSON and brought back at any sample', () => {
    fc.assert(
      fc.property(series, options, fc.nat(60), (scores, rules, cut) => {
        const first = createEventMachine(CHANNELS, 'index', rules)
        const samples = samplesOf(scores)
        const before = samples.slice(0, cut).map(sample => first.push(sample))
        const saved = JSON.parse(JSON.stringify(first.state()))
        const second = createEventMachine(CHANNELS, 'index', rules, saved)
        const after = samples.slice(cut).map(sample => second.push(sample))
        const all = [...before, ...after, second.finish()].filter(change => change !== undefined)
        expect(all).toEqual(run(scores, rules))
      }),
    )
  })

  it('is what a whole series goes through', () => {
    fc.assert(
      fc.property(series, options, (scores, rules) => {
        const samples = samplesOf(scores)
        const frame = {
          timeMs: Float64Array.from(scores.keys()),
          timeKind: 'index' as const,
          values: new Float64Array(2 * scores.length),
          channels: CHANNELS,
        }
        const score = Float32Array.from(scores)
        const flag = Uint8Array.from(score, value => (value > 1 ? 1 : 0))
        const residual = Float32Array.from(samples.flatMap(sample => Array.from(sample.residual)))
        const single = scores.map(value => Math.fround(value))
        const machine = createEventMachine(CHANNELS, 'index', rules)
        const changes = single.map((value, i) =>
          machine.push({ timeMs: i, score: value, residual: residual.subarray(2 * i, 2 * i + 2) }),
        )
        const streamed = closed([...changes, machine.finish()].filter(change => change !== undefined))
        expect(findEvents(frame, score, flag, residual, rules)).toEqual(streamed)
      }),
    )
  })

  it('opens, updates and closes each event in this order, under one id that no other event has', () => {
    fc.assert(
      fc.property(series, options, (scores, rules) => {
        const changes = run(scores, rules)
        let open: string | undefined
        for (const { type, event } of changes) {
          if (type === 'opened') {
            expect(open).toBeUndefined()
            open = event.id
          }
          expect(event.id).toBe(open)
          if (type === 'closed') open = undefined
        }
        expect(open).toBeUndefined()
        const ids = closed(changes).map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
      }),
    )
  })

  it('keeps events out of maintenance and respects the cool-down unless a score is critical', () => {
    fc.assert(
      fc.property(series, options, (scores, rules) => {
        const events = closed(run(scores, rules))
        events.forEach(({ start, end, onset, peak }, k) => {
          for (const window of rules.maintenance ?? [])
            if ('start' in window)
              expect(end <= Number(window.start) || start >= Number(window.end)).toBe(true)
          expect(onset).toBeLessThanOrEqual(start)
          expect(peak).toBeGreaterThanOrEqual(start)
          expect(peak).toBeLessThan(end)
          if (k === 0) return
          const quiet = events[k - 1].end + (rules.coolDown ?? 0)
          expect(start >= quiet || scores[start] >= (rules.criticalScore ?? Number.POSITIVE_INFINITY)).toBe(
            true,
          )
          expect(onset).toBeGreaterThanOrEqual(events[k - 1].end)
        })
      }),
    )
  })

  it('finds the same events again in the flags of the events it found', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 5 }), (scores, mergeGap) => {
        const found = spans(scores, { mergeGap })
        const again = scores.map((_, i) => (found.some(([start, end]) => i >= start && i < end) ? 2 : 0))
        expect(spans(again, { mergeGap })).toEqual(found)
      }),
    )
  })
})

describe('the rules of events', () => {
  const plain = { mergeGap: 0 }

  it('open after m of n flagged samples, from the first of them', () => {
    const rule = { ...plain, openCount: 3, openWithin: 5 }
    expect(spans([2, 0, 2, 0, 0, 0, 2, 2, 0], rule)).toEqual([])
    expect(spans([0, 2, 0, 2, 0, 2, 0], rule)).toEqual([[1, 6]])
  })

  it('keep an event open above the lower level', () => {
    expect(spans([2, 0.9, 0.9, 2, 0.7, 2], { ...plain, closeBelow: 0.8 })).toEqual([
      [0, 4],
      [5, 6],
    ])
    expect(spans([0.9, 0.9, 0], { ...plain, closeBelow: 0.8 })).toEqual([])
  })

  it('let a critical score through at once, also in the cool-down', () => {
    const strict = { ...plain, minLength: 4, criticalScore: 5 }
    expect(spans([2, 0, 6, 0], strict)).toEqual([[2, 3]])
    expect(spans([2, 0, 2, 0, 6, 0], { ...plain, coolDown: 10, criticalScore: 5 })).toEqual([
      [0, 1],
      [4, 5],
    ])
  })

  it('count the flags that maintenance and cool-down kept back', () => {
    const rules = { ...plain, coolDown: 3, maintenance: [{ start: 6, end: 8 }] }
    const machine = createEventMachine(CHANNELS, 'index', rules)
    for (const sample of samplesOf([2, 0, 2, 0, 0, 0, 2, 2, 2])) machine.push(sample)
    expect(machine.state().gate).toMatchObject({ inMaintenance: 2, inCoolDown: 1 })
  })

  it('read maintenance as times with zone', () => {
    const day = Date.UTC(2024, 0, 1)
    const machine = createEventMachine(['a'], 'utc', {
      maintenance: [{ start: '2024-01-01T06:00:00Z', end: '2024-01-01T07:00:00Z' }],
    })
    const at = (hour: number) =>
      machine.push({ timeMs: day + hour * 3_600_000, score: 3, residual: [3] })?.type
    expect([at(5), at(6), at(6.9), at(7)]).toEqual(['opened', 'closed', undefined, 'opened'])
  })

  it.each([
    [{ direction: 'above' as const }, [-3, 1], false],
    [{ direction: 'above' as const }, [3, 1], true],
    [{ direction: 'below' as const }, [3, 1], false],
    [{ minAbsolute: 4 }, [-3, 1], false],
    [{ minAbsolute: 3 }, [-3, 1], true],
    [{ minRelative: 0.05 }, [3, 1], false],
    [{ minRelative: 0.02 }, [3, 1], true],
  ])('with %j for channel a and deviations %j of 100 give an event: %s', (rule, deviation, wanted) => {
    const machine = createEventMachine(CHANNELS, 'index', { channels: { a: rule } })
    const sample = { timeMs: 0, score: 4, residual: [7, 1], deviation, expected: [100, 100] }
    expect(machine.push(sample)?.type === 'opened').toBe(wanted)
  })

  it('take out only the part of the channel that breaks its rule', () => {
    const machine = createEventMachine(CHANNELS, 'index', { channels: { a: { minAbsolute: 4 } } })
    const sample = { timeMs: 0, score: 4, residual: [4, 4], deviation: [1, 1], expected: [0, 0] }
    expect(machine.push(sample)?.event.score).toBe(2)
  })

  it('refuse channel rules when the detector does not say what it expected', () => {
    const machine = createEventMachine(CHANNELS, 'index', { channels: { a: { minAbsolute: 4 } } })
    expect(() => machine.push({ timeMs: 0, score: 4, residual: [4, 4] })).toThrow(
      expect.objectContaining({ code: 'option-combination' }),
    )
  })

  it.each([
    [{ openCount: 3, openWithin: 2 }, 'openWithin is 2'],
    [{ closeBelow: 1.5 }, 'closeBelow is 1.5'],
    [{ maintenance: [{ start: 5, end: 5 }] }, 'maintenance.0'],
    [{ maintenance: [{ start: 'yesterday', end: 5 }] }, 'maintenance.0.start is "yesterday"'],
  ])('refuse %j', (wrong, message) => {
    expect(() => createEventMachine(CHANNELS, 'index', wrong)).toThrow(
      expect.objectContaining({ code: 'option-invalid', message: expect.stringContaining(message) }),
    )
  })
})
