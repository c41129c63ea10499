import { beforeAll, describe, expect, it } from 'vitest'
import { scoreTable } from '../../src/cli/score-table.js'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import type { Model } from '../../src/model/index.js'
import { type Detection, detect, trainModel } from '../../src/pipeline/index.js'
import { createLabelCounter } from '../../src/report/index.js'
import { joinScored, type ScoredSamples } from '../../src/session/index.js'

function machine(n: number, faults: readonly number[] = [], size = 9): Frame {
  const random = createRandom(n)
  const values = Float64Array.from({ length: n }, () => random.normal())
  for (const at of faults) values[at] += size
  const timeMs = Float64Array.from({ length: n }, (_, i) => 60_000 * i)
  return { timeMs, timeKind: 'utc', values, channels: ['flow'] }
}

function* chunks(frame: Frame, rows: number, labels?: Uint8Array) {
  for (let at = 0; at < sampleCount(frame); at += rows) {
    const end = Math.min(sampleCount(frame), at + rows)
    yield { frame: sliceFrame(frame, at, end), labels: labels?.subarray(at, end) }
  }
}

describe('scoreTable', () => {
  let model: Model
  beforeAll(async () => {
    model = await trainModel(machine(2000), { detector: 'z-score', eventLength: 0, window: 10, mergeGap: 1 })
  })

  async function scored(pieces: Parameters<typeof scoreTable>[1], settings = {}) {
    const samples: ScoredSamples[] = []
    const events: AnomalyEvent[] = []
    const sinks = {
      scored: async (more: ScoredSamples) => void samples.push(more),
      closed: async (more: readonly AnomalyEvent[]) => void events.push(...more),
    }
    const result = await scoreTable(model, pieces, settings, sinks, {})
    return { result, samples: joinScored(samples), events }
  }

  describe('of labelled samples', () => {
    const faults = [5, 60, 61, 200, 397]
    const frame = machine(400, faults)
    const labels = new Uint8Array(400)
    for (const at of [5, 61, 62, 300, 399]) labels[at] = 1
    let whole: Detection
    beforeAll(async () => {
      whole = await detect(model, frame)
    })

    it.each([1, 7, 64, 400])('hands on in chunks of %i what detect gives for the whole', async rows => {
      const { result, samples, events } = await scored(chunks(frame, rows, labels))
      expect(samples.score).toEqual(whole.score)
      expect(samples.residual).toEqual(whole.residual)
      expect(events).toEqual(whole.events)
      expect(whole.events.length).toBeGreaterThan(3)
      const count = (of: ArrayLike<number>, is: (value: number) => boolean) =>
        Array.from(of).filter(is).length
      expect(result).toMatchObject({
        samples: 400,
        scored: count(whole.score, value => !Number.isNaN(value)),
        flagged: count(whole.flag, flag => flag === 1),
        eventCount: whole.events.length,
        events: whole.events,
        timeKind: 'utc',
        suppressed: whole.suppressed,
        adaptation: null,
        issues: whole.issues,
      })
      const counter = createLabelCounter()
      counter.push(whole.flag, labels, whole.events, labels.length)
      expect(result.labels).toEqual(counter.counts())
    })

    it('says nothing of labels when there are none', async () => {
      expect((await scored(chunks(frame, 50))).result.labels).toBeUndefined()
    })

    it('says how the level adapted, and what maintenance suppressed', async () => {
      const settings = { adapt: true, maintenance: ['daily 03:00-04:00'] }
      const expected = await detect(model, frame, settings)
      const { result } = await scored(chunks(frame, 33), settings)
      expect(result.adaptation).toEqual(expected.adaptation)
      expect(result.suppressed).toEqual(expected.suppressed)
      expect(result.suppressed.inMaintenance).toBeGreaterThan(0)
    })
  })

  it('keeps the 1000 events with the highest scores, in the order of time, and counts all', async () => {
    const frame = machine(13_000)
    for (let k = 0; k < 1080; k++) frame.values[12 * k + 6] = 20 + ((k * 7919) % 1080) / 100
    const { result, events } = await scored(chunks(frame, 500))
    expect(result.eventCount).toBe(events.length)
    expect(events.length).toBeGreaterThanOrEqual(1080)
    const worst = [...events].sort((a, b) => b.score - a.score).slice(0, 1000)
    expect(result.events).toEqual(worst.sort((a, b) => a.start - b.start))
  })

  it('fails with the error of a sink', async () => {
    const scored = async () => Promise.reject(new Error('disk full'))
    await expect(scoreTable(model, chunks(machine(100), 10), {}, { scored }, {})).rejects.toThrow('disk full')
  })
})
