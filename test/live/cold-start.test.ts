import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createError } from '../../src/core/errors.js'
import { sliceFrame } from '../../src/core/frame.js'
import type { LiveOutput } from '../../src/emit/index.js'
import { createMonitor, type Learning, type MonitorOptions, type Reading } from '../../src/live/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { openSession } from '../../src/session/index.js'
import { scratchFolder } from '../cli/world.js'
import { swinging } from '../pipeline/machine.js'
import { liveFrame } from './program.js'

const model = await trainModel(swinging(500, 1), { window: 12, workers: 1, quantile: 0.99 }, {})
const frame = liveFrame(1500)
const READINGS: Reading[] = Array.from(frame.timeMs, (time, i) => ({
  device: 'p7',
  time,
  values: { a: frame.values[2 * i], b: frame.values[2 * i + 1] },
}))
const now = () => frame.timeMs[frame.timeMs.length - 1]
const scoresOf = (outputs: readonly LiveOutput[]) =>
  outputs.flatMap(({ scored }) => [...(scored?.score ?? [])])
const changesOf = (outputs: readonly LiveOutput[]) =>
  outputs.flatMap(({ events }) => events.map(({ id }) => id))

/** What a monitor says of the readings, in pieces with a restart after each; the last one and its counts. */
async function told(options: Omit<MonitorOptions, 'now'>, size = READINGS.length) {
  const outputs: LiveOutput[] = []
  let counts: unknown
  for (let at = 0; at < READINGS.length; at += size) {
    const monitor = await createMonitor({ ...options, now })
    outputs.push(...(await monitor.push(READINGS.slice(at, at + size))).outputs)
    counts = monitor.counts
    await monitor.close()
  }
  return { outputs, counts }
}
const folder = () => join(scratchFolder(), 'state')

describe('a device that shares a model', () => {
  const calibrate = { samples: 400 }

  it('is scored at the level of its own first scores, and raises no event before', async () => {
    const { outputs } = await told({ model, calibrate })
    const shared = openSession(model).push(frame).scored.score
    const warmUp = shared.findIndex(score => !Number.isNaN(score))
    const begins = warmUp + 400
    const scores = scoresOf(outputs)
    expect(scores.slice(0, begins)).toEqual([...shared.slice(0, begins)])
    // 0.99 (400 + 1) rounds up to the 397th of 400 ascending scores.
    const level = shared.slice(warmUp, begins).sort()[396]
    const own = openSession(model).push(sliceFrame(frame, begins, 1500)).scored.score
    own.forEach((score, i) => {
      if (Number.isNaN(score)) expect(scores[begins + i]).toBeNaN()
      else expect(scores[begins + i] / (score / level)).toBeCloseTo(1, 5)
    })
    const ids = changesOf(outputs)
    expect(ids.length).toBeGreaterThan(1)
    const before = await told({ model })
    // The first fault, at 450 of 1500, is in the calibration of 600; without it it raises an event.
    const late = await told({ model, calibrate: { samples: 600 } })
    const opened = (all: string[]) => all.filter(id => id.endsWith('/opened')).length
    expect(opened(changesOf(before.outputs))).toBeGreaterThan(opened(changesOf(late.outputs)))
  })

  it('continues from its state, before and after it has found its threshold', async () => {
    const whole = await told({ model, calibrate })
    for (const size of [130, 413, 750]) {
      const parts = await told({ model, calibrate, state: folder() }, size)
      expect(scoresOf(parts.outputs)).toEqual(scoresOf(whole.outputs))
      expect(changesOf(parts.outputs)).toEqual(changesOf(whole.outputs))
    }
  })

  it('keeps the threshold of a model that it has alone', async () => {
    const own = await told({ model, calibrate: { samples: 400, isOwn: device => device === 'p7' } })
    expect(scoresOf(own.outputs)).toEqual(scoresOf((await told({ model })).outputs))
  })
})

describe('a device without a model', () => {
  const learn: Learning = {
    samples: 500,
    train: history => trainModel(history, { window: 12, workers: 1, quantile: 0.99 }),
  }
  const none = async () => undefined

  it('is scored by a model of its first samples', async () => {
    const first = await told({ model: none, learn })
    const learnt = await trainModel(sliceFrame(frame, 0, 500), { window: 12, workers: 1, quantile: 0.99 })
    expect(scoresOf(first.outputs)).toEqual([
      ...openSession(learnt).push(sliceFrame(frame, 500, 1500)).scored.score,
    ])
    expect(first.counts).toMatchObject({ received: 1500, taken: 1500, samples: 1500, refused: {} })
    expect(first.counts).toMatchObject({ unscored: { learning: 500 } })
  })

  it('gives the same however it is stopped while it learns', async () => {
    const whole = await told({ model: none, learn })
    for (const size of [100, 333, 750]) {
      const parts = await told({ model: none, learn, state: folder() }, size)
      expect(scoresOf(parts.outputs)).toEqual(scoresOf(whole.outputs))
      expect(changesOf(parts.outputs)).toEqual(changesOf(whole.outputs))
    }
  })

  it('collects again what it cannot learn from, and is refused where devices do not learn', async () => {
    let calls = 0
    const hard: Learning = {
      samples: 500,
      async train(history) {
        if (calls++ === 0)
          throw createError('data-calibration-short', { got: 1, wanted: 2, purpose: 'a test' })
        return trainModel(history, { window: 12, workers: 1 })
      },
    }
    const monitor = await createMonitor({ model: none, learn: hard, now })
    await monitor.push(READINGS)
    expect(calls).toBe(2)
    expect(monitor.counts).toMatchObject({ unscored: { learning: 750 }, samples: 1500 })
    await monitor.close()
    const { counts } = await told({ model: none })
    expect(counts).toMatchObject({ refused: { 'unknown-device': 1500 } })
  })
})
