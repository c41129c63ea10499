import { beforeAll, describe, expect, it } from 'vitest'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import type { Model } from '../../src/model/index.js'
import { detect, detectStream, thresholdNotes, trainModel } from '../../src/pipeline/index.js'
import { calibrationOf } from '../../src/session/index.js'
import { quantile } from '../../src/stats/index.js'

const MINUTE = 60_000
const lenient = { validationLevel: 'permissive' } as const

/** Two correlated channels; `noise` and `offset` of the second tell what becomes of the machine at each sample. */
function machine(
  n: number,
  seed: number,
  { noise = () => 0.1, offset = () => 0 }: Partial<Record<'noise' | 'offset', (i: number) => number>> = {},
): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(2 * n)
  let load = 0
  for (let i = 0; i < n; i++) {
    load = 0.98 * load + 0.2 * random.normal()
    values[2 * i] = load + noise(i) * random.normal()
    values[2 * i + 1] = 2 * load + offset(i) + noise(i) * random.normal()
  }
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => MINUTE * i),
    timeKind: 'utc',
    values,
    channels: ['a', 'b'],
  }
}

const train = (more: Record<string, unknown> = {}) =>
  trainModel(machine(4000, 1), { detector: 'pca-q', eventLength: 0, window: 10, workers: 1, ...more })

/** The model with other calibration scores. */
const withScores = (model: Model, scores: Float32Array): Model => ({
  ...model,
  calibrations: { 'two-sided': { ...twoSided(model), scores } },
})
const twoSided = (model: Model) => calibrationOf(model, 'two-sided')

async function streamed(
  model: Model,
  frame: Frame,
  rows: number,
  options: Parameters<typeof detectStream>[2],
) {
  function* cut() {
    for (let at = 0; at < sampleCount(frame); at += rows)
      yield sliceFrame(frame, at, Math.min(at + rows, sampleCount(frame)))
  }
  const score: number[] = []
  const residual: number[] = []
  let adaptation = null
  for await (const { scored, adaptation: after } of detectStream(model, cut(), options)) {
    score.push(...scored.score)
    residual.push(...scored.residual)
    adaptation = after
  }
  return { score, residual, adaptation }
}

describe.each(['quantile', 'spot', 'dspot'])('a level of the rule %s that adapts', rule => {
  const options = {
    adapt: true,
    adaptMemory: 500,
    ...(rule !== 'quantile' && { thresholdRule: rule as 'spot' }),
  }
  // A fault, and readings that become noisier.
  const live = machine(1600, 2, {
    noise: i => 0.1 + i / 20_000,
    offset: i => (i >= 700 && i < 740 ? 3 : 0),
  })
  let model: Model
  beforeAll(async () => {
    model = await train()
  })

  it.each([1, 13, 700])('gives in chunks of %i what it gives for the whole, bit for bit', async rows => {
    const whole = await detect(model, live, { ...options, ...lenient })
    const pieces = await streamed(model, live, rows, options)
    expect(pieces.score).toEqual([...whole.score])
    expect(pieces.residual).toEqual([...whole.residual])
    expect(pieces.adaptation).toEqual(whole.adaptation)
    expect(whole.adaptation?.moves).toBeGreaterThan(0)
  })

  it('publishes scores of which the residuals are the parts, and flags above 1', async () => {
    const { score, residual, flag } = await detect(model, live, { ...options, ...lenient })
    score.forEach((value, i) => {
      expect((residual[2 * i] + residual[2 * i + 1]) / 2).toBeCloseTo(value, 4)
      expect(flag[i]).toBe(value > 1 ? 1 : 0)
    })
    expect(flag.subarray(702, 738).every(Boolean)).toBe(true)
  })
})

describe('a model that adapts', () => {
  it('does so when it was trained to, unless told otherwise', async () => {
    const model = await train({ adapt: true, adaptLimit: 0.1 })
    const live = machine(500, 3)
    expect((await detect(model, live, lenient)).adaptation).toMatchObject({
      limit: (twoSided(model).threshold.level / quantile(twoSided(model).scores, 0.5)) ** 0.1,
    })
    const fixed = await detect(model, live, { ...lenient, adapt: false })
    expect(fixed.adaptation).toBeNull()
    expect(fixed.score).toEqual((await detect(await train(), live, lenient)).score)
  })

  it('takes up what maintenance has changed for good, where a fixed one goes on flagging', async () => {
    const model = await train({ quantile: 0.99 })
    const n = 12_000
    // From sample 1000 on, within a day, the readings are a third noisier.
    const noise = (i: number) => 0.1 * (1 + 0.33 * Math.min(1, Math.max(0, (i - 1000) / 1440)))
    const lateFlags = async (adapt: boolean, seed: number) => {
      const live = machine(n, seed, { noise })
      const { flag } = await detect(model, live, { ...lenient, adapt, adaptMemory: 1000 })
      return flag.subarray(n - 6000).reduce((sum, one) => sum + one, 0)
    }
    let [fixed, adapted] = [0, 0]
    for (const seed of [4, 5, 6, 7, 8]) {
      const flags = await lateFlags(false, seed)
      expect(flags).toBeGreaterThan(120)
      fixed += flags
      adapted += await lateFlags(true, seed)
    }
    expect(adapted).toBeLessThan(fixed / 2)
  })

  it('still flags a fault that creeps in over a week', async () => {
    const model = await train()
    const n = 10_080
    const live = machine(n, 5, { offset: i => (3 * i) / n })
    const { flag, adaptation } = await detect(model, live, { ...lenient, adapt: true, adaptMemory: 1000 })
    expect(flag.subarray(n - 500).every(Boolean)).toBe(true)
    expect(flag.subarray(0, 500).some(Boolean)).toBe(false)
    // It did try to follow.
    expect(adaptation?.highestLevel).toBeGreaterThan(1.05 * twoSided(model).threshold.level)
  })
})

describe('thresholdNotes', () => {
  it('are empty for a rule that fits', async () => {
    const model = await train()
    expect(thresholdNotes(model)).toEqual([])
    expect(thresholdNotes(model, { thresholdRule: 'mad' })).toEqual([])
  })

  it('tell what a rule lacks', async () => {
    const model = await train()
    expect(thresholdNotes(model, { thresholdRule: 'dspot' }).join()).toMatch(/without --adapt it stays/)
    expect(thresholdNotes(model, { thresholdRule: 'dspot', adapt: true })).toEqual([])
    expect(thresholdNotes(model, { thresholdRule: 'dynamic' }).join()).toMatch(/dynamic rule/)
    const short = withScores(model, twoSided(model).scores.subarray(0, 60))
    expect(thresholdNotes(short, { thresholdRule: 'pot' }).join()).toMatch(
      /fewer than the 10 that a fit needs/,
    )
    expect(thresholdNotes(short)).toEqual(thresholdNotes(short, { quantile: 0.999 }))
    expect(thresholdNotes(short, { quantile: 0.95 })).toEqual([])
    expect(thresholdNotes(short, { quantile: 0.999 }).join()).toMatch(
      /support a quantile of up to 0\.9\d+, not 0\.999/,
    )
    const flat = withScores(model, new Float32Array(100).fill(1))
    expect(thresholdNotes(flat, { thresholdRule: 'mad' }).join()).toMatch(/all calibration scores are equal/)
  })

  it('leave it to an error when DSPOT has fewer scores than it takes the mean of', async () => {
    const model = await train()
    const short = withScores(model, twoSided(model).scores.subarray(0, 600))
    await expect(
      detect(short, machine(100, 6), { ...lenient, thresholdRule: 'dspot' }),
    ).rejects.toMatchObject({
      code: 'data-calibration-short',
    })
  })
})
