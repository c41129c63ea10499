import { beforeAll, describe, expect, it } from 'vitest'
import { sliceFrame } from '../../src/core/frame.js'
import { explainEvents, explainSample, sampleAtTime, withEventBands } from '../../src/explain/index.js'
import type { Model } from '../../src/model/index.js'
import { type Detection, detect } from '../../src/pipeline/index.js'
import { plantModel } from './plant.js'

const session = { alignment: 'two-sided' } as const

describe('an explained sample', () => {
  let model: Model
  let scored: Detection
  let channel: number

  beforeAll(async () => {
    const { plant, model: trained } = await plantModel('pca-q')
    model = trained
    const frame = sliceFrame(plant.test, 0, 1200)
    const { channels, values } = frame
    channel = channels.indexOf('flow')
    const faulty = Float64Array.from(values)
    const span = Math.max(...plant.train.values.filter((_, at) => at % channels.length === channel))
    for (let i = 600; i < 640; i++) faulty[i * channels.length + channel] += span
    for (let i = 900; i < 905; i++) faulty[i * channels.length + channel] = Number.NaN
    const options = { ...session, expected: true, missing: 'drop' } as const
    scored = await detect(model, { ...frame, values: faulty }, options)
  })
  const at = (sample: number, more = {}) =>
    explainSample(model, scored, scored.events, sample, { ...session, ...more })

  it('is part of its event, and its channel stands out with the exact share', async () => {
    const { status, event, score, channels } = await at(610)
    expect([status, event?.id]).toEqual(['event', scored.events.find(({ end }) => end > 610)?.id])
    expect(score).toBe(scored.score[610])
    expect(channels[0].name).toBe('flow')
    expect(channels[0].reading).toBeGreaterThan(channels[0].high)
    expect(channels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5)
  })

  it('has the bands of its event: a channel at fault is no evidence for the others', async () => {
    const found = await at(610)
    const [explanation] = await explainEvents(model, scored, scored.events, [found.event!], { session })
    const { channels } = withEventBands(found, explanation!)
    for (const { name, expected, low, high } of channels) {
      const { range, ...course } = explanation!.courses.find(one => one.name === name)!
      expect([expected, (high - low) / 2]).toEqual([
        course.expected[610 - range.start],
        expect.closeTo(course.halfBand, 9),
      ])
    }
    const outside = channels.filter(({ reading, low, high }) => reading < low || reading > high)
    expect(outside.map(({ name }) => name)).toEqual(['flow'])
  })

  it('is normal below the threshold', async () => {
    expect(await at(300)).toMatchObject({ status: 'normal', event: null, missingScore: null })
  })

  it('names the channel without a reading where there is no score', async () => {
    const { status, missingScore, score } = await at(902)
    expect([status, score]).toEqual(['no-score', Number.NaN])
    expect(missingScore).toEqual({ reason: 'missing', since: 900, firstScored: 905, missing: ['flow'] })
  })

  it('names the rule of events that was against it', async () => {
    const { status, fate } = await at(610, { openCount: 500 })
    expect(status).toBe('dropped')
    expect(fate.flags).toBeGreaterThanOrEqual(40)
    const times = scored.frame.timeMs
    const maintenance = [`${new Date(times[590]).toISOString()}..${new Date(times[660]).toISOString()}`]
    expect((await at(610, { maintenance })).status).toBe('maintenance')
  })
})

describe('sampleAtTime', () => {
  const frame = {
    timeMs: Float64Array.of(0, 10, 20, 100, 110),
    timeKind: 'utc' as const,
    values: new Float64Array(5),
    channels: ['a'],
  }
  it('finds the nearest sample, and none before, after and in a gap', () => {
    const found = [-1, 0, 14, 16, 40, 95, 110, 111].map(time => sampleAtTime(frame, time))
    expect(found).toEqual([undefined, 0, 1, 2, undefined, 3, 4, undefined])
    expect(sampleAtTime({ ...frame, timeMs: new Float64Array(0) }, 1)).toBeUndefined()
  })
})
