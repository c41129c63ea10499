import { describe, expect, it } from 'vitest'
import type { Frame, Interval } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { findReference, nearestNormals, type Reference } from '../../src/explain/index.js'
import type { Model } from '../../src/model/index.js'

const CHANNELS = 3
const MAIN = 0

/** Random readings, and the reference that all samples but the last 20 make. */
function made(
  n = 120,
  { order = [0, 1, 2], scale = 1 }: { readonly order?: readonly number[]; readonly scale?: number } = {},
) {
  const random = createRandom(7)
  const columns = Array.from({ length: CHANNELS }, () =>
    Float64Array.from({ length: n }, (_, i) => 3 * Math.sin(i / 9) + random.normal()),
  )
  const values = new Float64Array(n * CHANNELS)
  for (let i = 0; i < n; i++)
    order.forEach((from, to) => {
      values[i * CHANNELS + to] = scale * columns[from][i]
    })
  const names = order.map(c => `c${c}`)
  const frame: Frame = {
    timeMs: Float64Array.from({ length: n }, (_, i) => i),
    timeKind: 'index',
    values,
    channels: names,
  }
  const intervals = [
    { start: 0, end: 40 },
    { start: 50, end: n - 20 },
  ]
  const usual = {
    median: 0,
    spread: 2 * scale,
    usualDistance: 3,
    roughness: 1,
    min: -9,
    max: 9,
    longestRun: 1,
    hasMany: true,
  }
  const reference: Reference = {
    frame,
    source: 'table',
    rows: new Int32Array(0),
    intervals,
    channels: names.map(name => ({ ...usual, name })),
    column: () => new Float64Array(0),
  }
  return { frame, reference, event: { start: n - 15, end: n - 3 } }
}

/** The obvious form: every place, every sample. */
function naive({ frame, reference, event }: ReturnType<typeof made>, channels: readonly number[]) {
  const length = event.end - event.start
  let best = { start: -1, distance: Number.POSITIVE_INFINITY }
  for (const { start: from, end } of reference.intervals)
    for (let start = from; start + length <= end; start++) {
      let sum = 0
      for (let i = 0; i < length; i++)
        for (const c of channels)
          sum +=
            ((frame.values[(event.start + i) * CHANNELS + c] - frame.values[(start + i) * CHANNELS + c]) /
              2) **
            2
      const distance = Math.sqrt(sum / length / channels.length)
      if (distance < best.distance) best = { start, distance }
    }
  return best
}

/** Of one event. */
async function nearestNormal(
  series: { readonly frame: Frame },
  reference: Reference,
  range: Interval,
  peak: number,
  main: readonly number[],
) {
  const [found] = await nearestNormals(series, reference, [{ range, peak, main }])
  return found
}

describe('the nearest interval of normal operation', () => {
  it('is that of the naive search, in the channels that do not explain the event', async () => {
    const all = made()
    const found = await nearestNormal(all, all.reference, all.event, all.event.start, [MAIN])
    const wanted = naive(all, [1, 2])
    expect(found?.range).toEqual({ start: wanted.start, end: wanted.start + 12 })
    expect(found?.distance).toBeCloseTo(wanted.distance, 12)
    expect(found?.beside).toEqual(all.event)
  })

  it('is the copy of the event where there is one, however long the table', async () => {
    const all = made(60_000)
    const { frame, reference, event } = all
    const at = 31_247
    for (let i = event.start; i < event.end; i++)
      for (const c of [1, 2])
        frame.values[(at + i - event.start) * CHANNELS + c] = frame.values[i * CHANNELS + c]
    for (let i = event.start; i < event.end; i++) frame.values[i * CHANNELS + MAIN] = 1000
    const coarse = await nearestNormal(all, reference, event, event.start, [MAIN])
    // Only some places are tried in a long table; the best of those is kept.
    expect(coarse?.distance).toBeLessThan(1)
    const near = { ...reference, intervals: [{ start: at - 100, end: at + 100 }] }
    expect(await nearestNormal(all, near, event, event.start, [MAIN])).toMatchObject({
      range: { start: at, end: at + 12 },
      distance: 0,
    })
  })

  it('is the same in other units and in another order of the channels', async () => {
    const plain = made()
    const found = await nearestNormal(plain, plain.reference, plain.event, plain.event.start, [MAIN])
    const scaled = made(120, { scale: 1000 })
    const other = await nearestNormal(scaled, scaled.reference, scaled.event, scaled.event.start, [MAIN])
    expect(other?.range).toEqual(found?.range)
    expect(other?.distance).toBeCloseTo(found?.distance as number, 9)
    const turned = made(120, { order: [2, 0, 1] })
    const again = await nearestNormal(turned, turned.reference, turned.event, turned.event.start, [1])
    expect(again?.range).toEqual(found?.range)
    expect(again?.distance).toBeCloseTo(found?.distance as number, 12)
  })

  it('is the same for an event alone and among others, which may be of any length', async () => {
    const all = made(60_000)
    const sought = [12, 40, 3, 200, 1].map((length, k) => ({
      range: { start: 59_900 - 7 * k - length, end: 59_900 - 7 * k },
      peak: 59_895 - 7 * k,
      main: k % 2 === 0 ? [MAIN] : [],
    }))
    const together = await nearestNormals(all, all.reference, sought)
    const alone = await Promise.all(sought.map(one => nearestNormals(all, all.reference, [one])))
    expect(together).toEqual(alone.flat())
    expect(new Set(together.map(one => one?.range.start)).size).toBe(sought.length)
  })

  it('compares all channels where all explain the event', async () => {
    const all = made()
    const found = await nearestNormal(all, all.reference, all.event, all.event.start, [0, 1, 2])
    expect(found?.range.start).toBe(naive(all, [0, 1, 2]).start)
  })

  it('is cut around the peak where normal operation has no interval of that length', async () => {
    const all = made()
    const reference = { ...all.reference, intervals: [{ start: 0, end: 6 }] }
    const found = await nearestNormal(all, reference, all.event, all.event.end - 1, [MAIN])
    expect(found?.range).toEqual({ start: 0, end: 6 })
    expect(found?.beside).toEqual({ start: all.event.end - 6, end: all.event.end })
  })

  it('does not exist without normal operation, and where too many readings are missing', async () => {
    const all = made()
    const none = { ...all.reference, intervals: [] }
    expect(await nearestNormal(all, none, all.event, all.event.start, [MAIN])).toBeNull()
    all.frame.values.fill(Number.NaN, 0, 100 * CHANNELS)
    expect(await nearestNormal(all, all.reference, all.event, all.event.start, [MAIN])).toBeNull()
  })
})

describe('intervals of normal operation', () => {
  it('hold no reading outside of the range of the history, whatever the score', () => {
    const n = 300
    // Long after the jump the score is low: the detector follows.
    const values = Float64Array.from({ length: n }, (_, i) => (i >= 120 && i < 240 ? 71 : 60 + (i % 3)))
    values[30] = 62.2
    const timeMs = Float64Array.from({ length: n }, (_, i) => i)
    const frame: Frame = { timeMs, timeKind: 'index', values, channels: ['a'] }
    const score = new Float32Array(n).fill(0.5)
    const history = { name: 'a', min: 50, max: 62, median: 60, missingShare: 0, longestRun: 1, usualRun: 1 }
    const intervalsWith = (channels?: object[]) =>
      findReference(
        {
          info: { window: 1, channels: ['a'], options: {}, ...(channels && { schema: { channels } }) },
        } as unknown as Model,
        { frame, score, residual: score },
        [],
      ).intervals
    expect(intervalsWith([history])).toEqual([
      { start: 0, end: 120 },
      { start: 240, end: n },
    ])
    expect(intervalsWith()).toEqual([{ start: 0, end: n }])
  })
})
