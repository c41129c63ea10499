import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/frame.js'
import { createRandom } from '../../../src/core/random.js'
import { FAULT_KINDS, type FaultName, type InjectedFault, injectFaults } from '../../../src/simulate/index.js'
import { mad, mean, quantile, standardDeviation } from '../../../src/stats/index.js'

const N = 600
const START = 200
const END = 400

/** Two channels that follow one slow walk, and a third on its own scale. */
function frame(seed = 1): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(N * 3)
  let walk = 0
  for (let i = 0; i < N; i++) {
    walk = 0.97 * walk + random.normal()
    values.set(
      [walk + 0.05 * random.normal(), 2 * walk + 0.05 * random.normal(), 1e5 + random.normal()],
      i * 3,
    )
  }
  const timeMs = Float64Array.from({ length: N }, (_, i) => i)
  return { timeMs, timeKind: 'index', values, channels: ['a', 'b', 'c'] }
}
const fault = (kind: FaultName, more: Partial<InjectedFault> = {}): InjectedFault => ({
  id: 'f',
  kind,
  start: START,
  end: END,
  channels: ['a'],
  magnitude: 4,
  ...more,
})
const column = ({ values }: Frame, c: number) => Array.from({ length: N }, (_, i) => values[i * 3 + c])
const inside = (f: Frame, c = 0) => column(f, c).slice(START, END)
const clean = frame()
const spread = 1.4826 * mad(column(clean, 0))
const inject = (kind: FaultName, more: Partial<InjectedFault> = {}, seed = 9) =>
  injectFaults(clean, [fault(kind, more)], createRandom(seed))
/** What was added, per sample of the interval. */
const added = (kind: FaultName, more: Partial<InjectedFault> = {}) => {
  const before = inside(clean)
  return inside(inject(kind, more)).map((x, i) => (x - before[i]) / spread)
}

describe('injectFaults', () => {
  it('changes only the stated channels in the stated interval, whatever the kind', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FAULT_KINDS),
        fc.integer({ min: 0, max: N - 60 }),
        fc.integer({ min: 20, max: 60 }),
        fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
        (kind, start, length, channels) => {
          const changed = inject(kind, { start, end: start + length, channels })
          let hits = 0
          changed.values.forEach((value, at) => {
            const row = Math.floor(at / 3)
            const isInside = row >= start && row < start + length && channels.includes(clean.channels[at % 3])
            if (!isInside) expect(value).toBe(clean.values[at])
            else if (value !== clean.values[at]) hits++
          })
          expect(hits).toBeGreaterThanOrEqual(0.9 * (length - 1) * channels.length)
        },
      ),
      { numRuns: 60, seed: 3 },
    )
  })

  it.each(FAULT_KINDS)('leaves its input alone and repeats itself for the same random seed: %s', kind => {
    const before = clean.values.slice()
    expect(inject(kind)).toEqual(inject(kind))
    expect(clean.values).toEqual(before)
  })

  it('adds the magnitude in spreads of the channel: spike and level shift', () => {
    for (const kind of ['spike', 'level-shift'] as const) {
      const steps = added(kind)
      expect(Math.abs(steps[0])).toBeCloseTo(4, 9)
      for (const step of steps) expect(step).toBeCloseTo(steps[0], 9)
    }
  })

  it('goes up in some draws and down in others', () => {
    const signs = [1, 2, 3, 4, 5, 6, 7, 8].map(seed =>
      Math.sign(inside(inject('level-shift', {}, seed))[0] - inside(clean)[0]),
    )
    expect(new Set(signs)).toEqual(new Set([-1, 1]))
  })

  it('drifts in a straight line to the magnitude and ends at once', () => {
    const steps = added('drift')
    steps.forEach((step, i) => {
      expect(Math.abs(step)).toBeCloseTo((4 * (i + 1)) / steps.length, 9)
    })
  })

  it('freezes at the first reading', () => {
    expect(new Set(inside(inject('frozen')))).toEqual(new Set([inside(clean)[0]]))
  })

  it('drops to a rail at or below the smallest normal reading, never to NaN', () => {
    const smallest = Math.min(...column(clean, 0))
    expect(new Set(inside(inject('dropout', { magnitude: 0 })))).toEqual(new Set([smallest]))
    expect(new Set(inside(inject('dropout', { magnitude: 3 })))).toEqual(new Set([smallest - 3 * spread]))
  })

  it('adds white noise of the magnitude', () => {
    const steps = added('noise-burst')
    expect(standardDeviation(steps)).toBeGreaterThan(3.4)
    expect(standardDeviation(steps)).toBeLessThan(4.6)
    const neighbours = mean(steps.slice(1).map((step, i) => step * steps[i])) / 16
    expect(Math.abs(neighbours)).toBeLessThan(0.25)
  })

  it('oscillates with the magnitude as amplitude and a period of 6 to 20 samples', () => {
    const steps = added('oscillation')
    expect(quantile(steps, 1)).toBeGreaterThan(3.4)
    expect(quantile(steps, 1)).toBeLessThanOrEqual(4)
    const crossings = steps.slice(1).filter((step, i) => step >= 0 !== steps[i] >= 0).length
    const period = (2 * steps.length) / crossings
    expect(period).toBeGreaterThan(5.5)
    expect(period).toBeLessThan(21)
  })

  it('breaks the correlation but keeps every reading of the interval', () => {
    const correlation = (a: number[], b: number[]) => {
      const [ma, mb] = [mean(a), mean(b)]
      return mean(a.map((x, i) => (x - ma) * (b[i] - mb))) / (standardDeviation(a) * standardDeviation(b))
    }
    for (const magnitude of [2, 4, 8]) {
      const broken: number[] = []
      for (let seed = 1; seed <= 12; seed++) {
        const whole = frame(seed)
        const result = injectFaults(whole, [fault('correlation-break', { magnitude })], createRandom(1))
        expect(inside(result).sort()).toEqual(inside(whole).sort())
        expect(correlation(inside(whole), inside(whole, 1))).toBeGreaterThan(0.99)
        broken.push(Math.abs(correlation(inside(result), inside(result, 1))))
      }
      expect(mean(broken), `${magnitude} pieces`).toBeLessThan(0.5)
    }
  })

  it('takes the spread from the reference when there is one, and 1 for a constant channel', () => {
    const wide = { ...clean, values: clean.values.map(x => 10 * x) }
    const shifted = injectFaults(clean, [fault('level-shift')], createRandom(1), wide)
    expect(Math.abs(inside(shifted)[0] - inside(clean)[0])).toBeCloseTo(40 * spread, 6)
    const flat = { ...clean, values: new Float64Array(N * 3) }
    expect(Math.abs(inside(injectFaults(flat, [fault('level-shift')], createRandom(1)))[0])).toBe(4)
  })

  it('keeps a missing value missing where something is added', () => {
    const holed = { ...clean, values: clean.values.slice() }
    holed.values[START * 3] = Number.NaN
    const result = inside(injectFaults(holed, [fault('drift')], createRandom(1)))
    expect(result[0]).toBeNaN()
    expect(result.slice(1).every(Number.isFinite)).toBe(true)
  })

  it.each([
    [
      'an unknown kind',
      { kind: 'gremlin' as FaultName },
      /kind is gremlin in fault f, but must be one of spike/,
    ],
    ['an unknown channel', { channels: ['z'] }, /channel is z in fault f, but must be one of a, b, c/],
    ['an empty interval', { end: START }, /interval is \[200, 200\) in fault f/],
    ['an interval past the end', { end: N + 1 }, /must be a part of the 600 samples/],
    ['a negative magnitude', { magnitude: -1 }, /magnitude is -1/],
    ['a magnitude that is no number', { magnitude: Number.NaN }, /magnitude is NaN/],
    ['a fraction of a piece', { kind: 'correlation-break' as const, magnitude: 2.5 }, /number of pieces/],
  ])('refuses %s', (_, more, message) => {
    expect(() => inject('spike', more)).toThrow(message)
  })
})
