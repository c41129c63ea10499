import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AGGREGATES, joinParts, type Part } from '../../src/align/index.js'
import { createResampler } from '../../src/align/resample.js'

const readings = fc.array(
  fc.record({
    step: fc.integer({ min: 1, max: 4000 }),
    values: fc.tuple(
      fc.option(fc.integer({ min: -50, max: 50 })),
      fc.option(fc.integer({ min: -50, max: 50 })),
    ),
  }),
  { maxLength: 40 },
)

function partOf(rows: readonly { readonly step: number; readonly values: readonly (number | null)[] }[]) {
  let now = 0
  const timeMs = Float64Array.from(rows, ({ step }) => (now += step))
  const values = Float64Array.from(rows.flatMap(row => row.values.map(value => value ?? Number.NaN)))
  return { timeMs, values, row: timeMs } satisfies Part
}

const cut = ({ timeMs, values, row }: Part, from: number, to: number): Part => ({
  timeMs: timeMs.slice(from, to),
  values: values.slice(2 * from, 2 * to),
  row: row.slice(from, to),
})

describe('createResampler', () => {
  it('gives the same samples however it is fed, and after its state was saved and restored', () => {
    fc.assert(
      fc.property(
        readings,
        fc.constantFrom(...AGGREGATES),
        fc.constantFrom(0, 1500, 9000),
        fc.array(fc.nat({ max: 39 }), { maxLength: 4 }),
        (rows, aggregate, toleranceMs, cuts) => {
          const options = { cadenceMs: 1000, aggregate, toleranceMs }
          const whole = partOf(rows)
          const one = createResampler(2, options)
          const wanted = [...one.push(whole), ...one.end()]
          const borders = [0, ...cuts.filter(at => at < rows.length).sort((a, b) => a - b), rows.length]
          let resampler = createResampler(2, options)
          const got: Part[] = []
          for (let k = 1; k < borders.length; k++) {
            got.push(...resampler.push(cut(whole, borders[k - 1]!, borders[k]!)))
            resampler = createResampler(2, options, undefined, structuredClone(resampler.state()))
          }
          got.push(...resampler.end())
          expect(got.length > 0).toBe(wanted.length > 0)
          if (wanted.length === 0) return
          const [a, b] = [joinParts(got), joinParts(wanted)]
          expect([a.timeMs, a.values]).toEqual([b.timeMs, b.values])
        },
      ),
      { seed: 1 },
    )
  })
})
