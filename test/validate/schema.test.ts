import { describe, expect, it } from 'vitest'
import { type Frame, sliceFrame } from '../../src/core/frame.js'
import { dataSchema, learnSchema, validateFrame } from '../../src/validate/index.js'
import { frameOf, MINUTE, replaced, wave } from './frames.js'

const history = frameOf({ flow: wave(500, 1), level: wave(500, 2, { level: 50 }) })
const schema = learnSchema(history)
const serve = (frame: Frame, validationLevel: 'strict' | 'moderate' = 'moderate') =>
  validateFrame(frame, { validationLevel }, { schema }).health
const seen = (frame: Frame) =>
  serve(frame).issues.map(({ code, channel, severity }) => [code, channel, severity])

describe('the schema of a history', () => {
  it('holds channels, cadence and ranges, and comes back from JSON', () => {
    expect(schema).toMatchObject({ version: 1, samples: 500, timeKind: 'utc', cadenceMs: MINUTE })
    expect(schema.channels[0]).toMatchObject({ name: 'flow', missingShare: 0, longestRun: 1 })
    expect(schema.channels[0].max).toBe(Math.max(...wave(500, 1)))
    expect(dataSchema.parse(JSON.parse(JSON.stringify(schema)))).toEqual(schema)
  })

  it('has null where nothing was read', () => {
    const dead = learnSchema(frameOf({ a: [Number.NaN, Number.NaN] }))
    expect(dead.channels[0]).toMatchObject({ min: null, max: null, median: null, missingShare: 1 })
    expect(dataSchema.parse(JSON.parse(JSON.stringify(dead)))).toEqual(dead)
  })

  it('is refused when it was tampered with', () => {
    expect(() => dataSchema.parse({ ...schema, channels: 'all' })).toThrow()
    expect(() => dataSchema.parse({ ...schema, version: 2 })).toThrow()
  })
})

describe('data to be scored', () => {
  it('are fine when they look like the history, however few', () => {
    for (const rows of [1, 5, 29, 500])
      expect(serve(sliceFrame(history, 0, rows), 'strict').issues).toEqual([])
  })

  it('need the channels of the history, and no others', () => {
    expect(seen(frameOf({ flow: wave(50), extra: wave(50, 3) }))).toEqual([
      ['channel-lost', 'level', 'error'],
      ['channel-unknown', 'extra', 'error'],
    ])
  })

  it('need its cadence', () => {
    const slow = { ...history, timeMs: history.timeMs.map(t => 10 * t) }
    expect(seen(slow)).toEqual([['cadence-differs', undefined, 'error']])
    expect(serve(slow).issues[0].message).toBe('the cadence is 10 min, but the model was trained on 1 min')
  })

  it('are reported when readings lie far beyond the history, or in another unit', () => {
    const far = frameOf({ flow: replaced(wave(50, 1), { 7: 30, 8: 31 }), level: wave(50, 2, { level: 50 }) })
    expect(serve(far).issues[0]).toMatchObject({
      code: 'beyond-history',
      severity: 'warning',
      count: 2,
      place: { start: 7, end: 8 },
    })
    const unit = frameOf({ flow: wave(50, 1).map(x => 1000 * x), level: wave(50, 2, { level: 50 }) })
    const scale = serve(unit).issues.find(({ code }) => code === 'scale-differs')
    expect(scale).toMatchObject({ channel: 'flow', severity: 'warning' })
    expect(scale?.message).toMatch(/about \d+ times those of the history \(a prefix/)
  })

  it('are reported when more is missing, or stuck for longer, than in the history', () => {
    const flow = wave(100, 1).map((x, i) => (i >= 40 && i < 60 ? Number.NaN : x))
    const level = wave(100, 2, { level: 50 }).map((x, i) => (i >= 40 && i < 60 ? 50 : x))
    const found = seen(frameOf({ flow, level }))
    expect(found).toEqual([
      ['missing-more', 'flow', 'warning'],
      ['frozen-longer', 'level', 'warning'],
    ])
  })
})
