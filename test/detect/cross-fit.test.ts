import { describe, expect, it } from 'vitest'
import { asScaled, type ScaledFrame } from '../../src/core/frame.js'
import {
  COMMITTEE,
  type CrossFitted,
  committee,
  cusum,
  kMeans,
  linearVar,
  localRuntime,
  matrixProfile,
  movingAverage,
  nearest,
  pca,
} from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { frameOf, machine } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 3), seed: 1 }
const train = machine(600, 1)
const quick = { ...COMMITTEE, shownWindows: 6000 }

const LOCAL = {
  'vector autoregression': linearVar({ lags: 3, ridge: 30 }),
  'principal components': pca({ window: 2, share: 0.9, statistic: 'q' }),
  'nearest windows': nearest({ window: 5, bank: 200 }),
  'k-means': kMeans({ window: 5, clusters: 5 }),
  'matrix profile': matrixProfile({ window: 20, bank: 200 }),
  'moving average': movingAverage({ window: 5 }),
  committee: committee(quick, localRuntime(preferredBuild())),
}

/** Samples 300 to 329 of channel 1 are 5 standard deviations too high. */
function faulty(frame: ScaledFrame): ScaledFrame {
  const values = Float32Array.from(frame.values)
  for (let i = 300; i < 330; i++) values[3 * i + 1] += 5
  return asScaled(frame, values)
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length

describe.each(Object.entries(LOCAL))('%s, scoring the part it was fitted to', (_name, detector) => {
  it('says of the readings as they were what it said when it was fitted', async () => {
    const { heldBack, scoreHeldBack } = await detector.fit(train, context)
    expect(await scoreHeldBack(train)).toEqual(heldBack)
  })

  it('sees a fault that was put in, and changes no score out of its reach', async () => {
    const fitted: CrossFitted = await detector.fit(train, context)
    const { score } = await fitted.scoreHeldBack(faulty(train))
    const before = fitted.heldBack.score
    expect(mean(score.subarray(300, 330))).toBeGreaterThan(1.2 * mean(before.subarray(300, 330)))
    expect(score.subarray(0, 300)).toEqual(before.subarray(0, 300))
    const after = 330 + fitted.contextLength
    expect(score.subarray(after)).toEqual(before.subarray(after))
  })
})

describe('a control chart, scoring the part it was fitted to', () => {
  it('walks along it anew', async () => {
    const { heldBack, scoreHeldBack } = await cusum({ slack: 0.5, largest: 50 }).fit(train, context)
    expect(await scoreHeldBack(train)).toEqual(heldBack)
    expect(mean((await scoreHeldBack(faulty(train))).score.subarray(320, 330))).toBeGreaterThan(
      2 * mean(heldBack.score.subarray(320, 330)),
    )
  })
})
