import { describe, expect, it } from 'vitest'
import type { ScaledFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { cusum, kMeans, pca, scoreSeries } from '../../src/detect/index.js'
import { quantileThreshold } from '../../src/threshold/index.js'
import { frameOf } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 1), seed: 1 }
const largest = (score: ArrayLike<number>) => Math.max(...Array.from(score).filter(Number.isFinite))

describe('cusum', () => {
  it('has scores above those of its training when the training sums are large', async () => {
    // A rhythm so slow that the sums reach the usual cap of 50 in training.
    const slow = (shift: number): ScaledFrame =>
      frameOf(
        Float32Array.from({ length: 4000 }, (_, i) => 1.4 * Math.sin((2 * Math.PI * i) / 1440) + shift),
        1,
      )
    const fitted = await cusum({ slack: 0.5, largest: 50 }).fit(slow(0), context)
    const { score } = await scoreSeries(fitted, slow(14))
    expect(largest(score)).toBeGreaterThan(1.9 * largest(fitted.heldBack.score))
  })
})

describe('pca, T2', () => {
  it('of one channel is the square of the reading in standard deviations', async () => {
    const random = createRandom(1)
    const normal = Float32Array.from({ length: 4000 }, () => random.normal())
    const fitted = await pca({ window: 1, share: 0.9, statistic: 't2' }).fit(frameOf(normal, 1), context)
    const { score } = await scoreSeries(fitted, frameOf(Float32Array.of(1, 2, 40), 1))
    expect(score[1] / score[0]).toBeCloseTo(4, 0)
    expect(score[2] / score[0]).toBeGreaterThan(1000)
  })
})

describe('k-means', () => {
  it('is standardised on windows that its centres were not learnt from', async () => {
    const random = createRandom(2)
    const noise = (n: number, channels: number) =>
      frameOf(
        Float32Array.from({ length: n * channels }, () => random.normal()),
        channels,
      )
    const fitted = await kMeans({ window: 10, clusters: 20 }).fit(noise(400, 30), context)
    const { score } = await scoreSeries(fitted, noise(2000, 30))
    const level = quantileThreshold(0.95).fit(fitted.heldBack.score).level
    const above = score.filter(value => value > level).length / 2000
    // Centres of the same windows gave .22.
    expect(above).toBeLessThan(0.1)
  })
})
