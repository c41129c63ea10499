import { describe, expect, it } from 'vitest'
import { type Frame, sampleCount, sliceFrame } from '../../../src/core/frame.js'
import { createRandom } from '../../../src/core/random.js'
import { placeInBlocks, sampleBlocks } from '../../../src/pipeline/train/blocks.js'
import { learnSchema } from '../../../src/validate/index.js'

/** Sample `i` has the readings `i` and `-i`, so that a sample tells where it came from. */
function counting(n: number): Frame {
  const values = Float64Array.from({ length: 2 * n }, (_, at) => (at % 2 === 0 ? 1 : -1) * (at >> 1))
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => 1000 * i),
    timeKind: 'utc',
    values,
    channels: ['a', 'b'],
  }
}

function* cut(frame: Frame, rows: number): Generator<Frame> {
  for (let at = 0; at < sampleCount(frame); at += rows)
    yield sliceFrame(frame, at, Math.min(at + rows, sampleCount(frame)))
}

const options = { capacity: 640, shortestBlock: 10, seed: 1 }
const kept = (n: number, more = {}, rows = 97) =>
  sampleBlocks(cut(counting(n), rows), { ...options, ...more })

describe('sampleBlocks', () => {
  it('keeps a history that fits as it is, in one stretch', async () => {
    const { frame, borders, origins, whole } = await kept(640)
    expect(frame).toEqual(counting(640))
    expect([borders, origins]).toEqual([[], [0]])
    expect(whole).toEqual({ samples: 640, from: 0, to: 639_000 })
  })

  it('never keeps more than its room, and at least 15 of 32 parts of it, however long the history is', async () => {
    for (const n of [641, 1000, 1279, 1280, 1281, 5000, 20_000, 77_777]) {
      const { frame, whole } = await kept(n)
      expect(sampleCount(frame)).toBeLessThanOrEqual(640)
      expect(sampleCount(frame)).toBeGreaterThanOrEqual(300)
      expect(whole.samples).toBe(n)
    }
  })

  it('keeps whole blocks in time order: samples follow on each other except at borders', async () => {
    const { frame, borders, origins } = await kept(5003)
    const starts = [0, ...borders, sampleCount(frame)]
    expect(origins).toHaveLength(borders.length + 1)
    for (let i = 1; i < sampleCount(frame); i++) {
      const step = frame.values[2 * i] - frame.values[2 * (i - 1)]
      if (borders.includes(i)) expect(step).toBeGreaterThan(1)
      else expect(step).toBe(1)
      expect(frame.timeMs[i]).toBe(1000 * frame.values[2 * i])
    }
    origins.forEach((origin, k) => {
      expect(frame.values[2 * starts[k]]).toBe(origin)
      if (k + 1 < origins.length) expect((starts[k + 1] - starts[k]) % 10).toBe(0)
    })
  })

  it('spreads them evenly: one block of each 1280 samples of 64,000, and none twice', async () => {
    const { frame } = await kept(64_000)
    const counts = new Array(50).fill(0)
    for (let i = 0; i < sampleCount(frame); i++) counts[Math.floor(frame.values[2 * i] / 1280)]++
    expect(counts).toEqual(new Array(50).fill(10))
  })

  it('makes every block as likely as any other', async () => {
    const blocks = 256
    const times = new Float64Array(blocks)
    const draws = 400
    for (let seed = 0; seed < draws; seed++) {
      const { frame } = await kept(10 * blocks, { seed, capacity: 160 }, 1000)
      for (let i = 0; i < sampleCount(frame); i += 10) times[frame.values[2 * i] / 10]++
    }
    const expected = times.reduce((sum, count) => sum + count, 0) / blocks
    // Chi-square of 255 degrees of freedom: 330 is exceeded once in a thousand.
    const statistic = times.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(statistic).toBeLessThan(330)
  })

  it('depends on the seed alone, not on the size of the chunks', async () => {
    const one = await kept(9001, {}, 1)
    expect(await kept(9001, {}, 512)).toEqual(one)
    expect(await kept(9001, {}, 100_000)).toEqual(one)
    expect((await kept(9001, { seed: 2 })).origins).not.toEqual(one.origins)
  })

  it('learns ranges, missing shares and runs from all samples, medians and cadence from the blocks', async () => {
    const random = createRandom(3)
    const n = 20_000
    const frame = counting(n)
    for (let at = 0; at < frame.values.length; at++) frame.values[at] = Math.round(4 * random.normal())
    for (let i = 0; i < 300; i++) frame.values[2 * random.integer(n)] = Number.NaN
    frame.values[2 * 7777 + 1] = 1e6
    frame.values.fill(5, 2 * 9000, 2 * 9040)
    const whole = learnSchema(frame)
    const { schema } = await sampleBlocks(cut(frame, 333), options)
    expect(schema.samples).toBe(n)
    expect(schema.cadenceMs).toBe(whole.cadenceMs)
    const exact = (channels: typeof whole.channels) => channels.map(({ median: _median, ...rest }) => rest)
    expect(exact(schema.channels)).toEqual(exact(whole.channels))
    for (const { median } of schema.channels) expect(Math.abs(median ?? Number.NaN)).toBeLessThanOrEqual(1)
  })

  it('refuses a room in which no 16 blocks fit, and a history without samples', async () => {
    await expect(kept(100, { capacity: 150 })).rejects.toMatchObject({ code: 'limit-blocks' })
    await expect(sampleBlocks([], options)).rejects.toMatchObject({ code: 'data-empty' })
  })

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort()
    await expect(kept(100, { signal })).rejects.toMatchObject({ code: 'interrupted' })
  })
})

describe('placeInBlocks', () => {
  it('is the first kept sample that is not before the one asked for', async () => {
    const blocks = await kept(5003)
    const { frame } = blocks
    const n = sampleCount(frame)
    for (let sample = 0; sample < 5003; sample += 7) {
      let naive = 0
      while (naive < n && frame.values[2 * naive] < sample) naive++
      expect(placeInBlocks(blocks, sample)).toBe(naive)
    }
  })
})
