import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Frame, sampleCount, sliceFrame } from '../../../src/core/frame.js'
import type { Model } from '../../../src/model/index.js'
import {
  detect,
  detectStream,
  type ScoredPiece,
  trainModel,
  trainOptions,
} from '../../../src/pipeline/index.js'
import { swinging as machine } from '../machine.js'

const MINUTE = 60_000

/** Faults at 60 and at the end, gaps in time after 90 and 93, missing readings in runs of 1 to 9, one of them at a gap. */
function troubled(): Frame {
  const live = machine(240, 2)
  const timeMs = live.timeMs.map((t, i) => t + (i < 90 ? 0 : i < 93 ? 60 * MINUTE : 200 * MINUTE))
  const values = live.values.slice()
  for (const i of [60, 61, 62, 63, 236, 237, 238, 239]) values[2 * i] += 4
  const holes = [
    [20, 1],
    [40, 5],
    [88, 4],
    [120, 6],
    [150, 9],
    [161, 2],
  ]
  for (const [from, length] of holes) values.fill(Number.NaN, 2 * from, 2 * (from + length))
  values[2 * 133 + 1] = Number.NaN
  return { ...live, timeMs, values }
}

/** Pieces of `rows` samples, or of each of several numbers in turn. */
function* cut(frame: Frame, rows: number | readonly number[]): Generator<Frame> {
  const sizes = [rows].flat()
  for (let at = 0, k = 0; at < sampleCount(frame); k++) {
    const end = Math.min(at + sizes[k % sizes.length], sampleCount(frame))
    yield sliceFrame(frame, at, end)
    at = end
  }
}

async function streamed(
  model: Model,
  frame: Frame,
  rows: number | readonly number[],
  options: Parameters<typeof detectStream>[2] = {},
) {
  const pieces: ScoredPiece[] = []
  for await (const piece of detectStream(model, cut(frame, rows), {
    validationLevel: 'permissive',
    ...options,
  }))
    pieces.push(piece)
  return {
    timeMs: pieces.flatMap(piece => [...piece.frame.timeMs]),
    values: pieces.flatMap(piece => [...piece.frame.values]),
    score: pieces.flatMap(piece => [...piece.score]),
    pValue: pieces.flatMap(piece => [...piece.pValue]),
    severity: pieces.flatMap(piece => [...piece.severity]),
    residual: pieces.flatMap(piece => [...piece.residual]),
    flag: pieces.flatMap(piece => [...piece.flag]),
    reason: pieces.flatMap(piece => Array.from(piece.score, (_, i) => piece.reason(i))),
    events: pieces.flatMap(piece => piece.events),
    suppressed: pieces[pieces.length - 1]?.suppressed,
    issues: pieces.flatMap(piece => piece.issues),
  }
}

async function whole(model: Model, frame: Frame, options: Parameters<typeof detect>[2] = {}) {
  const found = await detect(model, frame, { validationLevel: 'permissive', ...options })
  const { timeMs } = frame
  return {
    timeMs: [...timeMs],
    values: [...frame.values],
    score: [...found.score],
    pValue: [...found.pValue],
    severity: [...found.severity],
    residual: [...found.residual],
    flag: [...found.flag],
    reason: Array.from(found.score, (_, i) => found.reason(i)),
    issues: found.issues,
    events: found.events.map(event => ({
      event,
      startMs: timeMs[event.start],
      lastMs: timeMs[event.end - 1],
      onsetMs: timeMs[event.onset],
      peakMs: timeMs[event.peak],
    })),
    suppressed: found.suppressed,
  }
}

const KINDS: readonly [string, Record<string, unknown>][] = [
  ['auto, centred', { detector: 'auto' }],
  ['auto, causal', { detector: 'auto', alignment: 'end' }],
  ['pca-q', { detector: 'pca-q' }],
  ['k-means', { detector: 'k-means' }],
  ['an autoencoder', { detector: 'autoencoder', architecture: 'dense-ae', units: 6, latent: 3 }],
]

describe.each(KINDS)('detectStream with %s', (_, kind) => {
  let model: Model
  beforeAll(async () => {
    const options = trainOptions.parse({ window: 12, epochs: 2, workers: 1, quantile: 0.99, ...kind })
    model = await trainModel(machine(500, 1), options)
  })

  it.each([1, 7, 64, 239, 1000])('gives the bits and events of the whole for chunks of %i', async rows => {
    const live = machine(240, 2)
    for (const i of [60, 61, 62, 63, 238, 239]) live.values[2 * i] += 4
    const expected = await whole(model, live)
    expect(expected.events.length).toBeGreaterThan(0)
    expect(await streamed(model, live, rows)).toEqual(expected)
  })

  it.each(['hold', 'drop', 'linear', 'mask'] as const)(
    'restarts at gaps as the whole does, with --missing %s',
    async missing => {
      const live = troubled()
      for (const maxGap of [0, 5]) {
        const expected = await whole(model, live, { missing, maxGap })
        expect(new Set(expected.reason).has('missing')).toBe(true)
        for (const rows of [1, 4, 10, 91, 500])
          expect(await streamed(model, live, rows, { missing, maxGap })).toEqual(expected)
      }
    },
  )

  it.each([2, 5, 40])('scores the same windows as the whole with a stride of %i', async stride => {
    const live = troubled()
    const options = { missing: 'linear', stride } as const
    const expected = await whole(model, live, options)
    for (const rows of [1, 7, 64, 500]) expect(await streamed(model, live, rows, options)).toEqual(expected)
  })
})

describe('detectStream', () => {
  let model: Model
  beforeAll(async () => {
    model = await trainModel(
      machine(500, 1),
      trainOptions.parse({ window: 12, detector: 'pca-q', workers: 1 }),
    )
  })

  it.each([
    ['rules of channels', { directionByChannel: ['a=above'], minAbsoluteByChannel: ['a=2', 'b=0.5'] }],
    ['weekly maintenance', { maintenance: ['Thu 01:00-01:02', 'Thu 03:57-04:30 Europe/Berlin'] }],
    [
      'every rule of counts',
      { openCount: 2, openWithin: 4, closeBelow: 0.7, coolDown: 90, criticalScore: 50 },
    ],
  ])('gives the bits and events of the whole with %s', async (_, rules) => {
    const live = machine(240, 2)
    for (const i of [60, 61, 62, 63, 100, 101, 236, 237, 238, 239]) live.values[2 * i] += 4
    for (const i of [150, 151, 152]) live.values[2 * i] -= 4
    const options = { ...rules, threshold: 1 }
    const expected = await whole(model, live, options)
    expect(expected.events.length).toBeGreaterThan(0)
    expect(expected.events).not.toEqual((await whole(model, live)).events)
    for (const rows of [1, 7, 100]) expect(await streamed(model, live, rows, options)).toEqual(expected)
  })

  it('gives the bits of the whole for any holes, gaps, policies and cuts', async () => {
    const policy = fc.constantFrom('hold', 'linear', 'mask', 'drop')
    const hole = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 1, max: 9 }), fc.nat(1))
    await fc.assert(
      fc.asyncProperty(
        fc.array(hole, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 59 }), { maxLength: 3 }),
        fc.tuple(policy, policy, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 4 })),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 6 }),
        async (holes, gaps, [first, second, maxGap, stride], rows) => {
          const live = machine(60, 6)
          const values = live.values.slice()
          for (const [from, length, c] of holes)
            for (let i = from; i < Math.min(60, from + length); i++) values[2 * i + c] = Number.NaN
          const timeMs = live.timeMs.map((t, i) => t + 30 * MINUTE * gaps.filter(gap => gap <= i).length)
          const frame = { ...live, timeMs, values }
          const options = { missingByChannel: [`a=${first}`, `b=${second}`], maxGap, stride }
          expect(await streamed(model, frame, rows, options)).toEqual(await whole(model, frame, options))
        },
      ),
      { numRuns: 150, seed: 1 },
    )
  })

  // Scoring a whole series judges gaps by the cadence of that series, scoring pieces by that of the history.
  it.fails('gives the bits of the whole for irregular times', async () => {
    const live = machine(240, 7)
    const steps = [1, 2.2, 0.4, 1, 1, 2.2, 9]
    let at = 0
    const timeMs = live.timeMs.map((_, i) => (at += MINUTE * steps[i % steps.length]))
    const frame = { ...live, timeMs }
    expect(await streamed(model, frame, 17)).toEqual(await whole(model, frame))
  })

  it.each([1, 17, 500])('refuses invalid data for the reason of the whole, in chunks of %i', async rows => {
    const slow = machine(100, 3)
    const frame = { ...slow, timeMs: slow.timeMs.map(t => 3 * t) }
    const options = { validationLevel: 'moderate' } as const
    const refusal = await whole(model, frame, options).catch(error => error)
    expect(refusal).toMatchObject({ code: 'data-invalid', message: expect.stringContaining('every 3 min') })
    await expect(streamed(model, frame, rows, options)).rejects.toMatchObject({ message: refusal.message })
  })

  it('refuses data at once when no later sample could mend them', async () => {
    let asked = 0
    function* broken() {
      for (const chunk of cut(machine(400, 4), 20)) {
        if (++asked === 3) chunk.timeMs[5] = Number.NaN
        yield chunk
      }
    }
    const all = async () => {
      for await (const _ of detectStream(model, broken()));
    }
    await expect(all()).rejects.toMatchObject({ code: 'data-invalid' })
    expect(asked).toBe(3)
  })

  it('tells with the last piece that no later event begins before any sample, and before that only what holds', async () => {
    const live = troubled()
    const pieces: ScoredPiece[] = []
    for await (const piece of detectStream(model, cut(live, 9), { missing: 'hold' })) pieces.push(piece)
    pieces.forEach(({ settled }, k) => {
      const later = pieces.slice(k + 1).flatMap(({ events }) => events)
      for (const { event } of later) expect(event.start).toBeGreaterThanOrEqual(settled)
    })
    expect(pieces.at(-1)!.settled).toBe(sampleCount(live))
  })

  it('refuses a missing reading unless a policy says what becomes of it', async () => {
    await expect(streamed(model, troubled(), 10)).rejects.toMatchObject({ code: 'data-missing-value' })
  })

  it('asks for the next chunk only when the piece before it was taken', async () => {
    let asked = 0
    function* counted() {
      for (const chunk of cut(machine(400, 4), 20)) {
        asked++
        yield chunk
      }
    }
    const pieces = detectStream(model, counted())
    await pieces.next()
    const first = asked
    await pieces.next()
    expect([first, asked]).toEqual([first, first + 1])
    expect(first).toBeLessThan(5)
    await pieces.return()
  })
})
