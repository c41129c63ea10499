import { describe, expect, it } from 'vitest'
import { type Frame, sliceFrame } from '../../../src/core/frame.js'
import { createRandom } from '../../../src/core/random.js'
import { modelFromState, modelToState } from '../../../src/model/index.js'
import { detect, trainModel } from '../../../src/pipeline/index.js'
import { smallestStep } from '../../../src/threshold/index.js'

/** Two channels with a common factor, a third that stands still. */
function machine(n: number, seed: number, unit = 1): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(3 * n)
  let common = 0
  for (let i = 0; i < n; i++) {
    common = 0.95 * common + 0.3 * random.normal()
    values.set([unit * (common + 0.2 * random.normal()), 50 - common + 0.2 * random.normal(), 7], 3 * i)
  }
  const timeMs = Float64Array.from({ length: n }, (_, i) => 60_000 * i)
  return { timeMs, timeKind: 'utc', values, channels: ['a', 'b', 'set-point'] }
}

const history = machine(4000, 1)
const trained = trainModel(history)

/** Share of steps of this size in one channel of fresh data that raise an event within 30 samples of their start, scored live. */
async function shareFound(size: number, channel: number): Promise<number> {
  const model = await trained
  const repeats = 60
  let found = 0
  for (let k = 0; k < repeats; k++) {
    const fresh = machine(430, 100 + k)
    for (let i = 400; i < 430; i++) fresh.values[3 * i + channel] += k % 2 === 0 ? size : -size
    const { flag } = await detect(model, fresh, { alignment: 'causal' })
    if (flag.subarray(400).some(one => one === 1)) found++
  }
  return found / repeats
}

describe('measureSteps', () => {
  it('finds the size that fresh data confirm: 95 % of such steps are found, few of half the size', async () => {
    const { level, steps } = (await trained).info.calibration.causal!
    const size = smallestStep(steps!.channels[0], level)
    expect(await shareFound(1.1 * size, 0)).toBeGreaterThanOrEqual(0.88)
    expect(await shareFound(size / 2, 0)).toBeLessThanOrEqual(0.5)
  })

  it('measures the channels that move, in both alignments', async () => {
    const { calibration } = (await trained).info
    for (const { steps } of Object.values(calibration)) {
      expect(steps?.within).toBe(30)
      expect(steps?.channels.map(({ name }) => name)).toEqual(['a', 'b'])
    }
  })

  it('measures no valve: its only step is its own', async () => {
    const { values, ...frame } = machine(1000, 2)
    const readings = values.map((value, at) => (at % 3 === 2 ? Number(Math.floor(at / 60) % 2) : value))
    const { calibration } = (await trainModel({ ...frame, values: readings })).info
    expect(calibration.causal!.steps!.channels.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('gives sizes in the unit of the channel', async () => {
    const other = await trainModel(machine(4000, 1, 1000))
    const of = (model: Awaited<typeof trained>, c: number) => {
      const { level, steps } = model.info.calibration.causal!
      return smallestStep(steps!.channels[c], level)
    }
    expect(of(other, 0) / of(await trained, 0) / 1000).toBeCloseTo(1, 3)
    expect(of(other, 1) / of(await trained, 1)).toBeCloseTo(1, 3)
  })

  it('gives a model that finds the steps that were asked for, and keeps what it measured', async () => {
    const { level, steps } = (await trained).info.calibration.causal!
    const size = 1.3 * smallestStep(steps!.channels[0], level)
    const model = await trainModel(history, { sensitivity: [`a=${size}`] })
    const { calibration, settings } = model.info
    expect(settings.threshold).toEqual({ sensitivity: [`a=${size}`] })
    for (const one of Object.values(calibration)) {
      expect(one.method).toBe('threshold:sensitivity')
      expect(smallestStep(one.steps!.channels[0], one.level) / size).toBeCloseTo(1, 4)
      expect(one.expectedAlarms?.aboveShare).toBeLessThan(0.03)
    }
    // Larger steps need a higher level, which raises fewer false alarms.
    expect(calibration.causal!.level).toBeGreaterThan(level)
    expect(modelFromState(modelToState(model)).info).toEqual(model.info)
  })

  it('refuses a step in the noise', async () => {
    await expect(trainModel(history, { sensitivity: ['a=0.01'] })).rejects.toMatchObject({
      code: 'sensitivity-too-high',
    })
    await expect(trainModel(history, { sensitivity: ['set-point=1'] })).rejects.toMatchObject({
      code: 'option-invalid',
    })
  })

  it('measures nothing where no stretch is long enough', async () => {
    const { calibration } = (await trainModel(sliceFrame(history, 0, 400))).info
    expect(calibration.causal?.steps).toBeUndefined()
  })
})
