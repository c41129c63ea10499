import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { confidenceIntervals, evaluate } from '../../src/evaluate/index.js'
import { quantile, resampleBlocks } from '../../src/stats/index.js'
import { randomCase } from './cases.js'

const OPTIONS = { resamples: 80, level: 0.9 }

describe('confidenceIntervals', () => {
  it('hold the true value about as often as their level says when samples are independent', () => {
    const random = createRandom(21)
    let held = 0
    for (let run = 0; run < 40; run++) {
      const labels = Array.from({ length: 300 }, () => (random.uniform() < 0.3 ? 1 : 0))
      // A flag on an anomalous sample with probability 0.6: the recall is 0.6.
      const scores = labels.map(label => (random.uniform() < (label ? 0.6 : 0.1) ? 1 : 0))
      const input = { scores, labels, threshold: 0.5 }
      const { recall } = confidenceIntervals(input, ['recall'], { ...OPTIONS, blockLength: 1 }, random)
      if (recall!.low <= 0.6 && recall!.high >= 0.6) held++
    }
    // 36 of 40 expected; 3 standard deviations are 5.7.
    expect(held).toBeGreaterThanOrEqual(31)
    expect(held).toBeLessThan(40)
  })

  it('are wider in blocks than sample by sample when errors come in stretches', () => {
    const labels = Array.from({ length: 1000 }, (_, i) => (i % 4 < 2 ? 1 : 0))
    const random = createRandom(3)
    const found = Array.from({ length: 10 }, () => random.uniform() < 0.5)
    const scores = labels.map((label, i) => (found[Math.floor(i / 100)] ? label : 0))
    const width = (blockLength: number) => {
      const input = { scores, labels, threshold: 0.5 }
      const { recall } = confidenceIntervals(input, ['recall'], { ...OPTIONS, blockLength }, createRandom(4))
      return recall!.high - recall!.low
    }
    expect(width(70)).toBeGreaterThan(1.5 * width(1))
  })

  it('lie around the metric itself and are the same for the same seed', () => {
    const { scores, labels } = randomCase(10, 600)
    const input = { scores, labels, threshold: 1 }
    const intervals = () => confidenceIntervals(input, ['auc-roc', 'vus-pr'], OPTIONS, createRandom(5))
    const { metrics } = evaluate(input)
    for (const name of ['auc-roc', 'vus-pr'] as const) {
      expect(intervals()[name]!.low).toBeLessThan(metrics[name]!)
      expect(intervals()[name]!.high).toBeGreaterThan(metrics[name]!)
    }
    expect(intervals()).toEqual(intervals())
  })

  it('hold the number of false alarms of a series whose alarms are longer than blocks', () => {
    const scores = Array.from({ length: 10_000 }, (_, i) => (i % 1000 < 300 ? 2 : 0))
    const input = { scores, labels: scores.map(() => 0), threshold: 1, stepMs: 60_000 }
    const value = evaluate(input).metrics['false-alarms-per-day']!
    for (const given of [input, { ...input, alarms: scores.map(score => score / 2) }]) {
      const of = confidenceIntervals(given, ['false-alarms-per-day'], OPTIONS, createRandom(7))
      const { low, high } = of['false-alarms-per-day']!
      expect([low < value, high > value]).toEqual([true, true])
    }
  })

  it('are those of a series that is put together sample by sample, unscored samples and alarms included', () => {
    const random = createRandom(8)
    const { labels } = randomCase(9, 400)
    const scores = labels.map(label =>
      random.uniform() < 0.1 ? Number.NaN : Math.floor(8 * random.uniform()) + label,
    )
    const alarms = scores.map((_, i) => (i % 50 > 44 ? 1 : 0))
    const names = ['vus-pr', 'auc-pr', 'auc-roc', 'event-recall', 'delay', 'f1', 'ucr-accuracy'] as const
    const input = { scores, labels, alarms, threshold: 6, options: { buffer: 5 } }
    const blockLength = 30
    const found = confidenceIntervals(
      input,
      names,
      { resamples: 25, level: 0.8, blockLength },
      createRandom(10),
    )
    const isMarked = (i: number) => labels[i] === 1 || alarms[i] === 1
    const again = createRandom(10)
    const values = names.map((): number[] => [])
    for (let round = 0; round < 25; round++) {
      const pieces: number[][] = []
      for (const i of resampleBlocks(400, blockLength, again)) {
        const last = pieces.at(-1)
        if (last && (last.at(-1)! + 1) % 400 === i) last.push(i)
        else pieces.push([i])
      }
      const whole = pieces.flatMap(piece => {
        let from = 0
        if (piece[0]! > 0 && isMarked(piece[0]! - 1))
          while (from < piece.length && isMarked(piece[from]!)) from++
        const kept = piece.slice(from)
        if (kept.length > 0 && isMarked(kept.at(-1)!))
          for (let i = kept.at(-1)! + 1; i < 400 && isMarked(i); i++) kept.push(i)
        return kept
      })
      const { metrics } = evaluate({
        ...input,
        scores: whole.map(i => scores[i]!),
        labels: whole.map(i => labels[i]!),
        alarms: whole.map(i => alarms[i]!),
        metrics: names,
      })
      names.forEach((name, k) => {
        const value = metrics[name]
        if (typeof value === 'number') values[k]!.push(value)
      })
    }
    names.forEach((name, k) => {
      const of = values[k]!
      const wanted = { low: quantile(of, 0.1), high: quantile(of, 0.9), resamples: of.length }
      if (2 * of.length < 25) expect(found[name]).toBeNull()
      else {
        expect(found[name]!.resamples).toBe(wanted.resamples)
        expect(found[name]!.low).toBeCloseTo(wanted.low, 9)
        expect(found[name]!.high).toBeCloseTo(wanted.high, 9)
      }
    })
  })

  it('are not given when most drawn series hold no event', () => {
    const labels = [1, ...new Array<number>(99).fill(0)]
    const input = { scores: labels, labels, threshold: 0.5 }
    expect(
      confidenceIntervals(input, ['mcc'], { ...OPTIONS, blockLength: 80 }, createRandom(6)).mcc,
    ).not.toBeNull()
    const none = { ...input, labels: labels.map(() => 0) }
    expect(confidenceIntervals(none, ['mcc'], OPTIONS, createRandom(6)).mcc).toBeNull()
  })
})
