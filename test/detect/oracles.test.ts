import { describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../src/core/contracts.js'
import { createRandom } from '../../src/core/random.js'
import {
  crossRegression,
  cusum,
  deviation,
  ewma,
  isolationForest,
  kMeans,
  linearVar,
  matrixProfile,
  meanSearchDepth,
  nearest,
  pca,
  scoreSeries,
  seasonal,
  smoother,
} from '../../src/detect/index.js'
import { smoothOnline } from '../../src/detect/smoothing.js'
import { solvePositiveDefinite } from '../../src/stats/index.js'
import { frameOf, machine } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 1), seed: 1 }
/** Smallest usual error of a channel that the detectors add to what they measured. */
const LEAST_ERROR = 1e-4

describe('vector autoregression', () => {
  it('finds the coefficients of the process that made the data', async () => {
    const random = createRandom(1)
    const values = new Float32Array(40_000)
    for (let t = 1; t < 20_000; t++) {
      const [x, y] = [values[2 * t - 2], values[2 * t - 1]]
      values[2 * t] = 0.5 * x + 0.2 * y + 0.3 * random.normal()
      values[2 * t + 1] = -0.4 * x + 0.7 * y + 0.3 * random.normal()
    }
    const fitted = await linearVar({ lags: 1, ridge: 1 }).fit(frameOf(values, 2), context)
    const { coefficients, usualError } = fitted.state().arrays
    const wanted = [0.5, -0.4, 0.2, 0.7, 0, 0]
    wanted.forEach((value, k) => {
      expect(coefficients.data[k]).toBeCloseTo(value, 1)
    })
    expect(usualError.data[0]).toBeCloseTo(0.09, 2)
  })

  it('takes fewer lags when there are few samples', async () => {
    const fitted = await linearVar({ lags: 10, ridge: 30 }).fit(machine(40, 1), context)
    expect(fitted.contextLength).toBe(6)
  })

  it('refuses a training part without whole windows', async () => {
    const gone = frameOf(new Float32Array(60).fill(Number.NaN), 3)
    await expect(linearVar({ lags: 2, ridge: 1 }).fit(gone, context)).rejects.toMatchObject({
      code: 'data-too-short',
    })
  })
})

describe('principal components', () => {
  it('see what leaves the line that two channels share, by Q, and what goes far along it, by T2', async () => {
    const random = createRandom(2)
    const values = new Float32Array(2000)
    for (let i = 0; i < 1000; i++) {
      const load = random.normal()
      values[2 * i] = load + 0.01 * random.normal()
      values[2 * i + 1] = load + 0.01 * random.normal()
    }
    const test = frameOf(Float32Array.of(0, 0, 1, -1, 4, 4), 2)
    const score = async (statistic: 'q' | 't2') => {
      const fitted = await pca({ window: 1, share: 0.9, statistic }).fit(frameOf(values, 2), context)
      return (await scoreSeries(fitted, test)).score
    }
    const q = await score('q')
    const t2 = await score('t2')
    expect(q[1]).toBeGreaterThan(1000 * q[2])
    expect(t2[2]).toBeGreaterThan(1000 * t2[1])
    // T2 of (4, 4) on a line with variance 2 is 16, half of it for each channel; usual is 1/2.
    expect(t2[2]).toBeCloseTo(16, -1)
  })

  it('give a channel that is the only one to vary the score that it has alone', async () => {
    const random = createRandom(3)
    const alone = Float32Array.from({ length: 1000 }, () => random.normal())
    const beside = Float32Array.from({ length: 3000 }, (_, at) => (at % 3 === 1 ? alone[(at - 1) / 3] : 0))
    const detector = pca({ window: 1, share: 0.9, statistic: 'q' })
    const one = (await scoreSeries(await detector.fit(frameOf(alone, 1), context), frameOf(alone, 1))).score
    const all = await scoreSeries(await detector.fit(frameOf(beside, 3), context), frameOf(beside, 3))
    for (let i = 0; i < 1000; i++) {
      expect(all.residual[3 * i + 1]).toBeCloseTo(one[i], 4)
      expect(all.residual[3 * i]).toBeCloseTo(0, 4)
    }
    expect(Math.max(...one)).toBeGreaterThan(5)
  })
})

describe('regression of channels on each other', () => {
  const random = createRandom(4)
  /** The third channel is the difference of the others, and noise; the fourth has nothing to do with them. */
  const values = new Float32Array(4 * 1000)
  for (let i = 0; i < 1000; i++) {
    const [a, b] = [random.normal(), random.normal()]
    values.set([a, b, a - b + 0.1 * random.normal(), random.normal()], 4 * i)
  }
  const [a, b, c, d] = [0, 1, 2, 3].map(channel => values.filter((_, at) => at % 4 === channel))
  const learnt = crossRegression().fit(frameOf(values, 4), context)

  it('expects what ridge regression of each channel on the others does', async () => {
    const { expected } = await scoreSeries(await learnt, frameOf(values, 4), { expected: true })
    const mean = (xs: Float32Array) => xs.reduce((sum, x) => sum + x, 0) / xs.length
    for (const [target, others] of [
      [a, [b, c, d]],
      [c, [a, b, d]],
      [d, [a, b, c]],
    ] as const) {
      const centred = others.map(xs => xs.map(x => x - mean(xs)))
      const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0)
      const left = Float64Array.from(
        centred.flatMap((x, i) => centred.map((y, j) => dot(x, y) + (i === j ? 30 : 0))),
      )
      const weights = Float64Array.from(
        centred.map(x =>
          dot(
            x,
            target.map(value => value - mean(target)),
          ),
        ),
      )
      await solvePositiveDefinite(left, weights, 3, 1)
      const column = [a, b, c, d].indexOf(target)
      for (const i of [0, 500, 999]) {
        const wanted = centred.reduce((sum, x, k) => sum + weights[k] * x[i], mean(target))
        expect(expected?.[4 * i + column]).toBeCloseTo(wanted, 4)
      }
    }
  })

  it('sees a broken relation in all channels of it, and in no other', async () => {
    const test = frameOf(Float32Array.of(1, 1, 0, 1, 1, 1, 1, 1), 4)
    const { residual } = await scoreSeries(await learnt, test)
    expect(Math.max(...residual.subarray(0, 4))).toBeLessThan(3)
    expect(Math.min(...residual.subarray(4, 7))).toBeGreaterThan(30)
    expect(residual[7]).toBeLessThan(3)
  })
})

describe('nearest windows', () => {
  /** Far from 0, with a rhythm that returns to almost the same readings: single precision cannot rank these by their products. */
  const rhythm = (n: number, start: number) =>
    frameOf(
      Float32Array.from({ length: 3 * n }, (_, j) => {
        const i = start + Math.floor(j / 3)
        return 40 + Math.sin((2 * Math.PI * i) / 17) + 1e-4 * Math.sin(i * (1 + (j % 3)))
      }),
      3,
    )
  /** Readings in steps: many windows are equally near, and many of the bank are equal. */
  const steps = (n: number, seed: number) =>
    frameOf(Float32Array.from(machine(n, seed).values, Math.round), 3)

  it.each(
    (['reference', 'simd'] as const).flatMap(build => [
      { name: 'noise', build, train: machine(200, 3), test: machine(80, 4) },
      { name: 'a rhythm', build, train: rhythm(200, 0), test: rhythm(80, 200) },
      { name: 'steps', build, train: steps(400, 3), test: steps(80, 4) },
    ]),
  )('equal the naive search over the bank: $name, kernels $build', async ({ build, train, test }) => {
    const fitted = await nearest({ window: 4, bank: 50 }, build).fit(train, context)
    const { bank, usualError } = fitted.state().arrays
    const { residual } = await scoreSeries(fitted, test)
    for (let i = 3; i < 80; i++) {
      let best: number[] = []
      let smallest = Number.POSITIVE_INFINITY
      for (let b = 0; b < 50; b++) {
        const parts = [0, 0, 0]
        for (let j = 0; j < 12; j++)
          parts[j % 3] += (test.values[(i - 3) * 3 + j] - bank.data[b * 12 + j]) ** 2 / 4
        const sum = parts[0] + parts[1] + parts[2]
        if (sum < smallest * (1 - 1e-12)) [smallest, best] = [sum, parts]
      }
      for (let c = 0; c < 3; c++) {
        const wanted = best[c] / (usualError.data[c] + LEAST_ERROR)
        expect(Math.abs(residual[i * 3 + c] - wanted)).toBeLessThanOrEqual(1e-6 * wanted)
      }
    }
  })

  it('are standardised by the naive search over the windows of the other quarters', async () => {
    const [n, window] = [200, 4]
    const train = machine(n, 3)
    const fitted = await nearest({ window, bank: 50 }).fit(train, context)
    const { bank, usualError } = fitted.state().arrays
    const first = window - 1
    const whole = n - first
    const ends = Array.from({ length: 50 }, (_, k) => first + Math.floor((k * (whole - 1)) / 49))
    const quarterOf = (i: number) => [1, 2, 3].filter(q => i - first >= Math.round((q * whole) / 4)).length
    const sums = [0, 0, 0]
    for (let i = first; i < n; i++) {
      let best: number[] = []
      let smallest = Number.POSITIVE_INFINITY
      for (const [b, end] of ends.entries()) {
        if (quarterOf(end) === quarterOf(i) || Math.abs(end - i) < window) continue
        const parts = [0, 0, 0]
        for (let j = 0; j < 3 * window; j++)
          parts[j % 3] += (train.values[(i - first) * 3 + j] - bank.data[b * 3 * window + j]) ** 2 / window
        const sum = parts[0] + parts[1] + parts[2]
        if (sum < smallest) [smallest, best] = [sum, parts]
      }
      for (let c = 0; c < 3; c++) sums[c] += best[c]
    }
    for (let c = 0; c < 3; c++) expect(usualError.data[c]).toBeCloseTo(sums[c] / whole, 4)
  })
})

describe('k-means', () => {
  it('finds two groups that lie apart', async () => {
    const random = createRandom(5)
    const values = Float32Array.from(
      { length: 400 },
      (_, i) => (i % 50 < 25 ? -1 : 1) + 0.05 * random.normal(),
    )
    const fitted = await kMeans({ window: 1, clusters: 2 }).fit(frameOf(values, 1), context)
    const centres = [...fitted.state().arrays.bank.data].sort((a, b) => a - b)
    expect(centres[0]).toBeCloseTo(-1, 1)
    expect(centres[1]).toBeCloseTo(1, 1)
  })
})

describe('matrix profile', () => {
  it('equals the naive distance of z-normalised subsequences', async () => {
    const train = machine(160, 6, 1)
    const test = machine(90, 7, 1)
    const window = 15
    const fitted = await matrixProfile({ window, bank: 1000 }).fit(train, context)
    const usual = fitted.state().arrays.usualError.data[0]
    const { residual } = await scoreSeries(fitted, test)
    const normal = (x: ArrayLike<number>, end: number) => {
      const part = Array.from({ length: window }, (_, t) => x[end + 1 - window + t])
      const mean = part.reduce((a, b) => a + b) / window
      const sd = Math.sqrt(part.reduce((a, b) => a + (b - mean) ** 2, 0) / window)
      return part.map(value => (value - mean) / sd)
    }
    for (let i = window - 1; i < 90; i++) {
      const query = normal(test.values, i)
      let smallest = Number.POSITIVE_INFINITY
      for (let j = window - 1; j < 160; j++) {
        const distance = normal(train.values, j).reduce((sum, value, t) => sum + (value - query[t]) ** 2, 0)
        smallest = Math.min(smallest, distance)
      }
      expect(residual[i]).toBeCloseTo(smallest / (usual + LEAST_ERROR), 3)
    }
  })
})

describe('isolation forest', () => {
  it('expects the published depths', () => {
    // Liu, Ting & Zhou 2008: c(256) = 10.24 with H(i) = ln(i) + 0.5772156649.
    expect(meanSearchDepth(256)).toBeCloseTo(10.2448, 3)
    expect(meanSearchDepth(1)).toBe(0)
    expect(meanSearchDepth(2)).toBe(1)
  })

  it('isolates what is far from all samples early, and names the channel', async () => {
    const random = createRandom(8)
    const values = Float32Array.from({ length: 1500 }, () => random.normal())
    const fitted = await isolationForest({ trees: 100, subsample: 256 }).fit(frameOf(values, 3), context)
    const { score, residual } = await scoreSeries(fitted, frameOf(Float32Array.of(0, 0, 0, 0, 20, 0), 3))
    expect(score[1]).toBeGreaterThan(1.3 * score[0])
    expect(residual[4]).toBeGreaterThan(residual[3] + residual[5])
  })
})

describe('control charts', () => {
  /** Montgomery, Introduction to Statistical Quality Control, table 9.1: mean 10, standard deviation 1, a shift of 1 from sample 21. */
  const SAMPLES = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37,
    10.62, 10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
  ].map(x => x - 10)

  it('CUSUM gives the sums of the textbook', async () => {
    const frame = frameOf(Float32Array.from(SAMPLES), 1)
    const fitted = await cusum({ slack: 0.5, largest: 100 }).fit(frame, context)
    const usual = fitted.state().arrays.usualError.data[0] + LEAST_ERROR
    const { score } = await scoreSeries(fitted, frame)
    // Table 9.2: the larger of the upper and the lower sum.
    const wanted: [number, number][] = [
      [0, 0.05],
      [1, 1.56],
      [2, 1.77],
      [3, 1.16],
      [4, 2.82],
      [5, 2.5],
      [6, 1.46],
      [28, 5.28],
      [29, 5.3],
    ]
    for (const [i, sum] of wanted) expect(score[i] * usual).toBeCloseTo(sum, 4)
  })

  it('EWMA has variance 1 on white noise, from the first sample on', async () => {
    const random = createRandom(9)
    const noise = frameOf(
      Float32Array.from({ length: 20_000 }, () => random.normal()),
      1,
    )
    const fitted = await ewma({ weight: 0.1 }).fit(noise, context)
    expect(fitted.state().arrays.usualError.data[0]).toBeCloseTo(1, 1)
    // Montgomery, table 9.10 (weight 0.1): E_1 = 0.1 * -0.55, its variance 0.01.
    const first = (await scoreSeries(fitted, frameOf(Float32Array.of(SAMPLES[0]), 1))).score[0]
    const usual = fitted.state().arrays.usualError.data[0] + LEAST_ERROR
    expect(first * usual).toBeCloseTo(0.55 ** 2, 5)
  })
})

describe('baselines', () => {
  it('the robust deviation is not moved by a polluted history, the plain one is', async () => {
    const random = createRandom(10)
    const values = Float32Array.from({ length: 500 }, (_, i) => (i < 50 ? 40 : random.normal()))
    const spread = async (centre: 'mean' | 'median') => {
      const fitted = await deviation({ centre }).fit(frameOf(values, 1), context)
      return fitted.state().arrays.spreads.data[0]
    }
    expect(await spread('median')).toBeLessThan(1.5)
    expect(await spread('mean')).toBeGreaterThan(5)
  })

  it('the seasonal band sees a day value at night', async () => {
    const random = createRandom(11)
    const values = Float32Array.from(
      { length: 480 },
      (_, i) => (i % 24 < 12 ? 1 : -1) + 0.1 * random.normal(),
    )
    const fitted = await seasonal({ period: 24, bins: 24 }).fit(frameOf(values, 1), context)
    const test = frameOf(
      Float32Array.from({ length: 24 }, () => 1),
      1,
    )
    const { score } = await scoreSeries(fitted, test)
    expect(Math.min(...score.subarray(12))).toBeGreaterThan(20 * Math.max(...score.subarray(0, 12)))
  })
})

describe('smoothing', () => {
  const smoothed = (rows: number[], bandwidth: number, alignment: Alignment) => {
    const out = new Float64Array(rows.length)
    smoother({ bandwidth, alignment }).apply(Float64Array.from(rows), 1, { start: 0, end: rows.length }, out)
    return Array.from(out)
  }

  it('keeps a constant, whatever the kernel and at the ends', () => {
    for (const alignment of ALIGNMENTS)
      for (const value of smoothed([3, 3, 3, 3, 3], 2, alignment)) expect(value).toBeCloseTo(3, 12)
  })

  it('changes nothing with bandwidth 0', () => {
    expect(smoothed([1, 5, 2], 0, 'two-sided')).toEqual([1, 5, 2])
  })

  it('is symmetric when two-sided, and knows no future when causal', () => {
    const both = smoothed([0, 0, 0, 1, 0, 0, 0], 1, 'two-sided')
    for (let i = 0; i < 3; i++) expect(both[i]).toBeCloseTo(both[6 - i], 14)
    expect(both[4] / both[3]).toBeCloseTo(0.25, 1)
    expect(smoothed([0, 0, 0, 1, 0, 0, 0], 1, 'causal').slice(0, 3)).toEqual([0, 0, 0])
  })

  it('leaves out what is missing, and leaves it missing', () => {
    const [first, missing, last] = smoothed([2, Number.NaN, 2], 1, 'two-sided')
    expect([first, last]).toEqual([2, 2])
    expect(missing).toBeNaN()
  })

  it.each([1, 3, 50])('gives the same bits in pieces of %i rows', size => {
    const random = createRandom(12)
    const rows = Float64Array.from({ length: 120 }, () => random.uniform())
    for (const alignment of ALIGNMENTS) {
      const smooth = smoother({ bandwidth: 2, alignment })
      const whole = new Float64Array(120)
      smooth.apply(rows, 2, { start: 0, end: 60 }, whole)
      const online = smoothOnline(smooth, 2)
      const parts: number[] = []
      for (let at = 0; at < 60; at += size)
        parts.push(...online.push(rows.subarray(at * 2, (at + size) * 2), false))
      parts.push(...online.push(new Float64Array(0), true))
      expect(parts).toEqual(Array.from(whole))
    }
  })
})
