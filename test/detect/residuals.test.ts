import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alignment } from '../../src/core/contracts.js'
import { createRandom } from '../../src/core/random.js'
import {
  createWindowErrors,
  localRuntime,
  type ResidualOptions,
  residualStream,
} from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import {
  createNetwork,
  createPredictor,
  initialWeights,
  lstmAutoencoder,
  type Network,
  resolveArchitecture,
} from '../../src/nn/index.js'
import { runNetwork } from '../nn/run.js'

const STEPS = 6
const CHANNELS = 3
const network = createNetwork(lstmAutoencoder(STEPS, CHANNELS, 5, 2))
const weights = initialWeights(network, createRandom(1))
const random = createRandom(2)
const series = Float32Array.from({ length: 150 * CHANNELS }, () => random.normal())

const runtime = localRuntime(preferredBuild())

/** Errors of the first n samples by a network, pushed in pieces that end at the cuts. */
function errorsOf(
  of: Network,
  own: Float32Array,
  n: number,
  options: ResidualOptions,
  cuts: readonly number[] = [],
): Float32Array {
  const windowErrors = createWindowErrors(createPredictor(of, own), runtime)
  const stream = residualStream(of, windowErrors, options)
  const edges = [0, ...cuts, n]
  const parts = edges
    .slice(1)
    .map((end, p) => stream.push(series.subarray(edges[p] * CHANNELS, end * CHANNELS)))
  return Float32Array.from([...parts, stream.finish()].flatMap(({ residual }) => [...residual]))
}

const errors = (n: number, alignment: Alignment, stride: number, batchSize: number, cuts: number[] = []) =>
  errorsOf(network, weights, n, { alignment, stride, batchSize }, cuts)

/** Each window on its own, copied out, averaged in float64. */
function naive(n: number, alignment: Alignment, stride: number): Float64Array {
  const run = runNetwork(network, { batch: 1, training: false })
  run.weights.set(weights)
  const sums = new Float64Array(n * CHANNELS)
  const counts = new Float64Array(n * CHANNELS)
  for (let start = 0; start + STEPS <= n; start += stride) {
    run.input.set(series.subarray(start * CHANNELS, (start + STEPS) * CHANNELS))
    const y = run.forward({ data: run.input, rows: STEPS, stepRows: 1, batchRows: 1 }, 1)
    for (let i = 0; i < STEPS * CHANNELS; i++) {
      const error = (y[i] - run.input[i]) ** 2
      const at =
        alignment === 'two-sided' ? start * CHANNELS + i : (start + STEPS - 1) * CHANNELS + (i % CHANNELS)
      sums[at] += error
      counts[at]++
    }
  }
  return sums.map((sum, i) => sum / counts[i])
}

/** Forecasts of samples that no window may see: the naive mean over the windows that predict a sample. */
function naiveForecast(forecaster: Network, own: Float32Array, n: number, stride: number): Float64Array {
  const run = runNetwork(forecaster, { batch: 1, training: false })
  run.weights.set(own)
  const { offset, steps: horizon } = forecaster.target
  const { outputs } = forecaster.loss
  const sums = new Float64Array(n * CHANNELS)
  const counts = new Float64Array(n * CHANNELS)
  for (let start = 0; start + offset + horizon <= n; start += stride) {
    run.input.set(series.subarray(start * CHANNELS, (start + offset) * CHANNELS))
    const y = run.forward({ data: run.input, rows: offset, stepRows: 1, batchRows: 1 }, 1)
    for (let t = 0; t < horizon; t++) {
      for (let c = 0; c < CHANNELS; c++) {
        const at = (start + offset + t) * CHANNELS + c
        const mean = t * outputs * CHANNELS + c
        const variance = outputs === 2 ? Math.exp(y[mean + CHANNELS]) : 1
        sums[at] += (y[mean] - series[at]) ** 2 / variance
        counts[at]++
      }
    }
  }
  return sums.map((sum, i) => sum / counts[i])
}

const alignments = fc.constantFrom<Alignment>('two-sided', 'causal')

describe('reconstruction error', () => {
  it('equals the slow obvious form, window by window', () => {
    fc.assert(
      fc.property(
        alignments,
        fc.integer({ min: STEPS, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (alignment, n, stride) => {
          const got = errors(n, alignment, stride, 16)
          naive(n, alignment, stride).forEach((wanted, i) => {
            if (Number.isNaN(wanted)) expect(got[i]).toBeNaN()
            else expect(Math.abs(got[i] - wanted)).toBeLessThan(1e-5 * (1 + wanted))
          })
        },
      ),
      { numRuns: 60, seed: 1 },
    )
  })

  it('has the same bits for every batch size and every cut into parts', () => {
    fc.assert(
      fc.property(
        alignments,
        fc.integer({ min: STEPS, max: 150 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 70 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
        (alignment, n, stride, batchSize, shares) => {
          const cuts = [...new Set(shares.map(share => Math.floor(share * n)))]
            .filter(cut => cut > 0)
            .sort((a, b) => a - b)
          expect(errors(n, alignment, stride, batchSize, cuts)).toEqual(errors(n, alignment, stride, 1))
        },
      ),
      { numRuns: 120, seed: 2 },
    )
  })

  it.each([
    ['mse', 1, 1],
    ['mse', 1, 3],
    ['mse', 4, 1],
    ['mse', 3, 5],
    ['gaussian-nll', 2, 1],
  ] as const)(
    'of a forecast with loss %s, horizon %i and stride %i equals the slow obvious form',
    (loss, horizon, stride) => {
      const definition = { name: 'forecaster', horizon, encoder: [{ type: 'lstm', units: 4 }] }
      const forecaster = createNetwork(
        resolveArchitecture(definition, { window: STEPS, channels: CHANNELS, loss }),
      )
      const own = initialWeights(forecaster, createRandom(4))
      const n = 40
      const whole = (batchSize: number, cuts: number[] = []) =>
        errorsOf(forecaster, own, n, { alignment: 'two-sided', stride, batchSize }, cuts)
      const got = whole(16)
      naiveForecast(forecaster, own, n, stride).forEach((wanted, i) => {
        if (Number.isNaN(wanted)) expect(got[i]).toBeNaN()
        else expect(Math.abs(got[i] - wanted)).toBeLessThan(1e-5 * (1 + wanted))
      })
      expect(whole(3)).toEqual(got)
      expect(whole(5, [9, 31])).toEqual(got)
    },
  )

  it('with window-end alignment never looks ahead', () => {
    const whole = errors(100, 'causal', 1, 32)
    expect(errors(60, 'causal', 1, 32)).toEqual(whole.subarray(0, 60 * CHANNELS))
  })

  it('is NaN where no window fits', () => {
    expect([...errors(STEPS - 1, 'two-sided', 1, 8)].every(Number.isNaN)).toBe(true)
  })
})
