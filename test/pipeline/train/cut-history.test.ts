import { describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../../src/core/frame.js'
import { sampleBlocks, type TrainSettings } from '../../../src/pipeline/index.js'
import { type CutHistory, cutHistory } from '../../../src/pipeline/train/cut-history.js'
import { resolveTraining } from '../../../src/pipeline/train/resolve.js'
import { splitHistory } from '../../../src/window/index.js'
import { machine } from '../machine.js'

const N = 400
const WINDOW = 10
const MINUTE = 60_000
const PARTS = splitHistory(N, WINDOW, 0.15, 0.2)
const NETWORK = { detector: 'autoencoder' } as const
const SIMPLE = { detector: 'z-score' } as const

const cut = (history: Parameters<typeof resolveTraining>[0], options: TrainSettings): Promise<CutHistory> =>
  cutHistory(resolveTraining(history, { window: WINDOW, ...options }, undefined))
const partOf = (frame: Frame, { start, end }: { start: number; end: number }) => sliceFrame(frame, start, end)
/** The history without the readings of one channel at some samples. */
function holed(from: number, to: number, channel = 1): Frame {
  const frame = machine(N, 1)
  for (let i = from; i < to; i++) frame.values[2 * i + channel] = Number.NaN
  return frame
}
/** The history with one reading missing in every `period` samples. */
function scattered(period: number): Frame {
  const frame = machine(N, 1)
  for (let i = 0; i < N; i += period) frame.values[2 * i] = Number.NaN
  return frame
}
const reading = (frame: Frame, i: number, channel = 1) => frame.values[2 * i + channel]
/** The samples of segments, by their times. */
const timesOf = ({ frame, segments }: Pick<CutHistory['learning'], 'frame' | 'segments'>) =>
  segments.flatMap(({ start, end }) => [...frame.timeMs.subarray(start, end)])

describe('cutHistory', () => {
  it('cuts a history without gaps into the parts of splitHistory, readings as they are', async () => {
    const history = machine(N, 1)
    const found = await cut(history, NETWORK)
    expect(found).toMatchObject({ parts: PARTS, named: PARTS, borders: [], between: 1 })
    expect(found.learning.frame).toEqual(partOf(history, PARTS.train))
    expect(found.learning.segments).toEqual([{ start: 0, end: PARTS.train.end }])
    expect(found.validation.frame).toEqual(partOf(history, PARTS.validation))
    expect(found.asCame).toEqual(found.learning.frame)
    const calibration = partOf(history, PARTS.calibration)
    for (const alignment of ALIGNMENTS)
      expect(found.calibration[alignment]).toEqual({
        frame: calibration,
        segments: [{ start: 0, end: sampleCount(calibration) }],
      })
    expect(found.calibration.asCame).toEqual(calibration)
  })

  it('lets a detector that scores its own training part learn from the validation part too', async () => {
    const history = machine(N, 1)
    const { named, learning } = await cut(history, SIMPLE)
    const train = { start: 0, end: PARTS.validation.end }
    expect(named).toEqual({ train, calibration: PARTS.calibration })
    expect(learning.frame).toEqual(partOf(history, train))
  })

  it('ends a segment at a gap in time, in the part where it is', async () => {
    const at = PARTS.calibration.start + 20
    const history = machine(N, 1)
    for (const [gap, part] of [
      [50, 'learning'],
      [at, 'calibration'],
    ] as const) {
      const timeMs = history.timeMs.map((time, i) => time + (i < gap ? 0 : 100 * MINUTE))
      const { learning, calibration } = await cut({ ...history, timeMs }, SIMPLE)
      const own = part === 'learning' ? learning : calibration.causal
      const other = part === 'learning' ? calibration.causal : learning
      const border = part === 'learning' ? gap : gap - PARTS.calibration.start
      expect(own.segments[0]).toEqual({ start: 0, end: border })
      expect(own.segments).toHaveLength(2)
      expect(other.segments).toHaveLength(1)
    }
  })

  it('has nothing of an excluded range in any part', async () => {
    const ranges = [
      [30, 60],
      [PARTS.calibration.start + 5, PARTS.calibration.start + 25],
    ]
    const exclude = ranges.map(range => range.join(':')).join(', ')
    const clean = await cut(machine(N, 1), { ...NETWORK, exclude })
    const { timeMs } = machine(N, 1)
    const left = (i: number) => ranges.every(([start, end]) => i < start || i >= end)
    const within = ({ start, end }: { start: number; end: number }) =>
      [...timeMs].filter((_, i) => i >= start && i < end && left(i))
    expect(timesOf(clean.learning)).toEqual(within(PARTS.train))
    for (const alignment of ALIGNMENTS)
      expect(timesOf(clean.calibration[alignment])).toEqual(within(PARTS.calibration))
    const dirty = machine(N, 1)
    for (const [start, end] of ranges) dirty.values.fill(1e6, 2 * start, 2 * end)
    expect((await cut(dirty, { ...NETWORK, exclude })).learning).toEqual(clean.learning)
  })

  it('prepares the calibration part as scores of each alignment will see it, the rest with both neighbours', async () => {
    const at = PARTS.calibration.start + 20
    const [from, to] = [at, at + 4]
    const history = holed(from, to)
    const { calibration } = await cut(history, { ...NETWORK, missing: 'linear' })
    const last = reading(history, from - 1)
    const step = (reading(history, to) - last) / 5
    for (let k = 0; k < 4; k++) {
      const i = from + k - PARTS.calibration.start
      expect(reading(calibration.causal.frame, i)).toBe(last)
      expect(reading(calibration['two-sided'].frame, i)).toBeCloseTo(last + step * (k + 1), 12)
      expect(reading(calibration.asCame, i)).toBeNaN()
    }
    const { learning, asCame } = await cut(holed(50, 54), { ...NETWORK, missing: 'linear' })
    const before = reading(learning.frame, 49)
    expect(reading(learning.frame, 50)).toBeCloseTo(before + (reading(learning.frame, 54) - before) / 5, 12)
    expect(reading(asCame, 50)).toBeNaN()
  })

  it('leaves out of the segments what a policy does not fill, and says what it filled with a mask', async () => {
    const at = PARTS.calibration.start + 20
    const { calibration } = await cut(holed(at, at + 9), { ...NETWORK, missing: 'hold', maxGap: 3 })
    const n = N - PARTS.calibration.start
    expect(calibration.causal.segments).toEqual([
      { start: 0, end: 23 },
      { start: 29, end: n },
    ])
    const masked = (await cut(holed(at, at + 9), { ...NETWORK, missing: 'mask' })).calibration.causal
    expect(masked.segments).toEqual([{ start: 0, end: n }])
    const marks = [...(masked.masked ?? [])].flatMap((mark, place) => (mark === 1 ? [place] : []))
    expect(marks).toEqual(Array.from({ length: 9 }, (_, k) => 2 * (20 + k) + 1))
  })

  it('keeps blocks apart by more than events are merged over', async () => {
    const frame = machine(20_000, 1)
    const chunks = Array.from({ length: 20 }, (_, k) => sliceFrame(frame, 1000 * k, 1000 * (k + 1)))
    const blocks = await sampleBlocks(chunks, { capacity: 4000, shortestBlock: 100, seed: 1 })
    const { learning, asCame, borders, between, named } = await cut(blocks, { ...SIMPLE, mergeGap: 7 })
    expect(borders).toBe(blocks.borders)
    expect(between).toBe(8)
    const inside = borders.filter(border => border < named.train.end)
    expect(inside.length).toBeGreaterThan(1)
    expect(learning.segments).toHaveLength(inside.length + 1)
    learning.segments.slice(1).forEach(({ start }, k) => {
      expect(start - learning.segments[k].end).toBe(8)
      expect(asCame.values.subarray(2 * (start - 8), 2 * start).every(Number.isNaN)).toBe(true)
    })
  })

  it.each<[string, Frame, TrainSettings, Record<string, unknown>]>([
    ['too few samples', machine(49, 1), {}, { code: 'data-too-short' }],
    ['a whole part left out', machine(N, 1), { exclude: '300:' }, { message: /calibration part/ }],
    ['no window between gaps', scattered(8), { missing: 'drop' }, { message: /the train part between gaps/ }],
    ['a missing reading without a policy', holed(40, 41), {}, { code: 'data-missing-value' }],
    [
      'channels that do not move',
      { ...machine(N, 1), values: new Float64Array(2 * N).fill(3) },
      {},
      { code: 'data-constant' },
    ],
  ])('refuses %s', async (_, history, options, error) => {
    const { message, ...exact } = error as { message?: RegExp }
    const refused = cut(history, { ...SIMPLE, validationLevel: 'permissive', ...options })
    await expect(refused).rejects.toThrow(
      expect.objectContaining({ ...exact, ...(message && { message: expect.stringMatching(message) }) }),
    )
  })
})
