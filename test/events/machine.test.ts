import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnomalyEvent, EventChange } from '../../src/core/contracts.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import {
  createEventMachine,
  type EventOptions,
  type EventSample,
  type EventStep,
  findEvents,
} from '../../src/events/index.js'

const CHANNELS = ['a', 'b']

/** Samples of a score series, with both channels in it. */
function samplesOf(scores: readonly number[]): EventSample[] {
  return scores.map((score, i) => ({ timeMs: i, score, residual: [score, i % 3] }))
}

function run(scores: readonly number[], options: EventOptions): EventChange[] {
  const machine = createEventMachine(CHANNELS, 'index', options)
  const changes = samplesOf(scores).map(sample => machine.push(sample))
  return changesIn([...changes, machine.finish()])
}

/** The steps that opened or closed an event. */
function changesIn(steps: readonly EventStep[]): EventChange[] {
  return steps.filter((step): step is EventChange => step !== undefined && step !== 'updated')
}

/** The change of a step that must have opened or closed an event. */
const changeOf = (step: EventStep): EventChange | undefined => changesIn([step])[0]
/** Samples of a series with uneven times. */
const timed = (scores: readonly number[]): EventSample[] =>
  samplesOf(scores).map((sample, i) => ({ ...sample, timeMs: timeAt(i) }))
const timeAt = (i: number) => 1e12 + 1000 * i + ((i * 7919) % 997)

/** The times of the samples that an event names. */
const timesBySamples = ({ start, end, onset, peak }: AnomalyEvent) => ({
  startMs: timeAt(start),
  lastMs: timeAt(end - 1),
  onsetMs: timeAt(onset),
  peakMs: timeAt(peak),
})

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

/** Runs of flags, joined over gaps of at most `mergeGap` samples; those shorter than `minLength` are dropped. */
function mergedRuns(
  flags: readonly number[],
  rule: { readonly mergeGap: number; readonly minLength: number },
) {
  const runs: [start: number, end: number][] = []
  flags.forEach((flag, i) => {
    if (!flag) return
    const last = runs.at(-1)
    if (last && i - last[1] <= rule.mergeGap) last[1] = i + 1
    else runs.push([i, i + 1])
  })
  return runs.filter(([start, end]) => end - start >= rule.minLength)
}

describe('createEventMachine', () => {
  it('on its defaults finds the merged intervals of flags', () => {
    fc.assert(
      fc.property(
        series,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        (scores, mergeGap, minLength) => {
          const rule = { mergeGap, minLength }
          const flags = scores.map(score => (score > 1 ? 1 : 0))
          expect(spans(scores, rule)).toEqual(mergedRuns(flags, rule))
        },
      ),
      { seed: 1 },
    )
  })

  it('gives the same steps when its state is written to bytes and restored at any sample', () => {
    fc.assert(
      fc.property(series, options, fc.nat(60), (scores, rules, cut) => {
        const samples = timed(scores)
        const whole = createEventMachine(CHANNELS, 'utc', rules)
        let part = createEventMachine(CHANNELS, 'utc', rules)
        samples.forEach((sample, i) => {
          if (i === cut) {
            const bytes = stateToBytes(part.state())
            part = createEventMachine(CHANNELS, 'utc', rules, stateFromBytes(bytes))
            expect(stateToBytes(part.state())).toEqual(bytes)
          }
          expect(part.push(sample)).toEqual(whole.push(sample))
          expect(part.current()).toEqual(whole.current())
          expect(part.settled()).toBe(whole.settled())
          expect(part.suppressed()).toEqual(whole.suppressed())
        })
        expect(part.finish()).toEqual(whole.finish())
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('does not change a state that was taken before', () => {
    const machine = createEventMachine(CHANNELS, 'index', { mergeGap: 0, openCount: 2 })
    const samples = samplesOf([2, 2, 2, 0])
    machine.push(samples[0])
    const saved = machine.state()
    const before = stateToBytes(saved)
    for (const sample of samples.slice(1)) machine.push(sample)
    expect(stateToBytes(saved)).toEqual(before)
    const again = createEventMachine(CHANNELS, 'index', { mergeGap: 0, openCount: 2 }, saved)
    for (const sample of samples.slice(1)) again.push(sample)
    expect(stateToBytes(saved)).toEqual(before)
  })

  it('refuses the state of something else, or of other channels', () => {
    const state = createEventMachine(CHANNELS, 'index', {}).state()
    const unfit = expect.objectContaining({ code: 'state-unfit' })
    expect(() => createEventMachine(CHANNELS, 'index', {}, { ...state, kind: 'online:clock' })).toThrow(unfit)
    expect(() => createEventMachine(CHANNELS, 'index', {}, { ...state, version: 2 })).toThrow(unfit)
    const machine = createEventMachine(CHANNELS, 'index', {})
    machine.push({ timeMs: 0, score: 2, residual: [1, 1] })
    expect(() => createEventMachine(['a'], 'index', {}, machine.state())).toThrow(unfit)
  })

  it('gives the times of the first and the last sample, of the onset and of the peak', () => {
    fc.assert(
      fc.property(series, options, (scores, rules) => {
        const machine = createEventMachine(CHANNELS, 'utc', { ...rules, maintenance: [] })
        for (const sample of timed(scores)) {
          const { event } = changeOf(machine.push(sample)) ?? {}
          for (const one of [event, machine.current()])
            if (one !== undefined) expect(one.times).toEqual(timesBySamples(one))
        }
        const last = machine.finish()
        if (last) expect(last.event.times).toEqual(timesBySamples(last.event))
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('of events that follow at once has the onset where the last one ended, with its time', () => {
    const machine = createEventMachine(CHANNELS, 'utc', { mergeGap: 0 })
    const steps = timed([2, 0.95, 0.95, 2, 0]).map(sample => machine.push(sample))
    const [, second] = closed(changesIn(steps))
    expect(second).toMatchObject({ onset: 1, start: 3, times: { onsetMs: timeAt(1), startMs: timeAt(3) } })
  })

  it('has no onset within the cool-down, unless it is critical there', () => {
    const onsets = (scores: readonly number[], more: object = {}) =>
      closed(run(scores, { mergeGap: 0, coolDown: 4, ...more })).map(({ onset, start }) => [onset, start])
    // The first event ends at 1: until 5 no other one opens.
    expect(onsets([2, 0, 2, 2, 2, 2, 2, 0])).toEqual([
      [0, 0],
      [5, 5],
    ])
    expect(onsets([2, 0, 2, 2, 2, 0.95, 2, 0])).toEqual([
      [0, 0],
      [5, 6],
    ])
    expect(onsets([2, 0, 2, 9, 0], { criticalScore: 5 })).toEqual([
      [0, 0],
      [2, 3],
    ])
  })

  it('says updated for each sample with which the open event grows, and nothing else in between', () => {
    fc.assert(
      fc.property(series, options, (scores, rules) => {
        const machine = createEventMachine(CHANNELS, 'index', rules)
        for (const sample of samplesOf(scores)) {
          const before = machine.current()
          const step = machine.push(sample)
          const after = machine.current()
          const grew = before !== undefined && after !== undefined && after.end > before.end
          expect(step === 'updated').toBe(grew)
          if (step === undefined) expect(after).toEqual(before)
          if (step !== undefined && step !== 'updated')
            expect(after).toEqual(step.type === 'opened' ? step.event : undefined)
        }
      }),
      { seed: 1 },
    )
  })

  it('has settled what lies before the first sample of any event to come', () => {
    fc.assert(
      fc.property(series, options, (scores, rules) => {
        const machine = createEventMachine(CHANNELS, 'index', rules)
        const settled: number[] = []
        const ends: { at: number; start: number }[] = []
        samplesOf(scores).forEach((sample, i) => {
          const change = changeOf(machine.push(sample))
          if (change?.type === 'closed') ends.push({ at: i, start: change.event.start })
          settled.push(machine.settled())
          expect(machine.settled()).toBeLessThanOrEqual(i + 1)
        })
        const last = machine.finish()
        if (last) ends.push({ at: scores.length, start: last.event.start })
        expect([...settled].sort((a, b) => a - b)).toEqual(settled)
        for (const { at, start } of ends)
          for (const before of settled.slice(0, at)) expect(before).toBeLessThanOrEqual(start)
      }),
      { seed: 1 },
    )
  })

  it('has settled every sample while nothing is pending or open, and those before an event while it is', () => {
    const machine = createEventMachine(CHANNELS, 'index', { mergeGap: 1, openCount: 2, openWithin: 3 })
    const settled = samplesOf([0, 2, 0, 2, 0, 0, 0]).map(sample => {
      machine.push(sample)
      return machine.settled()
    })
    expect(settled).toEqual([1, 1, 1, 1, 1, 6, 7])
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
        const streamed = closed(changesIn([...changes, machine.finish()]))
        expect(findEvents(frame, score, flag, residual, rules)).toEqual(streamed)
      }),
      { seed: 1 },
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
      { seed: 1 },
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
      { seed: 1 },
    )
  })

  it('finds the same events again in the flags of the events it found', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 5 }), (scores, mergeGap) => {
        const found = spans(scores, { mergeGap })
        const again = scores.map((_, i) => (found.some(([start, end]) => i >= start && i < end) ? 2 : 0))
        expect(spans(again, { mergeGap })).toEqual(found)
      }),
      { seed: 1 },
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
    expect(machine.suppressed()).toEqual({ inMaintenance: 2, inCoolDown: 1 })
  })

  it('read maintenance as times with zone', () => {
    const day = Date.UTC(2024, 0, 1)
    const machine = createEventMachine(['a'], 'utc', {
      maintenance: [{ start: '2024-01-01T06:00:00Z', end: '2024-01-01T07:00:00Z' }],
    })
    const at = (hour: number) =>
      changeOf(machine.push({ timeMs: day + hour * 3_600_000, score: 3, residual: [3] }))?.type
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
    expect(changeOf(machine.push(sample))?.type === 'opened').toBe(wanted)
  })

  it('take out only the part of the channel that breaks its rule', () => {
    const machine = createEventMachine(CHANNELS, 'index', { channels: { a: { minAbsolute: 4 } } })
    const sample = { timeMs: 0, score: 4, residual: [4, 4], deviation: [1, 1], expected: [0, 0] }
    expect(changeOf(machine.push(sample))?.event.score).toBe(2)
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
