import { describe, expect, it } from 'vitest'
import { asScaled, type ScaledFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { autoencoder, localRuntime } from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { findArchitecture } from '../../src/nn/index.js'

const runtime = localRuntime(preferredBuild())
const SIZES = {
  window: 8,
  stride: 1,
  units: 6,
  epochs: 3,
  batchSize: 16,
  learningRate: 0.01,
  patience: 10,
  minDelta: 1e-4,
}

function machine(n: number, seed: number): ScaledFrame {
  const random = createRandom(seed)
  const values = Float32Array.from(
    { length: 3 * n },
    (_, at) => Math.sin(0.3 * (at / 3) + (at % 3)) + 0.1 * random.normal(),
  )
  const timeMs = Float64Array.from({ length: n }, (_, i) => i)
  return asScaled({ timeMs, timeKind: 'index', channels: ['a', 'b', 'c'] }, values)
}

describe('the gradient of the score of a network', () => {
  it.each(['lstm-autoencoder', 'dense-ae', 'attention-ae', 'gru-forecaster'])(
    'is that of differences of the score, for %s',
    async name => {
      const architecture = findArchitecture(name)
      expect(architecture, name).toBeDefined()
      const fitted = await autoencoder({ ...SIZES, architecture }, runtime).fit(machine(160, 1), {
        validation: machine(60, 2),
        seed: 1,
      })
      const length = 3 * fitted.windowLength
      const random = createRandom(4)
      const windows = Float32Array.from({ length: 2 * length }, () => random.normal())
      const gradient = new Float32Array(windows.length)
      fitted.scoreGradient?.(windows, gradient)
      const scoreAt = (window: number, at: number, step: number) => {
        const moved = windows.slice(window * length, (window + 1) * length)
        moved[at] += step
        const out = new Float32Array(1)
        fitted.scoreWindows(moved, 1, out)
        return out[0]
      }
      const largest = Math.max(...gradient.map(Math.abs))
      expect(largest).toBeGreaterThan(0)
      const step = 0.01
      for (const window of [0, 1])
        for (let at = 0; at < length; at++) {
          const wanted = (scoreAt(window, at, step) - scoreAt(window, at, -step)) / (2 * step)
          expect(Math.abs(gradient[window * length + at] - wanted)).toBeLessThan(0.01 * largest)
        }
    },
    60_000,
  )
})
