import { describe, expect, it } from 'vitest'
import type { Frame, Interval } from '../../src/core/frame.js'
import { channelCourses } from '../../src/explain/course.js'
import type { ChannelExpectation } from '../../src/explain/expectation.js'
import type { Reference } from '../../src/explain/index.js'

const N = 100

/** Where a channel of which 0 is expected, with a usual error of 1, is outside of its band over an event from 50 to 70. */
async function outside(reading: (i: number) => number, onset = 50): Promise<Interval | null> {
  const values = Float64Array.from({ length: N }, (_, i) => reading(i))
  const frame: Frame = { timeMs: values.map((_, i) => i), timeKind: 'index', values, channels: ['a'] }
  const none = new Float32Array(N)
  const expectation: ChannelExpectation = {
    of: async (_channel, _without, { start, end }) => ({
      values: new Float64Array(end - start),
      usualError: 1,
    }),
  }
  const reference = { channels: [{}] } as unknown as Reference
  const range = { start: 0, end: N }
  const event = { start: 50, end: 70, onset }
  const series = { frame, score: none, residual: none }
  const [course] = await channelCourses(series, expectation, reference, event, range, [])
  expect(course.left).toBe(course.outside?.start ?? null)
  return course.outside
}

const between = (start: number, end: number, size: number) => (i: number) =>
  i >= start && i < end ? size : 0

describe('the part of an event in which a channel is outside of its band', () => {
  it('is not one before the event, however far off', async () => {
    expect(await outside(between(10, 45, 20))).toBeNull()
    const small = between(55, 60, 5)
    const large = between(5, 25, 50)
    expect(await outside(i => small(i) + large(i))).toEqual({ start: 55, end: 60 })
  })

  it('is one that begins before the event and lasts into it, or ends after the onset', async () => {
    expect(await outside(between(30, 55, 10))).toEqual({ start: 30, end: 55 })
    expect(await outside(between(30, 45, 10), 40)).toEqual({ start: 30, end: 45 })
    expect(await outside(between(30, 40, 10), 40)).toBeNull()
  })

  it('is not one that begins after the event', async () => {
    expect(await outside(between(71, 90, 10))).toBeNull()
    expect(await outside(between(65, 90, 10))).toEqual({ start: 65, end: 90 })
  })
})
