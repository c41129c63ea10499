import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ChannelSource,
  createDeriver,
  joinParts,
  type Part,
  slicePart,
  stateText,
} from '../../src/align/index.js'

const part = (times: readonly number[], values: readonly number[]): Part => ({
  timeMs: Float64Array.from(times),
  values: Float64Array.from(values),
  row: Float64Array.from(times, (_, i) => i),
})
const rate: ChannelSource = { raw: 0, derived: { channel: 'n.rate', from: 'n', kind: 'rate' } }
const derive = (sources: readonly ChannelSource[], parts: readonly Part[], width = 1, hasTimes = true) => {
  const stage = createDeriver(width, sources, hasTimes)
  return [...joinParts([...parts.flatMap(piece => stage.push(piece)), ...stage.end()]).values]
}

describe('createDeriver', () => {
  it('continues from its state with the same channels, wherever it is cut', () => {
    const sources: ChannelSource[] = [rate, { raw: 1 }]
    const table = part([0, 1000, 3000, 4000, 5000], [10, 1, 12, 2, Number.NaN, 3, 26, 4, 3, 5])
    const whole = derive(sources, [table], 2)
    for (let cut = 0; cut <= 5; cut++) {
      const before = createDeriver(2, sources, true)
      const given = before.push(slicePart(table, 0, cut))
      const after = createDeriver(2, sources, true, before.state())
      const rest = [...after.push(slicePart(table, cut, 5)), ...after.end()]
      expect(
        [...given, ...rest].flatMap(({ values }) => [...values]),
        `cut at ${cut}`,
      ).toEqual(whole)
    }
  })

  it('gives the increase of a counter per second since its last reading, and starts again at 0', () => {
    const N = Number.NaN
    const counter = part([0, 1000, 3000, 4000, 5000, 6000], [10, 12, 18, N, 26, 3])
    expect(derive([rate], [counter])).toEqual([2, 2, 3, N, 4, 3])
  })

  it('counts per sample without times, and knows no rate of a single reading', () => {
    expect(derive([rate], [part([0, 1, 2], [5, 7, 10])], 1, false)).toEqual([2, 2, 3])
    expect(derive([rate], [part([0], [5])])).toEqual([0])
  })

  it('keeps the rate of readings of the same time', () => {
    expect(derive([rate], [part([0, 1000, 1000, 2000], [0, 2, 3, 6])])).toEqual([2, 2, 2, 4])
  })

  it('turns degrees into sine and cosine, continuous over the turn', () => {
    const sources = (['sin', 'cos'] as const).map(kind => ({
      raw: 0,
      derived: { channel: `a.${kind}`, from: 'a', kind },
    }))
    const [s0, c0, s90, c90, s360, c360] = derive(sources, [part([0, 1, 2], [0, 90, 360])])
    expect([s0, c0, s90]).toEqual([0, 1, 1])
    expect(c90).toBeCloseTo(0, 15)
    expect(s360).toBeCloseTo(0, 15)
    expect(c360).toBeCloseTo(1, 15)
  })

  it('gives 1 where a state has the value, 0 for others and unknown ones, NaN where it is missing', () => {
    const values = ['auto', 'manual']
    const sources = ['Auto', 'Manual'].map(value => ({
      raw: 1,
      derived: { channel: `mode=${value}`, from: 'mode', kind: 'state' as const, value, values },
    }))
    const N = Number.NaN
    const raw = part([0, 1, 2, 3], [7, 0, 8, 1, 9, -1, 9, N])
    expect(derive([{ raw: 0 }, ...sources], [raw], 2)).toEqual([7, 1, 0, 8, 0, 1, 9, 0, 0, 9, N, N])
  })

  it('is the same for parts of any size', () => {
    const reading = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.option(fc.integer({ min: 0, max: 50 }), { nil: Number.NaN }),
    )
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        (readings, size) => {
          let time = 0
          const times = readings.map(([step]) => (time += step * 1000))
          const values = readings.map(([, value]) => value)
          const pieces = Array.from({ length: Math.ceil(times.length / size) }, (_, k) =>
            part(times.slice(k * size, (k + 1) * size), values.slice(k * size, (k + 1) * size)),
          )
          expect(derive([rate], pieces)).toEqual(derive([rate], [part(times, values)]))
        },
      ),
      { seed: 3 },
    )
  })
})

describe('stateText', () => {
  it.each([
    [' On ', 'on'],
    ['1.0', '1'],
    ['02', '2'],
    ['A1', 'a1'],
  ])('of %j is %j', (text, wanted) => expect(stateText(text)).toBe(wanted))
})
