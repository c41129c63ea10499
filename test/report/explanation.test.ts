import { describe, expect, it } from 'vitest'
import type { ExplainedSample, Explanation } from '../../src/explain/index.js'
import { bandText, beyondHistory, expectedText, isUnusual } from '../../src/report/expected.js'
import { explanationMarkdown, explanationText, repairText, sampleText } from '../../src/report/index.js'
import type { SampleSetting } from '../../src/report/sample.js'

const textOf = (score: number, channels: readonly number[], count = 2, before = 3.01) =>
  repairText({
    event: { score },
    courses: [{ name: 'flow' }, { name: 'level' }].slice(0, count),
    repair: { channels, before, after: 0.5, clears: true },
  } as unknown as Explanation)

describe('what the repair found', () => {
  it('is said of the score of the event', () => {
    expect(textOf(3.0101, [0])).toBe('with flow as expected, the score falls from 3.01 to 0.5')
    expect(textOf(3.01, [])).toBe('no channel lowers the score, 3.01, when it reads as expected')
    expect(textOf(3.01, [], 1)).toBe('the score, 3.01, does not fall when flow reads as expected')
  })

  it('is said of its own samples where the score is highest beside them', () => {
    expect(textOf(4.03, [0])).toBe(
      'with flow as expected, the score of its own samples falls from 3.01 to 0.5',
    )
  })

  it('is nothing where its own samples are below the threshold', () => {
    expect(textOf(4.03, [], 2, 0.987)).toBe('the score of its own samples, 0.987, is not above the threshold')
  })
})

describe('a channel that explains an event', () => {
  const own = {
    event: { id: 'e1', score: 3.01, times: { onsetMs: 1, startMs: 1, peakMs: 2, lastMs: 3 } },
    kind: 'unclear',
    verdict: 'unclear',
    reason: 'none of the known kinds fits',
    sentence: 'flow 9, expected 1-2; no channel explains the score',
    detectedMs: 1,
    pairs: [],
    courses: [{ name: 'flow' }],
  }
  const texts = (explains: boolean, more = {}) => {
    const channel = {
      ...more,
      name: 'flow',
      label: 'flow',
      reading: 9,
      low: 1,
      high: 2,
      share: 1,
      leftMs: 1,
      explains,
    }
    const repair = { channels: explains ? [0] : [], before: 3.01, after: 0.5, clears: explains }
    const all = [{ ...own, channels: [channel], repair }] as unknown as Explanation[]
    return [explanationText(all, 'index'), explanationMarkdown(all, 'index')]
  }

  it('is marked, and no other', () => {
    const [text, markdown] = texts(true)
    expect(text).toContain('* flow: 9')
    expect(markdown).toContain('| flow | yes |')
    const [none, noneInMarkdown] = texts(false)
    expect(none).not.toContain('*')
    expect(noneInMarkdown).toContain('| flow |  |')
  })

  it('left its band at a time, or was outside of it before the samples that are looked at', () => {
    const [text, markdown] = texts(true)
    expect(text).toContain('left its band at 1;')
    expect(markdown).toContain('| 1 | 100.0 % |')
    const [older, olderInMarkdown] = texts(true, { wasOutside: true })
    expect(older).toContain('outside of its band since before 1;')
    expect(olderInMarkdown).toContain('| before 1 | 100.0 % |')
  })
})

describe('a reading that the history does not hold', () => {
  const band = { low: 50.3, high: 74.3, history: { min: 54.6, max: 65.8 } }
  it('is unusual, also in its band', () => {
    expect(beyondHistory({ ...band, reading: 71.2 })).toBe('above 65.8, the highest of the history')
    expect(isUnusual({ ...band, reading: 71.2 })).toBe(true)
    expect(beyondHistory({ ...band, reading: 60 })).toBeUndefined()
    expect(isUnusual({ ...band, reading: 60 })).toBe(false)
    expect(beyondHistory({ ...band, reading: 80 })).toBeUndefined()
    expect(isUnusual({ ...band, reading: 80 })).toBe(true)
    expect(isUnusual({ ...band, reading: Number.NaN })).toBe(false)
  })
})

describe('what a channel should read', () => {
  const known = { low: 1, high: 2.5, anyReading: false }
  const any = { low: -1, high: 1, anyReading: true }
  const none = { low: Number.NaN, high: Number.NaN, anyReading: false }

  it('is its band, any reading, or not known', () => {
    expect([known, any, none].map(expectedText)).toEqual([
      'expected 1 to 2.5',
      'any reading is expected',
      'what is expected is not known',
    ])
    expect([known, any, none].map(bandText)).toEqual(['1 to 2.5', 'any reading', 'not known'])
  })

  it('is said so of a sample, which is not unusual where it is not known', () => {
    const channels = [known, any, none].map((band, c) => ({
      ...band,
      name: `c${c}`,
      label: `c${c}`,
      share: 0.5,
      reading: 0.5,
    }))
    const explained = { channels, status: 'normal', score: 0.5, timeMs: 3 } as unknown as ExplainedSample
    const setting = { frame: { timeKind: 'index', timeMs: [] } } as unknown as SampleSetting
    expect(sampleText(explained, setting).split('\n').slice(1, 4)).toEqual([
      '  ! c0: 0.5, expected 1 to 2.5; 50.0 % of the score',
      '    c1: 0.5, any reading is expected; 50.0 % of the score',
      '    c2: 0.5, what is expected is not known; 50.0 % of the score',
    ])
  })
})
