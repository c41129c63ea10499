import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { BEGINS, LATE } from '../../src/validate/clock.js'
import {
  createMonitor,
  type DataSchema,
  type Issue,
  type IssueCode,
  learnSchema,
  type MonitorSettings,
  VALIDATION_LEVELS,
  validateFrame,
} from '../../src/validate/index.js'
import { anyFrame, frameOf, MINUTE, replaced, wave } from './frames.js'

const N = 200
const history = frameOf({ level: wave(2000, 1), flow: wave(2000, 2, { level: 50 }) })
const schema = learnSchema(history)
const settings: MonitorSettings = {
  channels: history.channels,
  timeKind: 'utc',
  schema,
  maxGap: 5,
  level: 'moderate',
}
const level = wave(N, 3)
const flow = wave(N, 4, { level: 50 })
/** As the history was. */
const usual = frameOf({ level, flow })
const at = (i: number) => ({ start: i, end: i + 1 })
/** The usual samples at other times; `move` gives minutes. */
const timed = (move: (i: number) => number) =>
  frameOf({ level, flow }, { timeMs: usual.timeMs.map((_, i) => usual.timeMs[0] + move(i) * MINUTE) })

function summaryOf(frame: Frame, more: Partial<MonitorSettings> = {}): Issue[] {
  const monitor = createMonitor({ ...settings, channels: frame.channels, timeKind: frame.timeKind, ...more })
  monitor.push(frame)
  return monitor.summary()
}
const only = (issues: readonly Issue[], code: IssueCode) => {
  const found = issues.filter(issue => issue.code === code)
  expect(found).toHaveLength(1)
  return found[0]
}
const codes = (issues: readonly Issue[]) => issues.map(({ code }) => code)
/** Severity of a code at strict, moderate and permissive. */
const severities = (frame: Frame, code: IssueCode, more: Partial<MonitorSettings> = {}) =>
  VALIDATION_LEVELS.map(level => only(summaryOf(frame, { ...more, level }), code).severity)

describe('the summary of a monitor', () => {
  it('is empty for data that are as the history was', () => {
    expect(summaryOf(usual)).toEqual([])
    expect(createMonitor(settings).summary()).toEqual([])
  })

  it('has times that cannot be read, go back or repeat, with the first place and the number', () => {
    const broken = timed(i => i)
    broken.timeMs[7] = Number.NaN
    broken.timeMs[20] = broken.timeMs[10]
    broken.timeMs[21] = broken.timeMs[10]
    for (const i of [50, 60, 70]) broken.timeMs[i] = broken.timeMs[i - 1]
    const issues = summaryOf(broken)
    expect(only(issues, 'time-unreadable')).toMatchObject({ count: 1, place: at(7) })
    expect(only(issues, 'time-backwards')).toMatchObject({ count: 2, place: at(20) })
    expect(only(issues, 'time-repeated')).toMatchObject({ count: 3, place: at(50) })
    expect(severities(broken, 'time-unreadable')).toEqual(['error', 'error', 'error'])
    expect(severities(broken, 'time-backwards')).toEqual(['error', 'warning', 'warning'])
    expect(severities(broken, 'time-repeated')).toEqual(['warning', 'warning', 'warning'])
  })

  it('has gaps by the cadence of the history, with the samples that are missing in them', () => {
    const gaps = timed(i => i + (i >= 50 ? 3 : 0) + (i >= 120 ? 10 : 0))
    const issue = only(summaryOf(gaps), 'time-gaps')
    expect(issue).toMatchObject({ count: 2, place: { start: 49, end: 51 } })
    expect(issue.message).toBe('gaps: 2, with about 13 samples missing at a cadence of 1 min')
    expect(severities(gaps, 'time-gaps')).toEqual(['warning', 'warning', 'warning'])
  })

  it('has steps that are far from the cadence of the history', () => {
    // Pairs of samples 0.4 min and 1.6 min apart: no step is near, none is agreed on.
    const irregular = timed(i => i + (i % 2 === 0 ? 0 : -0.6))
    expect(only(summaryOf(irregular), 'time-irregular').message).toContain('of the steps are near')
    expect(severities(irregular, 'time-irregular')).toEqual(['warning', 'warning', 'warning'])
    expect(codes(summaryOf(sliceFrame(irregular, 0, 9)))).not.toContain('time-irregular')
  })

  it('has jitter, with the largest difference', () => {
    const jitter = timed(i => i + (i === 40 ? 0.2 : 0))
    expect(codes(summaryOf(jitter))).toEqual(['time-jitter'])
    const issue = only(summaryOf(jitter), 'time-jitter')
    expect(issue.count).toBe(2)
    expect(issue.message).toContain('12 s at most')
    expect(severities(jitter, 'time-jitter')).toEqual(['info', 'info', 'info'])
  })

  it('has another cadence, and then nothing about gaps and jitter', () => {
    const slow = timed(i => 5 * i)
    expect(codes(summaryOf(slow))).toEqual(['cadence-differs'])
    expect(only(summaryOf(slow), 'cadence-differs').message).toContain('5 min')
    expect(severities(slow, 'cadence-differs')).toEqual(['error', 'error', 'warning'])
    expect(codes(summaryOf(timed(i => i * 1.04)))).not.toContain('cadence-differs')
    expect(summaryOf(sliceFrame(slow, 0, 9)).some(({ code }) => code === 'cadence-differs')).toBe(false)
  })

  it('has rows that repeat the one before with its time, as many ones from a share of the level on', () => {
    const doubled = (copies: number): Frame => {
      const rows = Array.from({ length: N }, (_, i) => i).flatMap(i => (i > 0 && i <= copies ? [i, i] : [i]))
      return {
        ...usual,
        timeMs: Float64Array.from(rows, i => usual.timeMs[i]),
        values: Float64Array.from(rows.flatMap(i => [level[i], flow[i]])),
      }
    }
    const few = only(summaryOf(doubled(4)), 'rows-duplicate')
    expect(few).toMatchObject({ severity: 'warning', count: 4, place: at(2) })
    expect(few.message).toContain('2 %')
    // 15 of 215 rows are 7 %: too many when strict.
    const codeAt = (copies: number) =>
      VALIDATION_LEVELS.map(one =>
        codes(summaryOf(doubled(copies), { level: one })).filter(code => code.startsWith('rows-')),
      )
    expect(codeAt(15)).toEqual([['rows-duplicate-many'], ['rows-duplicate'], ['rows-duplicate']])
    expect(codeAt(40)).toEqual(new Array(3).fill(['rows-duplicate-many']))
    expect(only(summaryOf(doubled(40)), 'rows-duplicate-many').severity).toBe('error')
    expect(codes(summaryOf(timed(i => (i === 5 ? 4 : i))))).not.toContain('rows-duplicate')
  })

  it('counts copies of rows with missing readings, and those of 0 and -0', () => {
    const frame = frameOf({ a: [1, Number.NaN, Number.NaN, 0, -0], b: [1, 2, 2, 3, 3] })
    frame.timeMs.set([0, 1, 1, 2, 2].map(i => frame.timeMs[0] + i * MINUTE))
    const issues = summaryOf(frame, { schema: undefined })
    expect(only(issues, 'rows-duplicate-many')).toMatchObject({ count: 2, place: at(2) })
  })

  it('has channels that miss more than they did in the history, infinite readings included', () => {
    const holes = Object.fromEntries(Array.from({ length: 15 }, (_, k) => [30 + k, Number.NaN]))
    const frame = frameOf({ level, flow: replaced(flow, { ...holes, 20: Number.POSITIVE_INFINITY }) })
    expect(codes(summaryOf(frame))).toEqual(['missing-more'])
    const issue = only(summaryOf(frame), 'missing-more')
    expect(issue).toMatchObject({ channel: 'flow', count: 16, place: at(20) })
    expect(issue.message).toBe('8 % of the readings are missing, compared with 0 % in the history')
    expect(severities(frame, 'missing-more')).toEqual(['warning', 'warning', 'warning'])
    const few = frameOf({ level, flow: replaced(flow, { 3: Number.NaN, 4: Number.NaN, 5: Number.NaN }) })
    expect(summaryOf(few)).toEqual([])
  })

  it('has readings far outside the range of the history', () => {
    const frame = frameOf({ level: replaced(level, { 12: 400, 90: -300 }), flow })
    expect(codes(summaryOf(frame))).toEqual(['beyond-history'])
    expect(only(summaryOf(frame), 'beyond-history')).toMatchObject({
      channel: 'level',
      count: 2,
      place: at(12),
    })
    expect(severities(frame, 'beyond-history')).toEqual(['warning', 'warning', 'warning'])
    const { max, min } = schema.channels[0]
    const reach = 0.5 * (Number(max) - Number(min))
    expect(summaryOf(frameOf({ level: replaced(level, { 12: Number(max) + reach }), flow }))).toEqual([])
  })

  it('has a channel in another unit, with the unit that it may be', () => {
    const frame = frameOf({ level, flow: flow.map(x => x * 60) })
    const issue = only(summaryOf(frame), 'scale-differs')
    expect(issue).toMatchObject({ channel: 'flow' })
    expect(issue.message).toMatch(/about (59|60)\S* times .*minutes against seconds/)
    expect(severities(frame, 'scale-differs')).toEqual(['error', 'warning', 'warning'])
    const small = frameOf({ level, flow: flow.map(x => x / 1000) })
    expect(only(summaryOf(small), 'scale-differs').message).toContain('milli or kilo')
    expect(codes(summaryOf(frameOf({ level, flow: flow.map(x => x * 3) })))).not.toContain('scale-differs')
    expect(codes(summaryOf(sliceFrame(frame, 0, 29)))).not.toContain('scale-differs')
  })

  it('has no other unit where readings stay inside the range of the history, however far from its median', () => {
    const wide = learnSchema(frameOf({ a: wave(2000, 5, { level: 0.1, noise: 20 }) }))
    const frame = frameOf({ a: wave(N, 6, { level: 40 }) })
    expect(40 / Number(wide.channels[0].median)).toBeGreaterThan(8)
    expect(summaryOf(frame, { schema: wide })).toEqual([])
  })

  it('has a channel that is stuck for longer than it was in the history, where it was longest', () => {
    const stuck = Object.fromEntries([
      ...Array.from({ length: 20 }, (_, k) => [30 + k, 9]),
      ...Array.from({ length: 60 }, (_, k) => [100 + k, 10.5]),
    ])
    const frame = frameOf({ level: replaced(level, stuck), flow })
    expect(codes(summaryOf(frame))).toEqual(['frozen-longer'])
    const issue = only(summaryOf(frame), 'frozen-longer')
    expect(issue).toMatchObject({ channel: 'level', count: 60, place: { start: 100, end: 160 } })
    expect(issue.message).toBe('stuck at 10.5 for 60 samples, in the history at most 10')
    expect(severities(frame, 'frozen-longer')).toEqual(['warning', 'warning', 'warning'])
  })

  it('ends a run of equal readings where one is missing', () => {
    const stuck = Object.fromEntries(Array.from({ length: 17 }, (_, k) => [30 + k, k === 8 ? Number.NaN : 9]))
    expect(codes(summaryOf(frameOf({ level: replaced(level, stuck), flow })))).toEqual([])
  })

  it('says that there are no times of numbered samples', () => {
    const numbered = { ...usual, timeKind: 'index' as const, timeMs: usual.timeMs.map((_, i) => i) }
    expect(codes(summaryOf(numbered))).toEqual(['time-absent'])
    expect(severities(numbered, 'time-absent')).toEqual(['info', 'info', 'info'])
  })

  it('without a schema has order and copies only', () => {
    const frame = timed(i => (i === 20 ? 10 : i + (i > 100 ? 50 : 0)))
    frame.values.fill(1e9, 40, 200)
    expect(codes(summaryOf(frame, { schema: undefined }))).toEqual(['time-backwards'])
  })

  it('begins with errors', () => {
    const slow = timed(i => 5 * i)
    slow.values[0] = 400
    expect(codes(summaryOf(slow))).toEqual(['cadence-differs', 'beyond-history'])
  })

  it('agrees with validation of the whole table on what both count', () => {
    const shared: readonly IssueCode[] = [
      'time-repeated',
      'time-backwards',
      'time-gaps',
      'time-jitter',
      'rows-duplicate',
      'beyond-history',
      'missing-more',
      'frozen-longer',
    ]
    const random = createRandom(9)
    for (let round = 0; round < 20; round++) {
      const frame = faulty(300, random)
      const whole = validateFrame(frame, {}, { schema }).health.issues
      const pick = (issues: readonly Issue[]) =>
        issues
          .filter(({ code }) => shared.includes(code))
          .map(({ code, channel, count, place }) => ({ code, channel, count, place }))
          .sort((a, b) => `${a.code}${a.channel}`.localeCompare(`${b.code}${b.channel}`))
      expect(pick(summaryOf(frame))).toEqual(pick(whole))
      expect(pick(whole).length).toBeGreaterThan(4)
    }
  })
})

/** Data with gaps, jitter, repeated times, copied rows, far, missing and frozen readings, wherever chance puts them. */
function faulty(n: number, random: ReturnType<typeof createRandom>): Frame {
  const place = () => 5 + Math.floor(random.uniform() * (n - 45))
  const columns = [wave(n, 11), wave(n, 12, { level: 50 })]
  const [far, hole, stuck] = [place(), place(), place()]
  columns[0][far] = 400
  columns[1].fill(Number.NaN, hole, hole + 20)
  columns[0].fill(9.25, stuck, stuck + 30)
  const frame = frameOf({ level: columns[0], flow: columns[1] })
  const [gap, early, copy] = [place(), place(), place()]
  frame.timeMs.forEach((time, i) => {
    frame.timeMs[i] = time + (i >= gap ? 30 * MINUTE : 0)
  })
  frame.timeMs[early] -= 0.2 * MINUTE
  frame.timeMs[copy] = frame.timeMs[copy - 1]
  frame.values.copyWithin(2 * copy, 2 * (copy - 1), 2 * copy)
  return frame
}

describe('one push of a monitor', () => {
  it('marks how each sample follows', () => {
    const frame = timed(i => (i === 20 ? 10 : i + (i >= 100 ? 50 : 0)))
    const { marks } = createMonitor(settings).push(frame)
    expect(Array.from(marks).flatMap((mark, i) => (mark ? [[i, mark]] : []))).toEqual([
      [20, LATE],
      [100, BEGINS],
    ])
  })

  it('trusts a sample by the share of its channels that have a plausible reading', () => {
    const frame = timed(i => (i === 4 ? 1 : i))
    frame.values.set([400, Number.NaN], 0)
    frame.values[2] = 400
    frame.values[5] = Number.POSITIVE_INFINITY
    const { trust } = createMonitor(settings).push(sliceFrame(frame, 0, 6))
    expect(Array.from(trust)).toEqual([0, 0.5, 0.5, 1, 0, 1])
    const unknown = createMonitor({ ...settings, schema: undefined }).push(sliceFrame(frame, 0, 3))
    expect(Array.from(unknown.trust)).toEqual([0.5, 1, 0.5])
  })

  it('has the issues of these samples alone, with counts and their place', () => {
    const monitor = createMonitor(settings)
    expect(monitor.push(sliceFrame(usual, 0, 50)).issues).toEqual([])
    const part = sliceFrame(
      frameOf({
        level: replaced(level, { 55: 400 }),
        flow: replaced(flow, { 60: Number.NaN, 61: Infinity }),
      }),
      50,
      70,
    )
    const place = { start: 50, end: 70 }
    expect(monitor.push(part).issues).toEqual([
      expect.objectContaining({
        code: 'beyond-history',
        channel: 'level',
        count: 1,
        place,
        severity: 'warning',
      }),
      expect.objectContaining({
        code: 'missing-here',
        channel: 'flow',
        count: 1,
        place,
        severity: 'warning',
      }),
      expect.objectContaining({
        code: 'infinite-here',
        channel: 'flow',
        count: 1,
        place,
        severity: 'warning',
      }),
    ])
    expect(monitor.push(sliceFrame(usual, 70, N)).issues).toEqual([])
  })

  it('has times out of order, gaps and copies', () => {
    const frame = timed(i => i + (i >= 9 ? 20 : 0))
    frame.timeMs[2] = frame.timeMs[0]
    frame.timeMs[4] = Number.NaN
    frame.timeMs[6] = frame.timeMs[5]
    frame.values.copyWithin(12, 10, 12)
    const { issues } = createMonitor(settings).push(sliceFrame(frame, 0, 12))
    expect(issues.map(({ code, count }) => [code, count])).toEqual([
      ['time-unreadable', 1],
      ['time-backwards', 1],
      ['time-repeated', 1],
      ['time-gaps', 4],
      ['rows-duplicate', 1],
    ])
  })

  it('says once that a channel is stuck', () => {
    const stuck = frameOf({ level: new Float64Array(N).fill(9), flow })
    const monitor = createMonitor(settings)
    const found = Array.from({ length: N }, (_, i) => monitor.push(sliceFrame(stuck, i, i + 1)).issues)
    const frozen = found.flatMap((issues, i) => (codes(issues).includes('frozen-longer') ? [i] : []))
    expect(frozen).toEqual([schema.channels[0].usualRun])
  })

  it('may be empty', () => {
    const { marks, trust, issues } = createMonitor(settings).push(sliceFrame(usual, 0, 0))
    expect([marks.length, trust.length, issues]).toEqual([0, 0, []])
  })
})

describe('a monitor of a series in parts', () => {
  const live = fc.record({
    frame: anyFrame.filter(({ channels }) => channels.length > 0),
    cuts: fc.array(fc.nat(60), { maxLength: 6 }),
    hasSchema: fc.boolean(),
    level: fc.constantFrom(...VALIDATION_LEVELS),
  })
  const schemaFor = (channels: readonly string[]): DataSchema => ({
    ...schema,
    cadenceMs: 1000,
    channels: channels.map((name, c) => ({
      name,
      min: -1,
      max: 1,
      median: c === 0 ? 0.5 : 0,
      missingShare: 0.05 * c,
      longestRun: 2,
      usualRun: 3,
    })),
  })

  it('gives the same summary, marks and trust however it is cut, and from its state at any cut', () => {
    fc.assert(
      fc.property(live, ({ frame, cuts, hasSchema, level }) => {
        const { channels, timeKind } = frame
        const one = {
          channels,
          timeKind,
          schema: hasSchema ? schemaFor(channels) : undefined,
          maxGap: 2,
          level,
        }
        const whole = createMonitor(one)
        const wanted = whole.push(frame)
        let monitor = createMonitor(one)
        const marks: number[] = []
        const trust: number[] = []
        const n = sampleCount(frame)
        let from = 0
        for (const to of [...cuts.map(cut => Math.min(cut, n)), n].sort((a, b) => a - b)) {
          const part = monitor.push(sliceFrame(frame, from, to))
          marks.push(...part.marks)
          trust.push(...part.trust)
          monitor = createMonitor(one, stateFromBytes(stateToBytes(monitor.state())))
          from = to
        }
        expect(monitor.summary()).toEqual(whole.summary())
        expect(marks).toEqual(Array.from(wanted.marks))
        expect(trust).toEqual(Array.from(wanted.trust))
        expect(stateToBytes(monitor.state())).toEqual(stateToBytes(whole.state()))
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('has counts in its steps that add up to those of its summary', () => {
    const added: readonly IssueCode[] = [
      'time-unreadable',
      'time-backwards',
      'time-repeated',
      'time-gaps',
      'rows-duplicate',
      'beyond-history',
    ]
    let compared = 0
    fc.assert(
      fc.property(live, ({ frame, cuts, level }) => {
        const { channels, timeKind } = frame
        const monitor = createMonitor({ channels, timeKind, schema: schemaFor(channels), maxGap: 2, level })
        const sums = new Map<string, number>()
        const n = sampleCount(frame)
        let from = 0
        for (const to of [...cuts.map(cut => Math.min(cut, n)), n].sort((a, b) => a - b)) {
          for (const { code, channel, count } of monitor.push(sliceFrame(frame, from, to)).issues) {
            const key = `${code} ${channel}`
            sums.set(key, (sums.get(key) ?? 0) + count)
          }
          from = to
        }
        for (const { code, channel, count } of monitor.summary()) {
          const ownCode = code === 'rows-duplicate-many' ? 'rows-duplicate' : code
          const missing =
            (sums.get(`missing-here ${channel}`) ?? 0) + (sums.get(`infinite-here ${channel}`) ?? 0)
          if (code === 'missing-more') expect(missing).toBe(count)
          else if (added.includes(ownCode)) expect(sums.get(`${ownCode} ${channel}`)).toBe(count)
          else continue
          compared++
        }
      }),
      { numRuns: 500, seed: 4 },
    )
    expect(compared).toBeGreaterThan(500)
  })

  it('has a state below 3 kB for 10 channels that does not grow', () => {
    const channels = Array.from({ length: 10 }, (_, c) => `c${c}`)
    const columns = (n: number) => Object.fromEntries(channels.map((name, c) => [name, wave(n, c)]))
    const monitor = createMonitor({ ...settings, channels, schema: learnSchema(frameOf(columns(100))) })
    const size = () => stateToBytes(monitor.state()).length
    monitor.push(frameOf(columns(10)))
    const first = size()
    monitor.push(frameOf(columns(5000)))
    expect(first).toBeLessThan(3000)
    expect(size()).toBe(first)
  })

  it('refuses the state of something else, or of other channels', () => {
    const state = createMonitor(settings).state()
    const unfit = expect.objectContaining({ code: 'state-unfit' })
    expect(() => createMonitor(settings, { ...state, kind: 'online:clock' })).toThrow(unfit)
    expect(() => createMonitor({ ...settings, channels: ['level'] }, state)).toThrow(unfit)
  })
})
