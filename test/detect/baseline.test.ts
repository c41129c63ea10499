import { beforeAll, describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../src/core/contracts.js'
import { type ScaledFrame, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { baselineLengths, singleScores, watchBaseline } from '../../src/detect/baseline.js'
import { auto, type CrossFittedEnsemble, detectorLoader, scoreSeries } from '../../src/detect/index.js'
import { joinScores } from '../../src/detect/scores.js'
import { frameOf, machine, throughJson } from './suite.js'

describe('baselineLengths', () => {
  it('fill a short history up to 1,024 samples, count always with one channel, and last longer than long events', () => {
    expect(baselineLengths(1024, 2)).toBeUndefined()
    expect(baselineLengths(400, 8)).toEqual({ samples: 624, of: 1024 })
    expect(baselineLengths(50_000, 1)).toEqual({ samples: 1024, of: 1024 })
    expect(baselineLengths(1500, 3, 1000)).toEqual({ samples: 6500, of: 8000 })
    expect(baselineLengths(1500, 3, 10)).toBeUndefined()
  })
})

const WEIGHTS = [0.75, 0.25]
/** Rows of two members and a channel, some missing. */
function rowsOf(n: number, seed: number): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length: 3 * n }, (_, k) =>
    k % 3 === 0 && random.uniform() < 0.05 ? Number.NaN : Math.exp(2 * random.normal()),
  )
}

describe('singleScores', () => {
  it('are weighted logarithms of the members', () => {
    const [log, missing] = singleScores(Float64Array.of(Math.E, 1, 9, Number.NaN, 1, 9), 3, WEIGHTS)
    expect(log).toBeCloseTo(0.75, 2)
    expect(missing).toBeNaN()
  })
})

describe('watchBaseline', () => {
  const rule = { samples: 40, of: 60, usual: -0.4 }
  const levelsOf = (rows: Float64Array) => {
    const watch = watchBaseline(rule, WEIGHTS)
    watch.push(rows, 3)
    return watch.take(rows.length / 3)
  }
  const rows = rowsOf(300, 7)
  /** The definition: a mean for each sample. */
  const wanted = Array.from({ length: 300 }, (_, i) => {
    const logs = singleScores(rows, 3, WEIGHTS).subarray(Math.max(0, i - 39), i + 1)
    const sum = logs.reduce((sum, log) => sum + (Number.isNaN(log) ? 0 : log + 0.4), 0)
    return Math.max(0, ((2 / 3) * sum) / 60)
  })

  it('is two thirds of the mean of recent logarithms above the usual one, those of the history and missing ones as usual', () => {
    const got = levelsOf(rows)
    expect(got.some(level => level > 0.2)).toBe(true)
    expect(got.some(level => level === 0)).toBe(true)
    for (const [i, level] of got.entries()) expect(level).toBeCloseTo(wanted[i], 7)
  })

  it('has the same bits in pieces, through saved states and from a later beginning', () => {
    const whole = levelsOf(rows)
    let watch = watchBaseline(rule, WEIGHTS)
    const got: number[] = []
    for (let at = 0; at < 300; at += 7) {
      watch.push(rows.subarray(3 * at, 3 * (at + 7)), 3)
      watch = watchBaseline(rule, WEIGHTS, throughJson(watch.state()))
      got.push(...watch.take(5))
    }
    got.push(...watch.take(300))
    expect(got).toEqual([...whole])
    const later = levelsOf(rows.subarray(3 * 100))
    expect(later.subarray(40)).toEqual(whole.subarray(140))
  })

  it('stays finite, and takes nothing from a state of another rule', () => {
    const huge = levelsOf(new Float64Array(300).fill(1e300))
    expect(Math.max(...huge)).toBeLessThan(50)
    const state = watchBaseline(rule, WEIGHTS).state()
    expect(() => watchBaseline({ ...rule, samples: 41 }, WEIGHTS, state)).toThrow(
      expect.objectContaining({ code: 'state-unfit' }),
    )
  })
})

/** One channel whose noise becomes `times` as large at `from`. */
function noisier(n: number, from: number, times: number, seed: number): ScaledFrame {
  const random = createRandom(seed)
  return frameOf(
    Float32Array.from(
      { length: n },
      (_, i) => Math.sin(0.3 * i) + (i < from ? 0.2 : 0.2 * times) * random.normal(),
    ),
    1,
  )
}

describe('an ensemble with one channel', () => {
  let fitted: CrossFittedEnsemble
  const series = noisier(3000, 1000, 2.5, 5)
  beforeAll(async () => {
    fitted = await auto().fit(noisier(2000, 2000, 1, 1), { validation: noisier(400, 400, 1, 2), seed: 1 })
  })
  const medianOf = (scores: Float32Array, from: number, to: number) =>
    scores.slice(from, to).sort()[(to - from) >> 1]

  it('takes most of a lasting change for the new normal, and still sees a short fault in it', async () => {
    const { score } = await scoreSeries(fitted, series, { alignment: 'causal' })
    const before = medianOf(score, 500, 950)
    expect(medianOf(score, 1100, 1200)).toBeGreaterThan(1.5 * before)
    expect(medianOf(score, 2600, 3000)).toBeLessThan(0.8 * medianOf(score, 1100, 1200))
    const fault = frameOf(series.values.slice(), 1)
    for (let i = 2800; i < 2810; i++) fault.values[i] += 8
    const seen = await scoreSeries(fitted, fault, { alignment: 'causal' })
    expect(seen.score[2809]).toBeGreaterThan(3 * medianOf(score, 2600, 2800))
  })

  it('keeps a large fault above every normal score for as long as it lasts', async () => {
    const { values } = noisier(4000, 4000, 1, 9)
    for (let i = 1000; i < 4000; i++) values[i] += 4
    const { score } = await scoreSeries(fitted, frameOf(values, 1), { alignment: 'two-sided' })
    const highest = Math.max(...(await fitted.heldBack!('two-sided')).score.filter(Number.isFinite))
    for (let i = 1000; i < 3600; i++) expect(score[i]).toBeGreaterThan(highest)
  })

  it('says so', () => {
    expect(fitted.baseline).toMatchObject({ samples: 1024, of: 1024 })
    expect(fitted.contextLength).toBeGreaterThan(1024)
  })

  it.each(ALIGNMENTS)(
    'scores alike in pieces, from saved states and of a saved model, %s',
    async alignment => {
      const whole = await scoreSeries(fitted, series, { alignment })
      const restored = detectorLoader()(throughJson(fitted.state()))
      let scorer = restored.online({ alignment })
      const parts = []
      for (let at = 0; at < 3000; at += 200) {
        parts.push(scorer.push(sliceFrame(series, at, at + 200)))
        scorer = restored.online({ alignment }, throughJson(scorer.state()))
      }
      const { score, residual, sharp } = joinScores([...parts, scorer.finish()])
      expect(score).toEqual(whole.score)
      expect(residual).toEqual(whole.residual)
      expect(sharp).toEqual(whole.sharp)
    },
  )

  it('has the live score in a window', async () => {
    const { score } = await scoreSeries(fitted, series, { alignment: 'causal' })
    const { windowLength } = fitted
    const out = new Float32Array(1)
    for (const end of [windowLength, 1500, 2400]) {
      fitted.scoreWindows!(series.values.slice(end - windowLength, end), 1, out)
      expect(out[0]).toBeCloseTo(score[end - 1], 4)
    }
  })
})

describe('an ensemble with several channels', () => {
  it.each([
    [700, 324],
    [1100, undefined],
  ])('compares with recent scores where the history is short: %d samples', async (samples, recent) => {
    const fitted = await auto().fit(machine(samples, 1), { validation: machine(100, 2), seed: 1 })
    expect(fitted.baseline?.samples).toBe(recent)
  })
})
