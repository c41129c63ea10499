import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { tallyChannels } from '../../src/validate/tally.js'
import { anyFrame, frameOf, wave } from './frames.js'

/** The same counts, column by column and one at a time. */
function naive(frame: Frame, c: number) {
  const column = Array.from(frame.timeMs, (_, i) => frame.values[i * frame.channels.length + c])
  const finite = column.filter(Number.isFinite)
  const min = Math.min(...finite)
  const max = Math.max(...finite)
  const steps = column.slice(1).map((value, i) => value - column[i])
  const runs: number[] = []
  let longestMissing = 0
  let missingRun = 0
  column.forEach((value, i) => {
    missingRun = Number.isFinite(value) ? 0 : missingRun + 1
    longestMissing = Math.max(longestMissing, missingRun)
    if (!Number.isFinite(value)) return
    if (i > 0 && value === column[i - 1]) runs[runs.length - 1]++
    else runs.push(1)
  })
  const isStep = (step: number, i: number) =>
    Number.isFinite(column[i]) && Number.isFinite(column[i + 1]) && step
  return {
    count: finite.length,
    missing: column.filter(Number.isNaN).length,
    infinite: column.filter(value => Math.abs(value) === Number.POSITIVE_INFINITY).length,
    firstMissing: column.findIndex(Number.isNaN),
    firstInfinite: column.findIndex(value => Math.abs(value) === Number.POSITIVE_INFINITY),
    longestMissing,
    min,
    max,
    atMin: finite.filter(value => value === min).length,
    atMax: finite.filter(value => value === max).length,
    firstMin: finite.length > 0 ? column.indexOf(min) : -1,
    firstMax: finite.length > 0 ? column.indexOf(max) : -1,
    ups: steps.filter((step, i) => isStep(step, i) && step > 0).length,
    downs: steps.filter((step, i) => isStep(step, i) && step < 0).length,
    runs: runs.length,
    longestRun: Math.max(0, ...runs),
  }
}

describe('one pass over the channels', () => {
  it('counts what a walk through each column counts', () => {
    fc.assert(
      fc.property(anyFrame, frame => {
        tallyChannels(frame).forEach((tally, c) => {
          const wanted = naive(frame, c)
          // -0 and 0 are the same reading.
          const plain = (counts: { min: number; max: number }) => ({
            min: counts.min + 0,
            max: counts.max + 0,
          })
          expect({ ...tally, ...plain(tally) }).toEqual({ ...tally, ...wanted, ...plain(wanted) })
        })
      }),
      { seed: 1 },
    )
  })

  it('goes on across the edges of its blocks', () => {
    const n = 50_000
    const stuck = wave(n, 2).map((value, i) => (i >= 16_000 && i < 40_000 ? 7 : value))
    const hole = wave(n, 3).map((value, i) => (i >= 16_380 && i < 16_390 ? Number.NaN : value))
    const frame = frameOf({ stuck, hole })
    const [first, second] = tallyChannels(frame)
    expect([first.longestRun, first.longestRunEnd]).toEqual([24_000, 40_000])
    expect([second.longestMissing, second.missing]).toEqual([10, 10])
    expect(first).toMatchObject({ ...naive(frame, 0) })
  })

  it('keeps a small spread on a large offset', () => {
    const [tally] = tallyChannels(frameOf({ p: wave(10_000, 1, { level: 1e9, noise: 0 }) }))
    const { count, sum, squares } = tally
    expect(Math.sqrt(squares / count - (sum / count) ** 2)).toBeCloseTo(Math.SQRT1_2, 2)
  })
})
