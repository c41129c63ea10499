import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { memberRows } from '../../src/detect/combine.js'
import { echoFilter, evidenceRows, memorylessMembers, sharpLevels, sharpOf } from '../../src/detect/sharp.js'
import { detect, trainModel } from '../../src/pipeline/index.js'

describe('memorylessMembers', () => {
  it('are those that score a sample by itself, of several channels', () => {
    expect(memorylessMembers([4, 11, 5, 1], 6)).toEqual([3])
    expect(memorylessMembers([4, 11], 6)).toEqual([])
    expect(memorylessMembers([4, 1], 1)).toEqual([])
  })
})

describe('echoFilter', () => {
  const alone = [-1, -1, 2, -1, -1, -1, -1]
  const filtered = (cut: number) => {
    const sharp = new Float32Array(7).fill(3)
    const first = echoFilter(2)
    first.apply(sharp.subarray(0, cut), Float32Array.from(alone.slice(0, cut)))
    echoFilter(2, first.since()).apply(sharp.subarray(cut), Float32Array.from(alone.slice(cut)))
    return Array.from(sharp)
  }

  it('takes the value of members without a memory after they stood out, for as long as the memory lasts', () => {
    expect(filtered(7)).toEqual([3, 3, 3, -1, -1, 3, 3])
  })

  it('continues from its state', () => {
    for (let cut = 0; cut < 7; cut++) expect(filtered(cut)).toEqual(filtered(7))
  })
})

describe('evidenceRows', () => {
  const scores = (residual: number[]) => ({
    score: new Float32Array(2),
    residual: Float32Array.from(residual),
    reason: Uint8Array.of(0, Number.isNaN(residual[2]) ? 1 : 0),
  })

  it('are the sums of the members, each to its power, then the residuals given the other channels', () => {
    const members = [scores([1, 2, 3, 4]), scores([4, 9, 16, 25])]
    const sums = memberRows(members, [1, 0.5], 2, new Uint8Array(2))
    const rows = evidenceRows(sums, 2, 2, scores([7, 8, 9, 10]))
    expect([...rows]).toEqual([3, 5, 7, 8, 7, 9, 9, 10])
    expect([...evidenceRows(sums, 2, 2)]).toEqual([3, 5, 7, 9])
  })

  it('are missing where a member has no score', () => {
    const sums = memberRows([scores([1, 2, Number.NaN, Number.NaN])], [1], 2, new Uint8Array(2))
    const rows = evidenceRows(sums, 1, 2, scores([7, 8, 9, 10]))
    expect([...rows.subarray(4)]).toEqual(Array(4).fill(Number.NaN))
  })
})

describe('sharpLevels', () => {
  it('leave 5 % of normal samples above 0', async () => {
    const random = createRandom(1)
    const rows = Float64Array.from({ length: 4000 * 4 }, () => random.normal() ** 2)
    const sharp = sharpOf(rows, (await sharpLevels(rows, 4))!)
    expect(sharp.filter(value => value > 0).length / 4000).toBeCloseTo(0.05, 2)
  })
})

/** Two channels that follow one factor, which swings slowly. */
function machine(n: number, seed: number): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(2 * n)
  let common = 0
  for (let i = 0; i < n; i++) {
    common = 0.98 * common + 0.2 * random.normal()
    values.set([common + 0.1 * random.normal(), 2 * common + 0.1 * random.normal()], 2 * i)
  }
  const timeMs = Float64Array.from({ length: n }, (_, i) => 60_000 * i)
  return { timeMs, timeKind: 'utc', values, channels: ['a', 'b'] }
}

describe('an event', () => {
  it.each([1, 3, 12])(
    'of a fault of %s samples is as long, not as long as the memory of the detector',
    async length => {
      const model = await trainModel(machine(3000, 1))
      const test = machine(1000, 2)
      for (let i = 500; i < 500 + length; i++) test.values[2 * i] += 4
      for (const alignment of ['two-sided', 'causal'] as const) {
        const { events } = await detect(model, test, { alignment })
        const [event] = events.filter(({ start, end }) => start < 500 + length && end > 500)
        expect(event.start).toBe(500)
        expect(event.end - 500 - length).toBeLessThanOrEqual(1)
      }
    },
  )
})
