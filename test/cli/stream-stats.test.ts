import { describe, expect, it } from 'vitest'
import { createStats } from '../../src/cli/stream-stats.js'
import { emptyCounts } from '../../src/live/counts.js'

describe('the statistics of a stream', () => {
  function stats(everyMs: number) {
    let nowMs = 0
    const lines: string[] = []
    const io = { now: () => nowMs, stderr: (text: string) => void lines.push(text) }
    const printed = createStats(io as never, everyMs, () => 1e12)
    const counts = (received: number, newestMs: number | null = null) => ({
      ...emptyCounts(),
      received,
      newestMs,
    })
    return { printed, counts, lines, at: (ms: number) => (nowMs = ms) }
  }

  it('have a rate over a second or more, and none over less', () => {
    const { printed, counts, lines, at } = stats(1000)
    printed.progress(counts(100), new Map())
    at(2000)
    printed.progress(counts(1100), new Map())
    at(2100)
    printed.print(counts(1200), new Map())
    expect(lines.map(line => line.split(';')[0])).toEqual(['1,100 messages (500/s)', '1,200 messages'])
  })

  it.each([
    [1, '0 of 1 sample scored'],
    [2, '0 of 2 samples scored'],
  ])('count %i', (samples, text) => {
    const { printed, counts, lines } = stats(1000)
    printed.print({ ...counts(samples), samples }, new Map())
    expect(lines[0]).toContain(text)
  })

  it.each([
    [500, 'lag 0.5 s'],
    [90_000, 'lag 1 min 30 s'],
    [40 * 3_600_000, 'lag 1 d 16 h'],
  ])('say how old the newest sample is: %i ms', (ms, text) => {
    const { printed, counts, lines } = stats(1000)
    printed.print(counts(1, 1e12 - ms), new Map())
    expect(lines[0]).toContain(text)
  })
})
