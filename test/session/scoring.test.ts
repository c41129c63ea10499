import { beforeAll, describe, expect, it } from 'vitest'
import { REASONS } from '../../src/core/contracts.js'
import type { Frame } from '../../src/core/frame.js'
import { sliceFrame } from '../../src/core/frame.js'
import type { Model } from '../../src/model/index.js'
import { detect, trainModel, trainOptions } from '../../src/pipeline/index.js'
import { swinging as machine } from '../pipeline/machine.js'

const MINUTE = 60_000
const WINDOW = 12

const holed = (frame: Frame, channel: number, from: number, to: number): Frame => ({
  ...frame,
  values: frame.values.map((x, at) =>
    at % 2 === channel && at >> 1 >= from && at >> 1 < to ? Number.NaN : x,
  ),
})
const quick = (more: Record<string, unknown> = {}) =>
  trainOptions.parse({ window: WINDOW, epochs: 3, units: 6, latent: 3, workers: 1, ...more })

describe('scoring around gaps', () => {
  const live = machine(200, 2)
  let model: Model
  beforeAll(async () => {
    model = await trainModel(machine(500, 1), quick())
  })

  it('scores both sides of a gap as series of their own, to the bit', async () => {
    const timeMs = live.timeMs.map((t, i) => (i < 90 ? t : t + 60 * MINUTE))
    const { score, reason } = await detect(model, { ...live, timeMs })
    const before = await detect(model, sliceFrame(live, 0, 90))
    const after = await detect(model, sliceFrame(live, 90))
    expect(Array.from(score)).toEqual([...before.score, ...after.score])
    expect(reason[89]).toBe(0)
  })

  it('spans a short gap in time when it may', async () => {
    const timeMs = live.timeMs.map((t, i) => (i < 90 ? t : t + 3 * MINUTE))
    const plain = await detect(model, live)
    expect(Array.from((await detect(model, { ...live, timeMs })).score)).toEqual(Array.from(plain.score))
    const cut = await detect(model, { ...live, timeMs }, { maxGap: 2 })
    expect(Array.from(cut.score)).not.toEqual(Array.from(plain.score))
  })

  it('says of every sample without a score why it has none', async () => {
    const broken = holed(holed(live, 0, 50, 60), 1, 66, 70)
    const { score, reason } = await detect(model, broken, { missing: 'drop' })
    const reasons = Array.from(reason, code => REASONS[code])
    expect(reasons.slice(48, 72)).toEqual([
      ...Array(2).fill(''),
      ...Array(10).fill('missing'),
      ...Array(6).fill('warm-up'),
      ...Array(4).fill('missing'),
      ...Array(2).fill(''),
    ])
    expect(Array.from(score, value => Number.isNaN(value))).toEqual(reasons.map(text => text !== ''))
  })

  it.each(['hold', 'mask'] as const)(
    'trains on no channel without a reading with the policy %s',
    async missing => {
      const silent = holed(machine(500, 1), 1, 0, 500)
      await expect(trainModel(silent, quick({ missing }))).rejects.toMatchObject({
        code: 'data-invalid',
        message: expect.stringContaining('b: the channel has no readings'),
      })
    },
  )

  it('masks readings without a score of their own: the others count as they do, and none is made to count more', async () => {
    const { score, residual } = await detect(model, holed(live, 0, 50, 60), { missing: 'mask' })
    for (let i = 50; i < 60; i++) {
      expect(residual[2 * i]).toBeNaN()
      expect(score[i]).toBeLessThanOrEqual(residual[2 * i + 1]!)
      expect(score[i]).toBeGreaterThanOrEqual(residual[2 * i + 1]! / 2)
    }
    expect(score.every(Number.isFinite)).toBe(true)
  })

  it('refuses missing readings by default, and treats them as trained otherwise', async () => {
    const broken = holed(live, 0, 50, 53)
    await expect(detect(model, broken)).rejects.toMatchObject({ code: 'data-missing-value' })
    const tolerant = await trainModel(holed(machine(500, 1), 1, 100, 103), quick({ missing: 'linear' }))
    expect((await detect(tolerant, broken)).score.every(Number.isFinite)).toBe(true)
  })
})

describe('training on a history with gaps', () => {
  it('never learns from a window that touches a missing reading', async () => {
    const broken = holed(holed(machine(700, 1), 0, 100, 130), 1, 500, 540)
    const model = await trainModel(broken, quick({ missing: 'drop' }))
    expect(model.info.training.bestValidationLoss).toBeGreaterThan(0)
    expect(Number.isFinite(model.calibrations.causal?.threshold.level)).toBe(true)
    expect(model.info.schema?.channels.map(({ missingShare }) => missingShare)).toEqual([30 / 700, 40 / 700])
  })

  it('refuses a history whose gaps leave no window in a part', async () => {
    const timeMs = machine(500, 1).timeMs.map((t, i) => t + Math.floor(i / 10) * 60 * MINUTE)
    await expect(trainModel({ ...machine(500, 1), timeMs }, quick())).rejects.toThrow(
      /10 samples are without a gap, too few for the train part between gaps/,
    )
  })

  it('refuses data that are not valid at the level asked for, and tells what it noticed otherwise', async () => {
    const constant = machine(500, 1)
    const stuck = { ...constant, values: constant.values.map((x, at) => (at % 2 ? 4 : x)) }
    await expect(trainModel(stuck, quick({ validationLevel: 'strict' }))).rejects.toMatchObject({
      code: 'data-invalid',
      message: expect.stringContaining('b: every reading is 4'),
    })
    const seen: string[] = []
    await trainModel(stuck, quick({ epochs: 1 }), {
      onIssues: issues => seen.push(...issues.map(({ code }) => code)),
    })
    expect(seen).toEqual(['channel-constant'])
  })
})

describe('data to be scored', () => {
  it('are held to the schema of the history, by rules that fit a few rows', async () => {
    const model = await trainModel(machine(500, 1), quick({ epochs: 1 }))
    expect((await detect(model, sliceFrame(machine(200, 2), 0, WINDOW))).issues).toEqual([])
    const slow = { ...machine(200, 2), timeMs: machine(200, 2).timeMs.map(t => 10 * t) }
    await expect(detect(model, slow)).rejects.toMatchObject({
      code: 'data-invalid',
      answer: expect.stringMatching(/^(?!.*validationLevel).*cadenceMs/),
    })
    expect((await detect(model, slow, { validationLevel: 'permissive' })).issues).toMatchObject([
      { code: 'cadence-differs', severity: 'warning' },
    ])
  })
})
