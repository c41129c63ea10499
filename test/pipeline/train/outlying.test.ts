import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/frame.js'
import { createRandom } from '../../../src/core/random.js'
import { trainModel } from '../../../src/pipeline/index.js'
import { outlyingIntervals } from '../../../src/pipeline/train/outlying.js'
import type { Issue } from '../../../src/validate/index.js'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5)

function history(
  n: number,
  faults: readonly { from: number; to: number; channel: number; by: number }[],
  timeKind: Frame['timeKind'] = 'utc',
): Frame {
  const random = createRandom(4)
  const values = Float64Array.from({ length: 3 * n }, (_, at) => {
    const i = Math.floor(at / 3)
    const c = at % 3
    const by = faults.find(({ from, to, channel }) => c === channel && i >= from && i < to)?.by ?? 0
    return 20 + (c + 1) * Math.sin(i / 30) + 0.1 * random.normal() + by
  })
  const timeMs = Float64Array.from({ length: n }, (_, i) => (timeKind === 'index' ? i : START + i * MINUTE))
  return { timeMs, timeKind, values, channels: ['temp', 'flow', 'power'] }
}

async function trained(frame: Frame, options: Parameters<typeof trainModel>[1] = {}) {
  const issues: Issue[] = []
  const model = await trainModel(frame, options, { onIssues: found => issues.push(...found) })
  const told = issues.filter(({ code }) => code === 'history-outlying')
  return { level: model.info.calibration['two-sided']!.level, told }
}

describe('a fault inside of the history', () => {
  it.each(['auto', 'pca-q', 'committee'] as const)(
    'is told with the option that leaves it out (%s)',
    async detector => {
      const clean = await trained(history(1500, []), { detector })
      const frame = history(1500, [{ from: 700, to: 760, channel: 1, by: 6 }])
      const { level, told } = await trained(frame, { detector })
      expect(clean.told).toEqual([])
      expect(level).toBeGreaterThan(2 * clean.level)
      expect(told).toHaveLength(1)
      expect(told[0]!.message).toContain('most in flow')
      const exclude = /--exclude (\S+Z\.\.\S+Z);/.exec(told[0]!.remedy)![1]!
      const [from, to] = exclude.split('..').map(text => (Date.parse(text) - START) / MINUTE)
      expect(from).toBeLessThanOrEqual(702)
      expect(to).toBeGreaterThanOrEqual(758)
      const again = await trained(frame, { detector, exclude })
      expect(again.told).toEqual([])
      expect(again.level).toBeLessThan(1.5 * clean.level)
    },
  )

  it('is named by its rows where the history has no times, and two of them together', async () => {
    const faults = [
      { from: 400, to: 440, channel: 0, by: 8 },
      { from: 900, to: 930, channel: 2, by: -9 },
    ]
    const { told } = await trained(history(1500, faults, 'index'))
    const ranges = /--exclude (\S+);/.exec(told[0]!.remedy)![1]!.split(',')
    expect(told[0]!.count).toBe(2)
    ranges.forEach((range, k) => {
      const [from, to] = range.split(':').map(Number)
      expect(from).toBeLessThanOrEqual(faults[k]!.from + 2)
      expect(to).toBeGreaterThanOrEqual(faults[k]!.to - 2)
    })
  })
})

/** A room that is warm in the afternoon, read every 5 minutes, with another temperature on the fifth day. */
function badDay(days: number, channels: readonly string[], bad: (usual: number) => number): Frame {
  const random = createRandom(4)
  const timeMs = Float64Array.from({ length: 288 * days }, (_, i) => START + 5 * i * MINUTE)
  const values = Float64Array.from({ length: timeMs.length * channels.length }, (_, at) => {
    const [i, c] = [Math.floor(at / channels.length), at % channels.length]
    const usual = 20 + 4 * (c + 1) * Math.sin((2 * Math.PI * i) / 288) + 0.1 * random.normal()
    return c === 0 && Math.floor(i / 288) === 4 ? bad(usual) : usual
  })
  return { timeMs, timeKind: 'utc', values, channels }
}

describe('one bad day in a history of days', () => {
  it.each([
    [9.5, ['temp'], 'stands still', () => 35],
    [9.5, ['temp'], 'is 3 degrees warmer', (usual: number) => usual + 3],
    [7.5, ['temp'], 'is 3 degrees warmer', (usual: number) => usual + 3],
    [9.5, ['temp', 'flow'], 'is 3 degrees warmer', (usual: number) => usual + 3],
  ] as const)('is noted: %d days of %j, where it %s', async (days, channels, _, bad) => {
    const { told } = await trained(badDay(days, channels, bad))
    expect(told).toHaveLength(1)
    const [, from, to] = /--exclude ([^.]+Z)\.\.\S*?([^.,]+Z);/.exec(told[0]!.remedy)!
    expect(Date.parse(from!)).toBeGreaterThan(START + 3.5 * 1440 * MINUTE)
    expect(Date.parse(to!)).toBeLessThan(START + 5.5 * 1440 * MINUTE)
  })
})

describe('outlyingIntervals', () => {
  const scoresOf = (bursts: readonly number[], length: number) => {
    const scores = new Float32Array(1000).fill(0.5)
    for (const at of bursts) scores.fill(9, at, at + length)
    return scores
  }
  const found = (scores: Float32Array) => {
    const frame = history(1000, [], 'index')
    const given = { scores, residuals: new Float32Array(3000), frames: [frame] }
    const highest = (of: Float32Array) => Math.max(...of.filter(score => !Number.isNaN(score)))
    return outlyingIntervals(given, highest(scores), highest, 10)
  }

  it('are at most three and at most a fifth of the scores', () => {
    expect(found(scoresOf([100, 300, 500], 10))?.intervals.map(({ from, to }) => [from, to])).toEqual([
      [100, 110],
      [300, 310],
      [500, 510],
    ])
    expect(found(scoresOf([100, 300, 500, 700], 10))).toBeUndefined()
    expect(found(scoresOf([100], 190))?.intervals).toHaveLength(1)
    expect(found(scoresOf([100], 210))).toBeUndefined()
  })

  it('reach to the end of the history, and are one where they are close', () => {
    expect(found(scoresOf([100, 115, 995], 5))?.intervals.map(({ from, to }) => [from, to])).toEqual([
      [100, 120],
      [995, 1000],
    ])
  })

  it('leave out scores that grow without a break', () => {
    expect(found(Float32Array.from({ length: 1000 }, (_, i) => i / 1000))).toBeUndefined()
  })
})
