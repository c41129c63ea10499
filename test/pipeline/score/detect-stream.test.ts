import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Alignment, REASONS } from '../../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../../src/core/frame.js'
import type { Model } from '../../../src/model/index.js'
import {
  type DetectStep,
  detect,
  detectStream,
  type TrainSettings,
  trainModel,
} from '../../../src/pipeline/index.js'
import { joinScored, type ScoredSamples, type SessionSettings } from '../../../src/session/index.js'
import { swinging as machine } from '../machine.js'

const MINUTE = 60_000
const lenient = { validationLevel: 'permissive' } as const
const MISSING = REASONS.indexOf('missing')

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

const closed = (steps: readonly DetectStep[]) =>
  steps.flatMap(({ events }) => events.filter(({ type }) => type === 'closed').map(({ event }) => event))

/** All that is told of samples, as lists. */
function columns({ frame, score, pValue, severity, residual, flag, reason, trust, expected }: ScoredSamples) {
  const { timeMs, values } = frame
  const all = {
    timeMs,
    values,
    score,
    pValue,
    severity,
    residual,
    flag,
    reason,
    trust,
    expected: expected ?? [],
  }
  const lists = Object.entries(all).map(([name, column]) => [name, Array.from<number>(column)])
  return Object.fromEntries(lists) as Record<keyof typeof all, number[]>
}

async function streamed(
  model: Model,
  frame: Frame,
  rows: number | readonly number[],
  options: SessionSettings = {},
) {
  const settings = { ...lenient, ...options }
  const steps: DetectStep[] = []
  for await (const step of detectStream(model, cut(frame, rows), settings)) steps.push(step)
  const { suppressed, issues, adaptation } = steps[steps.length - 1]
  const scored = joinScored(steps.map(step => step.scored))
  return { ...columns(scored), events: closed(steps), suppressed, issues, adaptation }
}

async function whole(model: Model, frame: Frame, options: SessionSettings = {}) {
  const found = await detect(model, frame, { ...lenient, ...options })
  const { events, suppressed, issues, adaptation } = found
  expect(found.frame.timeMs).toEqual(frame.timeMs)
  expect(found.frame.values).toEqual(frame.values)
  return { ...columns(found), events, suppressed, issues, adaptation }
}

const NETWORK = {
  detector: 'autoencoder',
  architecture: 'dense-ae',
  units: 6,
  latent: 3,
  epochs: 2,
} as const
const KINDS: readonly [string, Alignment, TrainSettings][] = [
  ['auto', 'two-sided', { detector: 'auto' }],
  ['auto', 'causal', { detector: 'auto' }],
  ['pca-q', 'two-sided', { detector: 'pca-q' }],
  ['k-means', 'two-sided', { detector: 'k-means' }],
  ['an autoencoder', 'two-sided', NETWORK],
  ['an autoencoder', 'causal', NETWORK],
]

describe.each(KINDS)('detectStream with %s, %s', (_, alignment, kind) => {
  let model: Model
  beforeAll(async () => {
    const options = { window: 12, workers: 1, quantile: 0.99, ...kind }
    model = await trainModel(machine(500, 1), options)
  })

  it.each([1, 7, 64, 239, 1000])('gives the bits and events of the whole for chunks of %i', async rows => {
    const live = machine(240, 2)
    for (const i of [60, 61, 62, 63, 238, 239]) live.values[2 * i] += 4
    const expected = await whole(model, live, { alignment, adapt: true })
    expect(expected.events.length).toBeGreaterThan(0)
    expect(await streamed(model, live, rows, { alignment, adapt: true })).toEqual(expected)
  })

  it.each(['hold', 'drop', 'linear', 'mask'] as const)(
    'restarts at gaps as the whole does, with --missing %s',
    async missing => {
      const live = troubled()
      for (const maxGap of [0, 5]) {
        const options = { missing, maxGap, alignment }
        const expected = await whole(model, live, options)
        const unfilled = expected.reason.flatMap((reason, i) => (reason === MISSING ? [i] : []))
        expect(unfilled.length).toBeGreaterThan(2)
        // A mask fills the channel that is missing at 133, never a sample without any reading.
        const isEmpty = (i: number) => live.values.subarray(2 * i, 2 * i + 2).every(Number.isNaN)
        if (missing === 'mask') expect(unfilled.every(isEmpty)).toBe(true)
        for (const rows of [1, 4, 10, 91, 500])
          expect(await streamed(model, live, rows, options)).toEqual(expected)
      }
    },
  )

  it.each(kind === NETWORK ? [2, 5, 40] : [])(
    'scores the same windows as the whole with a stride of %i',
    async stride => {
      const live = troubled()
      const options = { missing: 'linear', stride, alignment } as const
      const expected = await whole(model, live, options)
      for (const rows of [1, 7, 64, 500]) expect(await streamed(model, live, rows, options)).toEqual(expected)
    },
  )
})

describe('detectStream', () => {
  let model: Model
  let network: Model
  beforeAll(async () => {
    model = await trainModel(machine(500, 1), { window: 12, detector: 'pca-q', workers: 1 })
    network = await trainModel(machine(500, 1), { window: 12, workers: 1, ...NETWORK })
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
          const policies = { missingByChannel: [`a=${first}`, `b=${second}`], maxGap }
          const [own, options] = stride === 1 ? [model, policies] : [network, { ...policies, stride }]
          expect(await streamed(own, frame, rows, options)).toEqual(await whole(own, frame, options))
        },
      ),
      { numRuns: 150, seed: 1 },
    )
  })

  it('gives the bits of the whole for irregular times', async () => {
    const live = machine(240, 7)
    const steps = [1, 2.2, 0.4, 1, 1, 2.2, 9]
    let at = 0
    const timeMs = live.timeMs.map((_, i) => (at += MINUTE * steps[i % steps.length]))
    const frame = { ...live, timeMs }
    expect(await streamed(model, frame, 17)).toEqual(await whole(model, frame))
  })

  it('gives the bits of the whole for any steps of time, back and none among them', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.double({ min: 0.1, max: 3, noNaN: true }) },
      fc.constantFrom(0, 9, 500, -1, -700),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 60, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom<Alignment>('causal', 'two-sided'),
        async (steps, rows, alignment) => {
          let at = 1e6 * MINUTE
          const timeMs = Float64Array.from(steps, size => (at += MINUTE * size))
          const frame = { ...machine(60, 7), timeMs }
          const outcome = (scored: Promise<unknown>) => scored.catch(error => error.message)
          expect(await outcome(streamed(model, frame, rows, { alignment }))).toEqual(
            await outcome(whole(model, frame, { alignment })),
          )
        },
      ),
      { numRuns: 100, seed: 2 },
    )
  })

  it.each([1, 17, 500])('refuses invalid data for the reason of the whole, in chunks of %i', async rows => {
    const slow = machine(100, 3)
    const frame = { ...slow, timeMs: slow.timeMs.map(t => 3 * t) }
    const options = { validationLevel: 'moderate' } as const
    const refusal = await detect(model, frame, options).catch(error => error)
    expect(refusal).toMatchObject({
      code: 'data-invalid',
      message: expect.stringMatching(/\(1 problem at level moderate\): .*the cadence is 3 min/),
      remedy: expect.stringContaining('`telltale validate DATA --model MODEL` shows'),
    })
    await expect(streamed(model, frame, rows, options)).rejects.toMatchObject({ message: refusal.message })
  })

  it('refuses a time that is not a number at once', async () => {
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

  it('reports where no later event begins any more, up to the end in the last step', async () => {
    const live = troubled()
    const steps: DetectStep[] = []
    for await (const step of detectStream(model, cut(live, 9), { missing: 'hold' })) steps.push(step)
    expect(closed(steps).length).toBeGreaterThan(0)
    steps.forEach(({ settled }, k) => {
      for (const event of closed(steps.slice(k + 1))) expect(event.start).toBeGreaterThanOrEqual(settled)
    })
    expect(steps.at(-1)?.settled).toBe(sampleCount(live))
  })

  it.each(['causal', 'two-sided'] as const)(
    'opens each event once, updates it while it is open, and closes it, with %s scores',
    async alignment => {
      const live = machine(240, 2)
      for (const i of [60, 61, 62, 63, 100, 101, 236, 237, 238, 239]) live.values[2 * i] += 4
      const steps: DetectStep[] = []
      for await (const step of detectStream(model, cut(live, 1), { alignment })) steps.push(step)
      const changes = steps.flatMap(({ events }) => events)
      const ids = [...new Set(changes.map(({ event }) => event.id))]
      expect(ids.length).toBeGreaterThan(1)
      for (const id of ids) {
        const types = changes.filter(({ event }) => event.id === id).map(({ type }) => type)
        expect(types[0]).toBe('opened')
        expect(types.at(-1)).toBe('closed')
        expect(new Set(types.slice(1, -1))).toEqual(new Set(types.length > 2 ? ['updated'] : []))
      }
      expect(closed(steps)).toEqual((await detect(model, live, { alignment })).events)
    },
  )

  it('leaves no causal score waiting, and no more two-sided ones than the detector looks ahead', async () => {
    const live = machine(240, 2)
    for (const [alignment, most] of [
      ['causal', 0],
      ['two-sided', model.detector.lookahead],
    ] as const) {
      const steps: DetectStep[] = []
      for await (const step of detectStream(model, cut(live, 7), { alignment })) steps.push(step)
      expect(Math.max(...steps.map(({ waiting }) => waiting))).toBe(most)
      expect(steps.at(-1)?.waiting).toBe(0)
    }
  })

  it('refuses a missing reading unless a policy says what becomes of it', async () => {
    await expect(streamed(model, troubled(), 10)).rejects.toMatchObject({ code: 'data-missing-value' })
  })

  it('asks for the next chunk only when the step before it was taken', async () => {
    let asked = 0
    function* counted() {
      for (const chunk of cut(machine(400, 4), 20)) {
        asked++
        yield chunk
      }
    }
    const steps = detectStream(model, counted())
    await steps.next()
    const first = asked
    await steps.next()
    expect([first, asked]).toEqual([1, 2])
    await steps.return()
  })
})
