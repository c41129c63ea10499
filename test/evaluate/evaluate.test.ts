import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aucPr, evaluate, METRICS, type Metric, type MetricName } from '../../src/evaluate/index.js'
import { CASES, flagsOf, randomCase } from './cases.js'

const LIST: readonly Metric[] = METRICS
const OPTIONS = { buffer: 6, inflated: true }

/** Metrics whose best value is 1; the others are best at 0 (lower is better) or at 100 (NAB's points). */
const BEST: Record<Metric['better'], (metric: Metric) => number> = {
  higher: ({ unit }) => (unit === 'points' ? 100 : 1),
  lower: () => 0,
}

/** Labels with at least one sample of each class. */
const labelsOfBothClasses = fc
  .array(fc.boolean(), { minLength: 4, maxLength: 80 })
  .filter(labels => labels.includes(true) && labels.includes(false))
  .map(labels => labels.map(Number))

describe.each(LIST)('the metric $name', metric => {
  const valueIn = (evaluation: ReturnType<typeof evaluate>) =>
    (evaluation.metrics as Record<string, number | null>)[metric.name]

  it('is best for flags that equal the labels', () => {
    fc.assert(
      fc.property(labelsOfBothClasses, labels => {
        const value = valueIn(
          evaluate({ scores: labels, labels, threshold: 0.5, stepMs: 1000, options: OPTIONS }),
        )
        // UCR accuracy is for one event only.
        if (value === null) return metric.name === 'ucr-accuracy'
        return Math.abs(value - BEST[metric.better](metric)) < 1e-9
      }),
      { numRuns: 25, seed: 1 },
    )
  })

  it('stays within its range, or says why it has no value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()), { maxLength: 60 }),
        fc.integer({ min: -1, max: 4 }),
        (samples, threshold) => {
          const { metrics, reasons } = evaluate({
            scores: samples.map(([score]) => score),
            labels: samples.map(([, label]) => label),
            threshold,
            options: OPTIONS,
          })
          const value = (metrics as Record<string, number | null>)[metric.name]
          if (value === null) return ((reasons as Record<string, string>)[metric.name] ?? '') !== ''
          if (metric.unit === 'share') return value >= 0 && value <= 1 + 1e-9
          if (metric.unit === 'correlation') return value >= -1 - 1e-9 && value <= 1 + 1e-9
          return metric.unit === 'points' ? value <= 100 + 1e-9 : value >= 0
        },
      ),
      { numRuns: 60, seed: 2 },
    )
  })

  it('does not change when scores and threshold go through a rising function', () => {
    const { scores, labels } = randomCase(8)
    const rise = (score: number) => Math.exp(score) * 3 - 7
    const before = evaluate({ scores, labels, threshold: 1, stepMs: 60_000, options: OPTIONS })
    const after = evaluate({
      scores: scores.map(rise),
      labels,
      threshold: rise(1),
      stepMs: 60_000,
      options: OPTIONS,
    })
    expect(valueIn(after)).toBe(valueIn(before))
  })

  it('does not change when samples without a score stand before the series', () => {
    const { scores, labels } = randomCase(9)
    const gap = new Array<number>(30).fill(Number.NaN)
    const plain = evaluate({ scores, labels, threshold: 1, stepMs: 60_000, options: OPTIONS })
    const late = evaluate({
      scores: [...gap, ...scores],
      labels: [...gap.map(() => 1), ...labels],
      threshold: 1,
      stepMs: 60_000,
      options: OPTIONS,
    })
    expect(late.unscored).toBe(30)
    expect(valueIn(late)).toBe(valueIn(plain))
  })
})

describe('evaluate', () => {
  it.each(CASES)('reports the single metrics as they are, on the case $name', one => {
    // Flags are scores above the threshold; the fixture flags those that equal it as well.
    const scores = one.scores
    const below = Math.max(Number.NEGATIVE_INFINITY, ...scores.filter(score => score < one.threshold))
    const threshold = Number.isFinite(below) ? below : one.threshold - 1
    const { metrics, confusion } = evaluate({
      scores,
      labels: one.labels,
      threshold,
      options: { buffer: 20 },
    })
    expect(metrics['vus-pr']).toBeCloseTo(one.threshold_free.vus_pr_L20, 9)
    expect(metrics.f1).toBeCloseTo(one.at_threshold.f1, 9)
    expect(metrics['pa-k-f1']).toBeCloseTo(one.at_threshold.pa20_f1, 9)
    expect(confusion!.truePositives + confusion!.falsePositives).toBe(flagsOf(one).filter(Boolean).length)
  })

  it('gives the metrics of scores only when there is no threshold', () => {
    const { metrics, reasons, confusion, threshold } = evaluate({ scores: [1, 2, 3], labels: [0, 0, 1] })
    expect([confusion, threshold]).toEqual([null, null])
    expect(metrics['auc-pr']).toBe(1)
    for (const { name, reads } of METRICS.filter(
      metric => metric.reads === 'flags' && !('inflated' in metric),
    ))
      expect([name, reads, metrics[name], reasons[name]]).toEqual([
        name,
        'flags',
        null,
        'no threshold was given',
      ])
  })

  it('leaves inflated figures out unless they are asked for', () => {
    const input = { scores: [1, 2, 3], labels: [0, 0, 1], threshold: 2 }
    expect(Object.keys(evaluate(input).metrics).filter(name => name.includes('inflated'))).toEqual([])
    const asked = evaluate({ ...input, options: { inflated: true } }).metrics
    expect([asked['inflated-pa-f1'], asked['inflated-best-f1']]).toEqual([1, 1])
  })

  it('counts unscored samples in the middle as time but not as samples', () => {
    const nan = Number.NaN
    const scores = [0, 0, nan, 0, 5, nan, 0]
    const labels = [0, 1, 1, 1, 1, 1, 0]
    const { metrics, samples, unscored, events } = evaluate({ scores, labels, threshold: 1, stepMs: 2000 })
    expect([samples, unscored, events]).toEqual([5, 2, 1])
    expect(metrics.delay).toBe(3)
    expect(metrics['delay-seconds']).toBe(6)
    expect(metrics.recall).toBeCloseTo(1 / 3, 12)
    expect(metrics['auc-pr']).toBe(aucPr([0, 0, 0, 5, 0], [0, 1, 1, 1, 0]).value)
  })

  it('survives a series in which nothing was scored', () => {
    const { samples, unscored, metrics } = evaluate({ scores: [Number.NaN], labels: [1], threshold: 1 })
    expect([samples, unscored]).toEqual([0, 1])
    expect(Object.values(metrics).every(value => value === null)).toBe(true)
  })

  it('computes only the metrics that are asked for', () => {
    const { metrics } = evaluate({ scores: [1, 2], labels: [0, 1], threshold: 1, metrics: ['f1', 'auc-pr'] })
    expect(metrics).toEqual({ 'auc-pr': 1, f1: 1 })
    const wrong = ['f2' as 'f1']
    expect(() => evaluate({ scores: [1, 2], labels: [0, 1], metrics: wrong })).toThrow('unknown metric f2')
  })

  it('refuses wrong labels and options by name', () => {
    expect(() => evaluate({ scores: [1, 2], labels: [1] })).toThrow('1 label was given for 2 samples')
    expect(() => evaluate({ scores: [1], labels: [3] })).toThrow('sample 0 is 3')
    expect(() => evaluate({ scores: [1], labels: [1], options: { buffer: -1 } })).toThrow('buffer is -1')
    expect(() => evaluate({ scores: [1], labels: [1], options: { paK: 0 } })).toThrow('pa-k is 0')
    const metrics = ['auc_pr' as MetricName]
    expect(() => evaluate({ scores: [1], labels: [1], metrics })).toThrow(
      expect.objectContaining({
        code: 'metric-unknown',
        remedy: expect.stringMatching(/^Did you mean auc-pr\?/),
      }),
    )
  })

  it('counts events by what rules made of flags, samples by the flags, and by the flags alone without rules', () => {
    const input = {
      scores: [2, 0, 0, 2, 2, 0, 2, 0, 0, 2],
      labels: [0, 0, 0, 0, 1, 1, 0, 0, 0, 1],
      threshold: 1,
      stepMs: 86_400_000,
    }
    const of = (alarms?: number[]) => {
      const { metrics } = evaluate({ ...input, ...(alarms && { alarms }) })
      const { precision, delay } = metrics
      return [
        metrics['event-recall'],
        metrics['event-precision'],
        metrics['false-alarms-per-day'],
        precision,
        delay,
      ]
    }
    expect(of()).toEqual([1, 0.5, 2 / 7, 0.4, 0])
    expect(of([0, 0, 0, 1, 1, 1, 1, 0, 0, 0])).toEqual([0.5, 1, 0, 0.4, 0])
    expect(of([1, 1, 0, 0, 0, 0, 0, 0, 0, 0])).toEqual([0, 0, 1 / 7, 0.4, null])
  })
})

describe('docs/evaluation.md', () => {
  it('has one line for each metric', () => {
    const lines = readFileSync('docs/evaluation.md', 'utf8').split('\n')
    const named = lines.flatMap(line => /^\| `([a-z0-9-]+)` \| .{20,} \|$/.exec(line)?.[1] ?? [])
    expect(named).toEqual(LIST.map(({ name }) => name))
  })
})
