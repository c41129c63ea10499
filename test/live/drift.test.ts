import { describe, expect, it } from 'vitest'
import { createIntake } from '../../src/live/intake.js'
import { memoryStore } from '../../src/live/state-store.js'
import { Stream } from '../../src/live/stream.js'
import { trainModel } from '../../src/pipeline/index.js'
import { swinging } from '../pipeline/machine.js'
import { liveFrame } from './program.js'

const model = await trainModel(swinging(500, 1), { window: 12, workers: 1, detector: 'pca-q' })
const sampling = { joinMs: null, waitMs: 0, maxAgeMs: 0, silentAfterMs: 1e9 }
const settings = { watchDrift: ['a'], watchRunLength: 1e5 }
const options = {
  modelOf: async () => model,
  settings,
  sampling,
  resident: 10,
  mostDevices: 10,
  unfit: 'restart' as const,
}
const frame = liveFrame(900)
const intake = createIntake({ aheadMs: 1e12, ratePerSecond: Number.POSITIVE_INFINITY })
const messages = Array.from(frame.timeMs, (timeMs, i) => ({
  device: 'p7',
  timeMs,
  names: ['a', 'b'],
  values: [frame.values[2 * i] + 1, frame.values[2 * i + 1]],
}))
const { batch } = intake({ messages, refused: {}, badReadings: 0, position: null }, frame.timeMs[899])

describe('a drift that is open', () => {
  it('is known to the next run, and ends with its session when the settings are other ones', async () => {
    const store = memoryStore()
    const stream = new Stream(options, store)
    await stream.process(batch)
    const [open] = stream.drifts()
    expect([open.type, stream.counts.drifts]).toEqual(['dev.telltale.drift.opened.v1', 1])
    const next = new Stream(options, store, await stream.state())
    expect(next.drifts()).toEqual(stream.drifts())
    expect(await next.replace({ modelOf: options.modelOf, settings, sampling })).toEqual([])
    const [ended] = await next.replace({ modelOf: options.modelOf, settings: {}, sampling })
    expect(ended.events.map(({ id, type }) => [id, type])).toContainEqual([
      open.id.replace(/opened$/, 'closed'),
      'dev.telltale.drift.closed.v1',
    ])
    expect(next.drifts()).toEqual([])
  })
})
