import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Interval } from '../../src/core/frame.js'
import { createLabelCounter } from '../../src/report/index.js'

/** Half-open intervals in time order, apart, within n samples. */
const intervals = (n: number) =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: n }), { maxLength: 8 })
    .map(edges => edges.sort((a, b) => a - b))
    .map(edges =>
      Array.from({ length: edges.length >> 1 }, (_, k) => ({ start: edges[2 * k], end: edges[2 * k + 1] })),
    )

/** All at once. */
function countsOf(flag: Uint8Array, label: Uint8Array, events: readonly Interval[]) {
  const counter = createLabelCounter()
  counter.push(flag, label, events, label.length)
  return counter.counts()
}

describe('counts against labels', () => {
  it('counts stretches and samples', () => {
    const label = Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 0)
    const flag = Uint8Array.of(0, 0, 1, 1, 0, 1, 0, 0)
    const counts = countsOf(flag, label, [
      { start: 2, end: 4 },
      { start: 5, end: 6 },
    ])
    expect(counts).toEqual({
      labelledEvents: 2,
      foundEvents: 1,
      falseAlarms: 1,
      truePositives: 1,
      falsePositives: 2,
      falseNegatives: 2,
      trueNegatives: 3,
      precision: 1 / 3,
      recall: 1 / 3,
    })
  })

  it('has no precision without flags and no recall without labels', () => {
    const counts = countsOf(new Uint8Array(3), new Uint8Array(3), [])
    expect(counts.precision).toBeNaN()
    expect(counts.recall).toBeNaN()
  })

  it('counts each sample once, whatever the flags', () => {
    const bits = fc.array(fc.constantFrom(0, 1), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(bits, bits, (flag, label) => {
        const c = countsOf(Uint8Array.from(flag), Uint8Array.from(label), [])
        expect(c.truePositives + c.falsePositives + c.falseNegatives + c.trueNegatives).toBe(5)
        expect(c.foundEvents).toBeLessThanOrEqual(c.labelledEvents)
      }),
      { seed: 1 },
    )
  })
})

describe('createLabelCounter', () => {
  it('counts in pieces what the naive count finds in the whole', () => {
    const n = 40
    const bits = fc.array(fc.constantFrom(0, 1), { minLength: n, maxLength: n })
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(bits, intervals(n), intervals(n), cuts, (flag, labelled, events, sizes) => {
        const label = Uint8Array.from({ length: n }, (_, i) => (labelled.some(isIn(i)) ? 1 : 0))
        const counter = createLabelCounter()
        for (let at = 0, k = 0; at < n; k++) {
          const end = Math.min(n, at + sizes[k % sizes.length])
          const closed = events.filter(event => event.end > at && event.end <= end)
          const settled = Math.min(end, ...events.filter(event => event.end > end).map(({ start }) => start))
          counter.push(Uint8Array.from(flag.slice(at, end)), label.subarray(at, end), closed, settled)
          at = end
        }
        const samples = ({ start, end }: Interval) => Array.from({ length: end - start }, (_, k) => start + k)
        const joined = labelled.filter(({ start }) => !labelled.some(({ end }) => end === start))
        const counts = counter.counts()
        expect(counts.falseAlarms).toBe(events.filter(event => !samples(event).some(i => label[i])).length)
        expect(counts.labelledEvents).toBe(joined.length)
        expect(counts.truePositives).toBe(flag.filter((bit, i) => bit === 1 && label[i] === 1).length)
        expect(counts.foundEvents).toBe(
          labelled.filter(stretch => samples(stretch).some(i => flag[i])).length,
        )
        expect(counts).toEqual(countsOf(Uint8Array.from(flag), label, events))
      }),
      { seed: 1 },
    )
  })
})

const isIn =
  (i: number) =>
  ({ start, end }: Interval) =>
    i >= start && i < end
