import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGate, type GateRules } from '../../src/events/gate.js'

interface Sample {
  readonly score: number
  readonly maintenance: boolean
}

/**
 * Events by the words of the rules, each question answered by looking over the whole series again; `[start, end]` of each.
 * It shares nothing with the gate but the words.
 */
function eventsByTheWords(samples: readonly Sample[], rules: Required<GateRules>): [number, number][] {
  const { openCount, openWithin, closeBelow, criticalScore, mergeGap, minLength, coolDown } = rules
  const n = samples.length
  const flagged = (i: number) => samples[i].score > 1 && !samples[i].maintenance
  const critical = (i: number) => flagged(i) && samples[i].score >= criticalScore
  const between = (from: number, to: number, test: (i: number) => boolean) =>
    Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k).filter(test)
  /** First sample of maintenance from i on: nothing reaches beyond it. */
  const stopAfter = (i: number) => between(i, n, at => samples[at].maintenance)[0] ?? n
  /** The last sample that belongs to what begins at i, each member at most `gap` others after the one before. */
  const lastOf = (i: number, gap: number, member: (at: number) => boolean) => {
    let last = i
    for (;;) {
      const next = between(last + 1, Math.min(last + gap + 2, stopAfter(i)), member)[0]
      if (next === undefined) return last
      last = next
    }
  }
  const found: [number, number][] = []
  let from = 0
  let quietUntil = 0
  for (;;) {
    const start = between(from, n, i => flagged(i) && (i >= quietUntil || critical(i)))[0]
    if (start === undefined) return found
    const pendingLast = lastOf(start, Math.max(mergeGap, openWithin - openCount), flagged)
    const opening = between(start, pendingLast + 1, i => {
      const recent = between(Math.max(start, i - openWithin + 1), i + 1, flagged)
      const enough = recent.length >= openCount && i + 1 - start >= minLength
      return flagged(i) && (critical(i) || enough)
    })[0]
    if (opening === undefined) {
      from = pendingLast + 1
      continue
    }
    const last = lastOf(opening, mergeGap, i => flagged(i) || samples[i].score > closeBelow)
    found.push([start, last + 1])
    from = last + 1
    quietUntil = last + 1 + coolDown
  }
}

function eventsOfGate(samples: readonly Sample[], rules: GateRules): [number, number][] {
  const gate = createGate(rules)
  const found: [number, number][] = []
  let stretch: [number, number] = [0, 0]
  const take = (step: string) => {
    if (step === 'closed') found.push(stretch)
    if (gate.state.current) stretch = [gate.state.current.start, gate.state.current.end]
  }
  for (const { score, maintenance } of samples) take(gate.push(score, score > 1, maintenance))
  take(gate.finish())
  return found
}

const samples = fc.array(
  fc.record({
    score: fc.constantFrom(0, 0, 0.6, 0.9, 1.2, 2, 5, Number.NaN),
    maintenance: fc.constantFrom(false, false, false, false, false, false, true),
  }),
  { maxLength: 60 },
)
const rules = fc.record({
  openCount: fc.integer({ min: 1, max: 3 }),
  openWithin: fc.integer({ min: 3, max: 6 }),
  closeBelow: fc.constantFrom(1, 0.8, 0.5),
  criticalScore: fc.constantFrom(Number.POSITIVE_INFINITY, 4),
  mergeGap: fc.integer({ min: 0, max: 4 }),
  minLength: fc.integer({ min: 1, max: 5 }),
  coolDown: fc.integer({ min: 0, max: 10 }),
})

describe('createGate', () => {
  it('finds the events that the words of the rules describe', () => {
    let events = 0
    fc.assert(
      fc.property(samples, rules, (series, rule) => {
        const found = eventsOfGate(series, rule)
        events += found.length
        expect(found).toEqual(eventsByTheWords(series, rule))
      }),
      { numRuns: 3000, seed: 1 },
    )
    expect(events).toBeGreaterThan(1000)
  })

  it('opens no more events at a higher level when nothing but the level decides', () => {
    const strict = rules.map(rule => ({ ...rule, coolDown: 0 }))
    fc.assert(
      fc.property(samples, strict, fc.double({ min: 1, max: 3, noNaN: true }), (series, rule, factor) => {
        const higher = series.map(sample => ({ ...sample, score: sample.score / factor }))
        if (eventsOfGate(higher, rule).length > 0)
          expect(eventsOfGate(series, rule).length).toBeGreaterThan(0)
      }),
      { seed: 1 },
    )
  })

  it('has every flag in an event, in maintenance, in a cool-down or in what was dropped', () => {
    fc.assert(
      fc.property(samples, rules, (series, rule) => {
        const gate = createGate(rule)
        const steps = series.map(({ score, maintenance }) => gate.push(score, score > 1, maintenance))
        const flags = series.filter(({ score }) => score > 1).length
        const taken = steps.filter(
          (step, i) => series[i].score > 1 && ['pending', 'opened', 'extended'].includes(step),
        ).length
        expect(gate.state.inMaintenance + gate.state.inCoolDown + taken).toBe(flags)
      }),
      { seed: 1 },
    )
  })
})
