import { describe, expect, it } from 'vitest'
import { alarmDifferences } from '../../src/report/alarm-differences.js'

const event = (device: string, start: number, end: number) => ({
  id: `${start}`,
  device,
  start,
  end,
  score: end - start,
  severity: 50,
  channels: '',
})

describe('alarmDifferences', () => {
  it('sorts events into those of both, with other times, and of one only, by device', () => {
    const a = [event('p', 0, 10), event('p', 20, 30), event('q', 20, 30), event('p', 50, 60)]
    const b = [event('p', 0, 10), event('p', 22, 25), event('p', 27, 35), event('p', 60, 70)]
    const { rows, counts } = alarmDifferences(a, b)
    expect(counts).toEqual({ same: 1, 'other times': 1, 'only A': 2, 'only B': 1 })
    expect(rows.find(({ difference }) => difference === 'other times')).toEqual({
      difference: 'other times',
      device: 'p',
      ...{ 'start A': 20, 'end A': 30, 'events A': 1, 'score A': 10, 'severity A': 50 },
      ...{ 'start B': 22, 'end B': 35, 'events B': 2, 'score B': 8, 'severity B': 50 },
    })
  })
})
