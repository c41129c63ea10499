import { describe, expect, it } from 'vitest'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { createEventMachine, type EventOptions } from '../../src/events/index.js'
import { changesOf } from '../../src/events/machine.js'

const N = 600
const all = Array.from({ length: N }, (_, i) => i)
/** 5 % of normal samples stand out a little. */
const usualSharp = (i: number) => (i % 20 === 10 ? 0.1 : -0.8)

/** The score of errors by sample when it is smoothed at these scales, with normal noise of half of the threshold. */
function smooth(errors: (i: number) => number, scales: readonly number[]): number[] {
  const at = (i: number, scale: number) => {
    let [sum, weights] = [0, 0]
    for (let k = Math.max(0, i - 300); k < Math.min(N, i + 300); k++) {
      const weight = (1 + ((k - i) / scale) ** 2) ** -2
      sum += weight * (0.5 + errors(k))
      weights += weight
    }
    return sum / weights
  }
  return all.map(i =>
    Math.exp(scales.reduce((sum, scale) => sum + Math.log(at(i, scale)), 0) / scales.length),
  )
}

const sampleAt = (score: readonly number[], sharp: (i: number) => number, i: number) => ({
  timeMs: 1000 * i,
  score: score[i],
  residual: [score[i]],
  sharp: sharp(i),
})

function spans(score: readonly number[], sharp: (i: number) => number, options: EventOptions = {}) {
  const machine = createEventMachine(['a'], 'utc', options)
  const steps = all.map(i => machine.push(sampleAt(score, sharp, i)))
  return [...steps, machine.finish()]
    .flatMap(changesOf)
    .flatMap(({ type, event }) => (type === 'closed' ? [[event.start, event.end]] : []))
}

const SCALES = [4, 16, 64]
const isIn = (i: number, start: number, end: number) => i >= start && i < end

describe('an event whose score stays high further away than a short fault is seen', () => {
  // Single samples show its first two, and one here and there.
  const lasting = smooth(i => (isIn(i, 200, 400) ? 2.5 : 0), SCALES)
  const sharp = (i: number) =>
    isIn(i, 200, 202) ? 3 : isIn(i, 200, 400) && i % 9 === 3 ? 0.5 : usualSharp(i)

  it('reaches as far as samples there stand out', () => {
    const [[start, end], ...more] = spans(lasting, sharp)
    expect(more).toEqual([])
    expect(start).toBe(200)
    expect(end).toBeGreaterThan(385)
    expect(end).toBeLessThan(415)
  })

  it('also before the segment that stands out most', () => {
    const atEnd = (i: number) => sharp(599 - i)
    const [[start, end]] = spans(lasting, atEnd)
    expect(start).toBeGreaterThan(185)
    expect(start).toBeLessThan(215)
    expect(end).toBe(400)
  })

  it('is one where several short segments of it stand out', () => {
    const often = (i: number) => (isIn(i, 200, 400) && i % 50 < 3 ? 3 : sharp(i))
    expect(spans(lasting, often)).toHaveLength(1)
  })

  it('is the same when its state is written and restored', () => {
    const whole = spans(lasting, sharp)
    for (const cut of [150, 201, 202, 250, 399, 420]) {
      const before = createEventMachine(['a'], 'utc')
      const steps = all.slice(0, cut).map(i => before.push(sampleAt(lasting, sharp, i)))
      const machine = createEventMachine(['a'], 'utc', {}, stateFromBytes(stateToBytes(before.state())))
      const more = all.slice(cut).map(i => machine.push(sampleAt(lasting, sharp, i)))
      const closed = [...steps, ...more, machine.finish()]
        .flatMap(changesOf)
        .filter(({ type }) => type === 'closed')
      expect(closed.map(({ event }) => [event.start, event.end])).toEqual(whole)
    }
  })

  it('continues from a state that does not know its clear samples as before', () => {
    const before = createEventMachine(['a'], 'utc')
    for (const i of all.slice(0, 300)) before.push(sampleAt(lasting, sharp, i))
    const { arrays, ...rest } = before.state()
    const older = { shape: [10], data: arrays.current.data.slice(0, 10) }
    const machine = createEventMachine(['a'], 'utc', {}, { ...rest, arrays: { ...arrays, current: older } })
    for (const i of all.slice(300)) machine.push(sampleAt(lasting, sharp, i))
    expect(machine.finish()).toBeUndefined()
  })
})

describe('the echo of a short fault in a smooth score', () => {
  // Clear samples all the way, so that only the score says what is an echo.
  const sharp = (i: number) => (isIn(i, 300, 305) ? 3 : i % 7 === 0 ? 0.1 : -0.8)

  it.each([5, 20, 100, 1000])('is no part of the event, for an error of %i thresholds', error => {
    const score = smooth(i => (isIn(i, 300, 305) ? error : 0), SCALES)
    const [[start, end], ...more] = spans(score, sharp)
    expect([start, end, more]).toEqual([300, 305, []])
  })

  it('is wider where scores are smoothed over long events alone', () => {
    const score = smooth(i => (isIn(i, 300, 305) ? 100 : 0), [0.35 * 200])
    expect(spans(score, sharp, { eventLength: 200 })).toEqual([[300, 305]])
  })

  it('leaves two faults two events', () => {
    const isFault = (i: number) => isIn(i, 300, 305) || isIn(i, 330, 335)
    const score = smooth(i => (isFault(i) ? 60 : 0), SCALES)
    expect(Math.min(...score.slice(300, 335))).toBeGreaterThan(1)
    expect(spans(score, i => (isFault(i) ? 3 : -0.8))).toEqual([
      [300, 305],
      [330, 335],
    ])
  })
})
