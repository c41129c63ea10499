import { beforeAll, describe, expect, it } from 'vitest'
import { sliceFrame } from '../../../src/core/frame.js'
import { frameFromColumns } from '../../../src/core/frame-builders.js'
import { createRandom } from '../../../src/core/random.js'
import type { Model } from '../../../src/model/index.js'
import { passGate, trainModel } from '../../../src/pipeline/index.js'

/** Two channels of noise; `level` is added to the first. */
function plant(samples: number, seed: number, level = 0) {
  const random = createRandom(seed)
  const noise = (add: number) => Float64Array.from({ length: samples }, () => random.normal() + add)
  return frameFromColumns({ channels: { a: noise(level), b: noise(0) } })
}
const train = (frame: ReturnType<typeof plant>, more: object = {}) =>
  trainModel(frame, { detector: 'z-score', window: 10, ...more })

describe('passGate', () => {
  const settings = { repeats: 1, seed: 1 }
  let champion: Model
  beforeAll(async () => {
    champion = await train(plant(3000, 1))
  })

  it('is passed by the champion itself, with the same alarms', async () => {
    const { passed, checks, alarms } = await passGate(champion, champion, plant(1500, 2), settings)
    expect(passed).toBe(true)
    for (const check of checks) expect(check.challenger).toBe(check.champion)
    for (const { by } of alarms) expect(by).toBe('both')
  })

  it('is passed by one that learnt a new normal state that the champion alarms on', async () => {
    const moved = plant(3000, 3, 4)
    const challenger = await train(sliceFrame(moved, 0, 2000))
    const { passed, checks } = await passGate(champion, challenger, sliceFrame(moved, 2000), settings)
    expect(checks[0].champion).toBeGreaterThan(checks[0].challenger)
    expect([checks[0].check, checks[0].passed, passed]).toEqual(['false alarms', true, true])
  })

  it('is closed for one that raises more false alarms', async () => {
    const { passed, checks } = await passGate(
      champion,
      await train(plant(3000, 4, 4)),
      plant(1500, 5),
      settings,
    )
    expect(checks[1]).toMatchObject({ check: 'normal samples in alarm', passed: false })
    expect(passed).toBe(false)
  })

  it('is closed for one that is blind to faults', async () => {
    const wide = await train(frameFromColumns({ channels: wideNoise() }))
    const { checks } = await passGate(champion, wide, plant(1500, 7), settings)
    const faults = checks.find(({ check }) => check === 'injected faults found')
    expect(faults?.passed).toBe(false)
    expect(faults!.challenger).toBeLessThan(faults!.champion)
  })

  it('is closed for one that misses a confirmed event that the champion finds', async () => {
    const frame = plant(1500, 8)
    const labels = new Uint8Array(1500)
    for (let i = 700; i < 740; i++) {
      frame.values[2 * i] += 6
      labels[i] = 1
    }
    const wide = await train(frameFromColumns({ channels: wideNoise() }))
    const { checks, alarms } = await passGate(champion, wide, frame, { ...settings, labels })
    expect(checks[3]).toMatchObject({
      check: 'confirmed events found',
      champion: 1,
      challenger: 0,
      of: 1,
      passed: false,
    })
    expect(alarms.filter(({ confirmed }) => confirmed).map(({ by }) => by)).toContain('champion')
  })

  it('says when the data are too short for a fault', async () => {
    await expect(passGate(champion, champion, plant(12, 9), settings)).rejects.toMatchObject({
      code: 'data-too-short',
    })
  })
})

/** Noise that is thirty times as wide: what it teaches, nothing usual exceeds. */
function wideNoise() {
  const random = createRandom(10)
  const noise = () => Float64Array.from({ length: 3000 }, () => 30 * random.normal())
  return { a: noise(), b: noise() }
}
