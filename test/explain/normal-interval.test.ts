import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { nearestNormal, type Reference } from '../../src/explain/index.js'

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
  const usual = { median: 0, spread: 2 * scale, roughness: 1, min: -9, max: 9, longestRun: 1 }
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

describe('the nearest interval of normal operation', () => {
  it('is that of the naive search, in the channels that do not explain the event', () => {
    const all = made()
    const found = nearestNormal(all, all.reference, all.event, all.event.start, [MAIN])
    const wanted = naive(all, [1, 2])
    expect(found?.range).toEqual({ start: wanted.start, end: wanted.start + 12 })
    expect(found?.distance).toBeCloseTo(wanted.distance, 12)
    expect(found?.beside).toEqual(all.event)
  })

  it('is the copy of the event where there is one, however long the table', () => {
    const all = made(60_000)
    const { frame, reference, event } = all
    const at = 31_247
    for (let i = event.start; i < event.end; i++)
      for (const c of [1, 2])
        frame.values[(at + i - event.start) * CHANNELS + c] = frame.values[i * CHANNELS + c]
    for (let i = event.start; i < event.end; i++) frame.values[i * CHANNELS + MAIN] = 1000
    const coarse = nearestNormal(all, reference, event, event.start, [MAIN])
    // Only some places are tried in a long table; the best of those is kept.
    expect(coarse?.distance).toBeLessThan(1)
    const near = { ...reference, intervals: [{ start: at - 100, end: at + 100 }] }
    expect(nearestNormal(all, near, event, event.start, [MAIN])).toMatchObject({
      range: { start: at, end: at + 12 },
      distance: 0,
    })
  })

  it('is the same in other units and in another order of the channels', () => {
    const plain = made()
    const found = nearestNormal(plain, plain.reference, plain.event, plain.event.start, [MAIN])
    const scaled = made(120, { scale: 1000 })
    const other = nearestNormal(scaled, scaled.reference, scaled.event, scaled.event.start, [MAIN])
    expect(other?.range).toEqual(found?.range)
    expect(other?.distance).toBeCloseTo(found?.distance as number, 9)
    const turned = made(120, { order: [2, 0, 1] })
    const again = nearestNormal(turned, turned.reference, turned.event, turned.event.start, [1])
    expect(again?.range).toEqual(found?.range)
    expect(again?.distance).toBeCloseTo(found?.distance as number, 12)
  })

  it('compares all channels where all explain the event', () => {
    const all = made()
    const found = nearestNormal(all, all.reference, all.event, all.event.start, [0, 1, 2])
    expect(found?.range.start).toBe(naive(all, [0, 1, 2]).start)
  })

  it('is cut around the peak where normal operation has no interval of that length', () => {
    const all = made()
    const reference = { ...all.reference, intervals: [{ start: 0, end: 6 }] }
    const found = nearestNormal(all, reference, all.event, all.event.end - 1, [MAIN])
    expect(found?.range).toEqual({ start: 0, end: 6 })
    expect(found?.beside).toEqual({ start: all.event.end - 6, end: all.event.end })
  })

  it('does not exist without normal operation, and where too many readings are missing', () => {
    const all = made()
    const none = { ...all.reference, intervals: [] }
    expect(nearestNormal(all, none, all.event, all.event.start, [MAIN])).toBeNull()
    all.frame.values.fill(Number.NaN, 0, 100 * CHANNELS)
    expect(nearestNormal(all, all.reference, all.event, all.event.start, [MAIN])).toBeNull()
  })
})
