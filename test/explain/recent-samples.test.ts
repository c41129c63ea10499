import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { recentSamples } from '../../src/explain/recent-samples.js'

const EMPTY: Frame = {
  timeMs: new Float64Array(0),
  timeKind: 'index',
  values: new Float64Array(0),
  channels: ['a'],
}
const LIMITS = { before: 3, most: 5 }
const samples = (from: number, to: number): Frame => {
  const timeMs = Float64Array.from({ length: to - from }, (_, i) => from + i)
  return { ...EMPTY, timeMs, values: timeMs.map(time => 10 * time) }
}
const timesOf = ({ current }: ReturnType<typeof recentSamples>) => [current.from, ...current.frame.timeMs]

describe('recent samples', () => {
  it('are those from shortly before the first that an event may have', () => {
    const recent = recentSamples(EMPTY, LIMITS)
    recent.push(samples(0, 4), 4)
    recent.push(samples(4, 6), 5)
    expect(timesOf(recent)).toEqual([1, 1, 2, 3, 4, 5])
    recent.push(samples(6, 7), 5)
    expect(timesOf(recent)).toEqual([2, 2, 3, 4, 5, 6])
  })

  it('are the first ones of a long event, and begin again after it', () => {
    const recent = recentSamples(EMPTY, LIMITS)
    for (let i = 0; i < 30; i++) recent.push(samples(i, i + 1), Math.min(i + 1, 10))
    expect(timesOf(recent)).toEqual([7, 7, 8, 9, 10, 11, 12, 13, 14])
    recent.push(samples(30, 32), 32)
    recent.push(samples(32, 33), 33)
    expect(timesOf(recent)).toEqual([30, 30, 31, 32])
    recent.push(samples(33, 34), 34)
    expect(timesOf(recent)).toEqual([30, 30, 31, 32, 33])
  })

  it('begin again where an event is over and another one goes on', () => {
    const recent = recentSamples(EMPTY, LIMITS)
    for (let i = 0; i < 30; i++) recent.push(samples(i, i + 1), Math.min(i + 1, 10))
    recent.push(samples(30, 31), 25)
    recent.push(samples(31, 32), 25)
    expect(timesOf(recent)).toEqual([30, 30, 31])
  })

  it('have all of a long event, evenly spaced', () => {
    const recent = recentSamples(EMPTY, LIMITS)
    for (let i = 0; i < 800; i++) recent.push(samples(i, i + 1), Math.min(i + 1, 10))
    const { frame, stride } = recent.spaced(10, 800)
    expect(stride).toBe(4)
    expect([...frame.timeMs]).toEqual(Array.from({ length: 197 }, (_, k) => 12 + 4 * k))
  })

  it('continue from a state that has no spaced ones', () => {
    const recent = recentSamples(EMPTY, LIMITS)
    recent.push(samples(0, 4), 4)
    const { options: _, arrays, ...state } = recent.state()
    const { place, timeMs, values } = arrays
    const other = recentSamples(EMPTY, LIMITS, { ...state, options: {}, arrays: { place, timeMs, values } })
    other.push(samples(4, 6), 5)
    expect(timesOf(other)).toEqual([1, 1, 2, 3, 4, 5])
    expect([...other.spaced(0, 6).frame.timeMs]).toEqual([4, 5])
  })

  it('continue from their state', () => {
    const recent = recentSamples(EMPTY, LIMITS)
    for (let i = 0; i < 12; i++) recent.push(samples(i, i + 1), Math.min(i + 1, 10))
    const other = recentSamples(EMPTY, LIMITS, recent.state())
    for (const one of [recent, other]) one.push(samples(12, 14), 10)
    expect(timesOf(other)).toEqual(timesOf(recent))
    expect(other.state()).toEqual(recent.state())
  })
})
