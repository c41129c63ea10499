import { describe, expect, it } from 'vitest'
import { affiliation } from '../../src/evaluate/index.js'
import { CASES, flagsOf, randomCase } from './cases.js'

/** The definition, by drawing places x of the flags and y of the events, and X, on a fine grid. */
function naiveAffiliation(flags: readonly number[], labels: readonly number[]) {
  const runs = (marks: readonly number[]) => {
    const found: [number, number][] = []
    marks.forEach((mark, i) => {
      if (mark && !marks[i - 1]) found.push([i, i + 1])
      else if (mark) found[found.length - 1][1] = i + 1
    })
    return found
  }
  const distance = (x: number, sets: readonly [number, number][]) =>
    Math.min(...sets.map(([a, b]) => Math.max(a - x, x - b, 0)))
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const grid = ([a, b]: [number, number], parts: number) =>
    Array.from({ length: Math.round((b - a) * parts) }, (_, i) => a + (i + 0.5) / parts)
  const events = runs(labels)
  const precisions: number[] = []
  const recalls: number[] = []
  events.forEach((event, j) => {
    const zone: [number, number] = [
      j === 0 ? 0 : (events[j - 1][1] + event[0]) / 2,
      j === events.length - 1 ? labels.length : (event[1] + events[j + 1][0]) / 2,
    ]
    const alarms = runs(flags)
      .map(([a, b]): [number, number] => [Math.max(a, zone[0]), Math.min(b, zone[1])])
      .filter(([a, b]) => a < b)
    const anywhere = grid(zone, 20)
    if (alarms.length === 0) {
      recalls.push(0)
      return
    }
    const fartherFrom = (event: [number, number], d: number) =>
      d === 0 ? 1 : mean(anywhere.map(X => (distance(X, [event]) > d ? 1 : 0)))
    precisions.push(
      mean(alarms.flatMap(alarm => grid(alarm, 20)).map(x => fartherFrom(event, distance(x, [event])))),
    )
    recalls.push(mean(grid(event, 20).map(y => fartherFrom([y, y], distance(y, alarms)))))
  })
  return { precision: mean(precisions), recall: mean(recalls) }
}

describe('affiliation', () => {
  it.each(CASES)('equals the implementation of TSB-AD on the case $name', one => {
    const { precision, recall } = affiliation(flagsOf(one), one.labels)
    expect(precision.value).toBeCloseTo(one.at_threshold.affiliation_precision, 9)
    expect(recall.value).toBeCloseTo(one.at_threshold.affiliation_recall, 9)
  })

  it('is what its definition says, place by place', () => {
    for (const seed of [1, 2, 3]) {
      const { labels, scores } = randomCase(seed, 60)
      const flags = scores.map(score => (score > 1.5 ? 1 : 0))
      const wanted = naiveAffiliation(flags, labels)
      const got = affiliation(flags, labels)
      expect(got.precision.value).toBeCloseTo(wanted.precision, 1)
      expect(Math.abs(got.precision.value! - wanted.precision)).toBeLessThan(0.01)
      expect(Math.abs(got.recall.value! - wanted.recall)).toBeLessThan(0.01)
    }
  })

  it('has a recall of 0 but no precision when nothing is flagged, and neither without an event', () => {
    expect(affiliation([0, 0], [0, 1]).recall.value).toBe(0)
    expect(affiliation([0, 0], [0, 1]).precision.value).toBeNull()
    expect(affiliation([0, 1], [0, 0]).recall.value).toBeNull()
  })
})
