import { describe, expect, it } from 'vitest'
import { describeSeries, watchVerdict } from '../../src/drift/index.js'

/** A signal with mean 0 and standard deviation 1 that drifts to a mean; null without a drift. */
function signal(name: string, after: number | null) {
  const reference = { ...describeSeries(name, new Float64Array(0)), mean: 0, deviation: 1 }
  const times = { startMs: 0, lastMs: 1 }
  const drift = { id: name, signal: name, method: 'adwin', times, before: 0, after: after ?? 0, changes: 1 }
  return { reference, drift: after === null ? null : drift }
}
const verdictOf = (drifts: Readonly<Record<string, number | null>>) =>
  watchVerdict(Object.entries(drifts).map(([name, after]) => signal(name, after)))

describe('the verdict of drifts that are watched', () => {
  it.each([
    ['ok', 'Nothing drifts.', { score: null, a: null, b: null }],
    ['check sensor', 'b is 4 standard deviations away.', { score: 2, a: null, b: -4 }],
    ['check sensor', 'b drifts and no other watched channel does.', { a: null, b: 0.7, c: null }],
    ['recalibrate', 'The score drifts and no watched channel does.', { score: 2, a: null, b: null }],
    ['recalibrate', 'The score drifts, and a, b by a small step.', { score: 2, a: 0.3, b: 0.2 }],
    [
      'retrain',
      '2 of 3 watched channels drift (a, b), and the score.',
      { score: 2, a: 0.8, b: 0.2, c: null },
    ],
    ['retrain', '2 of 2 watched channels drift (a, b).', { a: 5, b: 5 }],
    ['ok', 'a, b drift, and the score does not.', { score: null, a: 0.8, b: 0.9 }],
    [
      'unknown',
      'The score drifts, and no channel is watched: a check of the drift says which changed.',
      { score: 2 },
    ],
  ])('is %s: %s', (verdict, reason, drifts) => {
    expect(verdictOf(drifts)).toEqual({ verdict, reason })
  })

  it('does not say how far a channel is that was constant', () => {
    const constant = signal('a', 7)
    const still = { ...constant, reference: { ...constant.reference, deviation: 0 } }
    expect(watchVerdict([still, signal('score', 2)]).reason).not.toMatch(/NaN|Infinity/)
  })
})
