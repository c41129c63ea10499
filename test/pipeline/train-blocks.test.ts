import { describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import type { Model } from '../../src/model/index.js'
import { sampleBlocks, type TrainSettings, trainModel } from '../../src/pipeline/index.js'

const MINUTE = 60_000

/** A machine with a cycle of 40 samples and two channels that go together. */
function machine(n: number, more: Partial<Frame> = {}): Frame {
  const random = createRandom(1)
  const values = Float64Array.from(
    { length: 2 * n },
    (_, at) => Math.sin((2 * Math.PI * (at >> 1)) / 40 + (at % 2)) + 0.1 * random.normal(),
  )
  const timeMs = Float64Array.from({ length: n }, (_, i) => MINUTE * i)
  return { timeMs, timeKind: 'utc', values, channels: ['a', 'b'], ...more }
}

function* cut(frame: Frame, rows: number): Generator<Frame> {
  for (let at = 0; at < sampleCount(frame); at += rows)
    yield sliceFrame(frame, at, Math.min(at + rows, sampleCount(frame)))
}

const blocksOf = (frame: Frame, capacity = 8000) =>
  sampleBlocks(cut(frame, 999), { capacity, shortestBlock: 250, seed: 1 })
const options: TrainSettings = { window: 20, workers: 1 }
const mergeGap = 5
const small: TrainSettings = {
  mergeGap,
  window: 10,
  workers: 1,
  architecture: 'dense-ae',
  units: 4,
  latent: 2,
  epochs: 2,
  stride: 5,
}

const scoresOf = ({ calibrations }: Model) => ALIGNMENTS.map(alignment => calibrations[alignment]?.scores)

describe('trainModel on blocks', () => {
  it('gives the same model as the whole frame, when everything was kept', async () => {
    const frame = machine(3000)
    const whole = await trainModel(frame, options)
    const same = await trainModel(await blocksOf(frame), options)
    expect(scoresOf(same)).toEqual(scoresOf(whole))
    expect(same.detector.state()).toEqual(whole.detector.state())
    expect(same.info.training.blocks).toMatchObject({ count: 1, ofRows: 3000 })
    expect(same.info.schema).toEqual(whole.info.schema)
  })

  it('says of how many rows, in how many blocks, and from when to when', async () => {
    const frame = machine(60_000)
    const blocks = await blocksOf(frame)
    const { info } = await trainModel(blocks, options)
    expect(info.training.rows).toBe(sampleCount(blocks.frame))
    expect(info.training.blocks).toMatchObject({
      count: blocks.borders.length + 1,
      ofRows: 60_000,
      from: 0,
      to: 59_999 * MINUTE,
    })
    expect(info.schema?.samples).toBe(60_000)
  })

  it.each(['utc', 'index'] as const)(
    'lets no window and no event span two blocks, with times of the kind %s',
    async timeKind => {
      const blocks = await blocksOf(machine(60_000, { timeKind }))
      const { info, calibrations } = await trainModel(blocks, small)
      const { start } = info.training.parts.calibration
      const inside = blocks.borders.filter(border => border > start)
      expect(inside.length).toBeGreaterThan(1)
      // A sample has a score when a whole window of its own block ends at it; then come more places than events are merged over.
      const silences = (alignment: Alignment) => silentRuns(calibrations[alignment]!.scores)
      expect(silences('causal')).toEqual([9, ...inside.map(() => mergeGap + 1 + 9)])
      expect(silences('two-sided')).toEqual(inside.map(() => mergeGap + 1))
    },
  )

  it('finds the same scales, cadence and about the same threshold as the whole history', async () => {
    const frame = machine(60_000)
    const whole = await trainModel(frame, options)
    const part = await trainModel(await blocksOf(frame), options)
    const scales = ({ detector }: typeof whole) =>
      (detector.state().options as { scales: readonly number[] }).scales
    expect(scales(part)).toEqual(scales(whole))
    expect(scales(part)).toHaveLength(3)
    expect(part.info.schema?.cadenceMs).toBe(MINUTE)
    for (const alignment of ALIGNMENTS) {
      const [ours, theirs] = [part, whole].map(({ calibrations }) => calibrations[alignment]!.threshold.level)
      expect(Math.abs(Math.log(ours / theirs))).toBeLessThan(0.25)
    }
  })

  it('counts the time of the blocks, not of what lies between, for the expected rate of false alarms', async () => {
    const blocks = await blocksOf(machine(60_000))
    const { info } = await trainModel(blocks, { ...options, falseAlarms: '2/day' })
    for (const alignment of ALIGNMENTS) {
      const { expectedAlarms, samples } = info.calibration[alignment]!
      expect(expectedAlarms?.spanDays).toBeCloseTo((samples * MINUTE) / 86_400_000, 9)
      expect(expectedAlarms?.expectedPerDay).toBeGreaterThan(1)
      expect(expectedAlarms?.expectedPerDay).toBeLessThan(4)
    }
  })

  it('reports no gap at the borders, and one that is inside of a block', async () => {
    const codes = async (frame: Frame) => {
      const found: string[] = []
      await trainModel(await blocksOf(frame), options, {
        onIssues: issues => found.push(...issues.map(({ code }) => code)),
      })
      return found
    }
    const frame = machine(60_000)
    expect(await codes(frame)).not.toContain('time-gaps')
    const timeMs = frame.timeMs.map((time, i) => time + 60 * MINUTE * Math.floor(i / 200))
    expect(await codes({ ...frame, timeMs })).toContain('time-gaps')
  })

  it('leaves out a range of samples of the history, wherever it came to lie in the blocks', async () => {
    const frame = machine(60_000)
    for (let i = 20_000; i < 30_000; i++) frame.values[2 * i] += 50
    const blocks = await blocksOf(frame)
    const exclude = '20000:30000'
    const kept = await trainModel(blocks, { ...options, exclude })
    const times = await trainModel(blocks, { ...options, exclude: '1970-01-14T21:20..1970-01-21T20:00' })
    const clean = await trainModel(await blocksOf(machine(60_000)), { ...options, exclude })
    expect(scoresOf(kept)).toEqual(scoresOf(clean))
    expect(scoresOf(times)).toEqual(scoresOf(kept))
    expect(scoresOf(await trainModel(blocks, options))).not.toEqual(scoresOf(kept))
  })
})

/** Lengths of the runs of places without a score. */
function silentRuns(scores: Float32Array): number[] {
  const runs: number[] = []
  scores.forEach((score, i) => {
    if (!Number.isNaN(score)) return
    if (i > 0 && Number.isNaN(scores[i - 1])) runs[runs.length - 1]++
    else runs.push(1)
  })
  return runs
}
