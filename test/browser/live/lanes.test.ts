import { describe, expect, it } from 'vitest'
import { eventAt, labelAt, laneClass, lanePaths, ticksOf, withLive } from '../../../browser/live/lanes.js'
import type { Event, Lane, Overview } from '../../../src/serve/contract/index.js'

const mark = (startMs: number, endMs: number, severity: number, more = {}): Lane['events'][number] => ({
  id: `e${startMs}`,
  startMs,
  endMs,
  state: 'closed',
  score: 2,
  severity,
  verdict: null,
  matches: null,
  ...more,
})
const lane = (id: string, events: Lane['events'] = []): Lane => ({
  id,
  name: id,
  stream: 's',
  model: 'm@1',
  status: 'ok',
  score: 0.5,
  lastMs: 900,
  openEvents: 0,
  unscored: null,
  worst: 0,
  coverage: 1,
  events,
  drift: null,
})
const overview: Overview = {
  fromMs: 0,
  toMs: 1000,
  more: 0,
  totals: { devices: 2, alarm: 0, unscored: 0, silent: 0, events: 1 },
  devices: [lane('a'), lane('b', [mark(100, 200, 50)])],
}
const event = (device: string, state: 'open' | 'closed'): Event => ({
  ...mark(990, 1000, 80, { state }),
  device,
  model: 'm@1',
  onsetMs: 990,
  peakMs: 990,
  pValue: null,
  channels: [],
  sentence: null,
  kind: null,
  feedback: null,
})

describe('lanes', () => {
  it('draw an event where it was, and at least 2.5 wide', () => {
    const { mid, high } = lanePaths([mark(100, 300, 50), mark(500, 501, 90)], 0, 1000, 200)
    expect(mid).toBe('M20.0 3h40.0v14h-40.0z')
    expect(high).toBe('M100.0 0h2.5v20h-2.5z')
  })

  it('leave out what is outside of the range, and cut what begins before it', () => {
    const paths = lanePaths([mark(-300, -100, 90), mark(-100, 100, 90)], 0, 1000, 100)
    expect(paths.high).toBe('M0.0 0h10.0v20h-10.0z')
  })

  it('are quiet where a verdict or a pattern says that it is no alarm', () => {
    expect(laneClass(mark(0, 1, 90))).toBe('high')
    expect(laneClass(mark(0, 1, 90, { verdict: 'confirmed' }))).toBe('high')
    expect(laneClass(mark(0, 1, 90, { verdict: 'expected' }))).toBe('quiet')
    expect(laneClass(mark(0, 1, 90, { matches: 'e1' }))).toBe('quiet')
  })

  it('find the most severe event under the pointer', () => {
    const events = [mark(100, 200, 20), mark(150, 160, 70)]
    expect(eventAt(events, 155, 0)?.severity).toBe(70)
    expect(eventAt(events, 195, 0)?.severity).toBe(20)
    expect(eventAt(events, 205, 0)).toBeUndefined()
    expect(eventAt(events, 205, 10)?.severity).toBe(20)
  })

  it('have marks of time at round hours and days, at most as many as fit', () => {
    const day = 86_400_000
    expect(ticksOf(0.5 * day, 7.5 * day, 8)).toEqual([1, 2, 3, 4, 5, 6, 7].map(k => k * day))
    expect(ticksOf(0, day, 4)).toEqual([0, 6, 12, 18, 24].map(hour => hour * 3_600_000))
  })

  it('have labels within the axis', () => {
    expect([0, 0.5, 0.99].map(share => labelAt(share, 180))).toEqual([22, 90, 158])
  })
})

describe('the overview with what was sent', () => {
  it('changes only the lanes that were named', () => {
    const next = withLive(
      overview,
      new Map([['a', { device: 'a', timeMs: 950, score: 1.5, unscored: null }]]),
      [],
    )
    expect(next.devices[0]).toMatchObject({ score: 1.5, lastMs: 950, status: 'ok' })
    expect(next.devices[1]).toBe(overview.devices[1])
    expect([next.fromMs, next.toMs]).toEqual([0, 1000])
  })

  it('says of a device that it is not scored, and when it is again', () => {
    const unscored = { reason: 'missing', channels: ['mode'], detail: 'readings of mode are missing' }
    const at = (before: Overview, more: object) =>
      withLive(
        before,
        new Map([['a', { device: 'a', timeMs: 950, score: null, unscored: null, ...more }]]),
        [],
      )
    const lost = at(overview, { unscored })
    expect([lost.devices[0], lost.totals.unscored]).toMatchObject([{ status: 'unscored', unscored }, 1])
    expect(at(lost, {}).devices[0].status).toBe('waiting')
    expect(at(lost, { score: 0.5 })).toMatchObject({
      devices: [{ status: 'ok' }, {}],
      totals: { unscored: 0 },
    })
  })

  it('moves the range with the newest sample and keeps its length', () => {
    const next = withLive(
      overview,
      new Map([['a', { device: 'a', timeMs: 1101, score: 1, unscored: null }]]),
      [],
    )
    expect(next.toMs).toBeGreaterThanOrEqual(1101)
    expect(next.toMs - next.fromMs).toBe(1000)
  })

  it('counts an event as alarm while it is open, and as watch after it', () => {
    const opened = withLive(overview, new Map(), [{ change: 'opened', event: event('a', 'open') }])
    expect(opened.devices[0]).toMatchObject({ status: 'alarm', openEvents: 1, worst: 80 })
    expect(opened.totals).toMatchObject({ alarm: 1, events: 2 })
    const closed = withLive(opened, new Map(), [{ change: 'closed', event: event('a', 'closed') }])
    expect(closed.devices[0]).toMatchObject({ status: 'watch', openEvents: 0 })
    expect(closed.totals).toMatchObject({ alarm: 0, events: 2 })
  })
})
