import { describe, expect, it } from 'vitest'
import { barPlot, channelPlot, scoreCalendar } from '../../../src/report/index.js'

const DAY = 86_400_000
const hourly = (days: number) =>
  Float64Array.from({ length: days * 24 }, (_, i) => Date.UTC(2024, 0, 1) + (i * DAY) / 24)
const count = (text: string, part: string) => text.split(part).length - 1

describe('the calendar of scores', () => {
  it('has a row per day, and the highest score decides the shade', () => {
    const score = new Float32Array(72).fill(0.2)
    score[30] = 5
    const svg = scoreCalendar({ timeMs: hourly(3), timeKind: 'utc' }, score)
    expect(['01-01', '01-02', '01-03'].every(day => svg.includes(`>${day}<`))).toBe(true)
    expect([count(svg, 'class="heat4"'), count(svg, 'class="heat0"')]).toEqual([1, 71])
    expect(svg).toContain('<title>2024-01-02 06:00:00: 5</title>')
  })

  it('is one row for samples without times', () => {
    const timeMs = Float64Array.from({ length: 500 }, (_, i) => i)
    const svg = scoreCalendar({ timeMs, timeKind: 'index' }, new Float32Array(500).fill(2.5))
    expect(count(svg, 'class="heat3"')).toBe(96)
  })
})

describe('the plot of a channel', () => {
  it('has readings, band, event and where it left the band', () => {
    const n = 20
    const frame = {
      timeMs: hourly(1),
      timeKind: 'utc' as const,
      values: Float64Array.from({ length: 24 }, (_, i) => i),
      channels: ['a'],
    }
    const expected = new Float64Array(n).fill(5)
    expected[3] = Number.NaN
    const range = { start: 0, end: n }
    const course = {
      channel: 0,
      name: 'a',
      range,
      expected,
      halfBand: 2,
      deviation: new Float64Array(n),
      left: 8,
      outside: { start: 8, end: 20 },
      isOld: false,
    }
    const svg = channelPlot(frame, course, { event: { start: 7, end: 12 }, label: '<a>', normal: null })
    for (const part of ['band', 'expected', 'curve', 'left', 'event'])
      expect(count(svg, `class="${part}"`)).toBe(1)
    expect(svg).not.toContain('NaN')
    expect(svg).toContain('&lt;a&gt;')
  })
})

describe('bars', () => {
  it('reach to both sides of 0 and are escaped', () => {
    const bars = [
      { label: '<b>', value: 2, text: '2', marked: true },
      { label: 'a'.repeat(40), value: -1, text: '-1' },
    ]
    const svg = barPlot(bars, 'parts')
    expect(svg).toContain('&lt;b&gt;')
    expect(svg).toContain('…')
    const [first, second] = [
      ...svg.matchAll(/<rect class="bar[^"]*" x="([\d.]+)"[^>]*? width="([\d.]+)"/g),
    ].map(([, x, width]) => [Number(x), Number(width)])
    expect(second[0] + second[1]).toBeCloseTo(first[0], 0)
    expect(first[1]).toBeCloseTo(2 * second[1], 0)
  })
})
