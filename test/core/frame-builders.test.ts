import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameFromColumns, frameFromRows, type Time } from '../../src/core/frame-builders.js'

const code = (make: () => unknown) => {
  try {
    make()
  } catch (error) {
    return (error as { code: string }).code
  }
}
const readings = fc.array(fc.option(fc.double({ noDefaultInfinity: true, noNaN: true })), { minLength: 1 })

describe('frames from columns', () => {
  it('are row-major, with NaN where there is no finite reading', () => {
    const frame = frameFromColumns({
      channels: { a: [1, null, Number.POSITIVE_INFINITY], b: Float32Array.of(4, 5, Number.NaN) },
    })
    expect(frame).toEqual({
      timeMs: Float64Array.of(0, 1, 2),
      timeKind: 'index',
      values: Float64Array.of(1, 4, Number.NaN, 5, Number.NaN, Number.NaN),
      channels: ['a', 'b'],
    })
  })

  it('read Dates, numbers and ISO texts as the same times', () => {
    const ms = Date.UTC(2024, 1, 29, 6, 30, 15, 250)
    const times: Time[] = [new Date(ms), ms, '2024-02-29T06:30:15.250Z', '2024-02-29 07:30:15.25+01:00']
    const { timeMs, timeKind } = frameFromColumns({ time: times, channels: { a: [1, 2, 3, 4] } })
    expect([...timeMs]).toEqual([ms, ms, ms, ms])
    expect(timeKind).toBe('utc')
  })

  it('keep microseconds of a text', () => {
    const { timeMs } = frameFromColumns({ time: ['1970-01-01T00:00:00.000125Z'], channels: { a: [1] } })
    expect(timeMs[0]).toBe(0.125)
  })

  it.each<[string, Time]>([
    ['a text without a zone', '2024-01-01T00:00:00'],
    ['a date alone', '2024-01-01'],
    ['a date whose day and month are open', '03.05.2024 12:00Z'],
    ['a zone that has several meanings', '2024-01-01 12:00 CST'],
    ['a day that no calendar has', '2024-02-30T00:00:00Z'],
    ['an hour that no day has', '2024-02-03T25:00:00Z'],
    ['an invalid Date', new Date(Number.NaN)],
    ['NaN', Number.NaN],
    ['a number past all dates', 9e15],
  ])('refuse %s as a time', (_, time) => {
    expect(code(() => frameFromColumns({ time: [time], channels: { a: [1] } }))).toBe('frame-time')
  })

  it('refuse columns of other lengths, no channel, and readings that are no numbers', () => {
    expect(code(() => frameFromColumns({ channels: { a: [1, 2], b: [1] } }))).toBe('frame-lengths')
    expect(code(() => frameFromColumns({ time: [0], channels: { a: [1, 2] } }))).toBe('frame-lengths')
    expect(code(() => frameFromColumns({ channels: {} }))).toBe('frame-no-channels')
    const texts = ['1'] as unknown as number[]
    expect(code(() => frameFromColumns({ channels: { a: texts } }))).toBe('frame-value')
  })
})

describe('frames from rows', () => {
  it('are those of the same columns, for any readings', () => {
    fc.assert(
      fc.property(readings, column => {
        const time = column.map((_, i) => 1000 * i)
        const rows = column.map((value, i) => ({ time: time[i], a: value, b: i }))
        const channels = { a: column, b: column.map((_, i) => i) }
        expect(frameFromRows(rows)).toEqual(frameFromColumns({ time, channels }))
      }),
      { seed: 1 },
    )
  })

  it('have the channels of all rows; what a row lacks is missing', () => {
    const frame = frameFromRows([{ a: 1 }, { b: 2, a: null }])
    expect(frame.channels).toEqual(['a', 'b'])
    expect(frame.values).toEqual(Float64Array.of(1, Number.NaN, Number.NaN, 2))
    expect(frame.timeKind).toBe('index')
  })

  it('take the time by its name, and only the channels that are named', () => {
    const rows = [{ at: '2024-01-01T00:00:00Z', name: 'pump', flow: 1 }]
    const frame = frameFromRows(rows, { time: 'at', channels: ['flow'] })
    expect(frame).toMatchObject({ timeKind: 'utc', channels: ['flow'], values: Float64Array.of(1) })
    expect(code(() => frameFromRows(rows, { time: 'at' }))).toBe('frame-value')
    expect(code(() => frameFromRows(rows, { time: 'when', channels: ['flow'] }))).toBe('frame-time')
  })

  it('do not take a reading from the prototype of a row', () => {
    const frame = frameFromRows([{ a: 1 }], { channels: ['a', 'toString'] })
    expect(frame.values).toEqual(Float64Array.of(1, Number.NaN))
  })

  it('refuse no rows unless channels are named', () => {
    expect(code(() => frameFromRows([]))).toBe('frame-no-channels')
    expect(frameFromRows([], { channels: ['a'] }).values).toHaveLength(0)
  })
})
