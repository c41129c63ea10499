import { describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../src/core/contracts.js'
import type { ScaledFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import {
  auto,
  type CrossFittedEnsemble,
  cheapMembers,
  detectorLoader,
  ensemble,
  type Member,
  SCALES,
  SIMPLE_DETECTORS,
  scoreSeries,
} from '../../src/detect/index.js'
import { honestExponent } from '../../src/detect/usual.js'
import { frameOf, machine, throughJson } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 3), seed: 1 }
const train = machine(600, 1)

describe('auto', () => {
  it('says which members it has and why', async () => {
    const { members } = await auto().fit(train, context)
    expect(members.map(({ name }) => name)).toEqual(['var-3', 'var-10', 'nearest-5', 'pca-1'])
    for (const { reason, usual } of members) {
      expect(reason.length).toBeGreaterThan(20)
      for (const alignment of ALIGNMENTS) {
        expect(usual[alignment]).toHaveLength(SCALES.length)
        for (const { spread } of usual[alignment]!) expect(spread).toBeGreaterThan(0)
      }
    }
  })

  describe('on one channel', () => {
    /** A shape of 40 samples over and over; the second half of `odd` is mirrored in time. */
    const series = (n: number, seed: number, odd?: number): ScaledFrame => {
      const random = createRandom(seed)
      const saw = (i: number) => ((i % 40) / 40 - 0.5) * 3
      return frameOf(
        Float32Array.from({ length: n }, (_, i) => {
          const isOdd = odd !== undefined && i >= odd && i < odd + 40
          return (isOdd ? saw(odd + 39 - i) : saw(i)) + 0.2 * random.normal()
        }),
        1,
      )
    }
    const own = { validation: frameOf(new Float32Array(0), 1), seed: 1 }

    it('compares windows as long as the rhythm too', async () => {
      const { members } = await auto().fit(series(800, 1), own)
      expect(members.map(({ name }) => name)).toEqual([
        'var-3',
        'var-10',
        'nearest-5',
        'pca-1',
        'nearest-rhythm',
      ])
      expect(members[4].detector.contextLength).toBe(40)
    })

    it.each(ALIGNMENTS)(
      'places events by the other members, %s, before and after it is saved',
      async alignment => {
        const [whole, four] = await Promise.all(
          [cheapMembers(), cheapMembers().slice(0, 4)].map(members =>
            ensemble(members, { scales: [4, 16] }).fit(series(800, 1), own),
          ),
        )
        const frame = series(400, 2, 200)
        const scores = await scoreSeries(whole, frame, { alignment })
        const { sharp } = await scoreSeries(four, frame, { alignment })
        // Its longer window leaves the first samples without a score.
        expect(scores.sharp?.subarray(39)).toEqual(sharp?.subarray(39))
        const saved = detectorLoader()(throughJson(whole.state()))
        expect(await scoreSeries(saved, frame, { alignment })).toEqual(scores)
      },
    )
  })

  it.each(ALIGNMENTS)('scores about 1 on normal data, held back or later, %s', async alignment => {
    const fitted = await auto({ eventLength: 30 }).fit(train, context)
    const median = (score: Float32Array) => score.filter(Number.isFinite).sort()[Math.floor(score.length / 2)]
    const held = (await fitted.heldBack!(alignment)).score
    const later = (await scoreSeries(fitted, machine(400, 2), { alignment })).score
    for (const score of [held, later]) {
      expect(median(score)).toBeGreaterThan(0.8)
      expect(median(score)).toBeLessThan(1.25)
    }
  })

  it('waits for later samples when two-sided, and for none when causal', async () => {
    const fitted = await auto({ eventLength: 20 }).fit(train, context)
    expect(fitted.lookahead).toBeGreaterThan(20)
    const frame = machine(200, 2)
    const final = (alignment: Alignment) => fitted.online({ alignment }).push(frame).score.length
    expect(final('causal')).toBe(200)
    expect(final('two-sided')).toBe(200 - fitted.lookahead)
  })

  it('smooths at every scale that the history is long enough for, and at one for an event length', async () => {
    expect((await auto().fit(train, context)).scales).toEqual(SCALES)
    expect((await auto().fit(machine(160, 1), context)).scales).toEqual([4, 16])
    expect((await auto({ eventLength: 20 }).fit(train, context)).scales).toEqual([7])
  })

  it.each(ALIGNMENTS)('does not depend on the order of the channels, %s', async alignment => {
    const order = [2, 0, 1]
    const reordered = (frame: ScaledFrame): ScaledFrame => ({
      ...frame,
      values: Float32Array.from(
        frame.values,
        (_, at) => frame.values[3 * Math.floor(at / 3) + order[at % 3]],
      ),
    })
    // A channel that has no rhythm, one with a short and one with a long one.
    const rhythms = (seed: number): ScaledFrame => {
      const frame = machine(700, seed)
      for (let i = 0; i < 700; i++) {
        frame.values[3 * i + 1] += 3 * Math.sin(i / 40)
        frame.values[3 * i + 2] = Math.sin((i * i) % 17)
      }
      return frame
    }
    const scores = async (as: (frame: ScaledFrame) => ScaledFrame) =>
      (await scoreSeries(await auto().fit(as(rhythms(1)), context), as(rhythms(2)), { alignment })).score
    const [usual, other] = [await scores(frame => frame), await scores(reordered)]
    for (let i = 20; i < 700; i++) expect(Math.abs(other[i] / usual[i] - 1)).toBeLessThan(1e-5)
  })
})

describe('an ensemble', () => {
  const smoothing = { scales: [3] }
  const scored = async (fitted: CrossFittedEnsemble) => (await scoreSeries(fitted, machine(150, 3))).score

  it('is a geometric mean of its members, those that vary less weighing more', async () => {
    const [a, b] = cheapMembers()
    const learn = (...members: Member[]) => ensemble(members, smoothing).fit(train, context)
    const one = await learn(a)
    const other = await learn(b)
    const weight = ({ members }: CrossFittedEnsemble) =>
      1 / honestExponent([members[0].usual.causal!], [members[0].power])
    const [p, q] = [weight(one), weight(other)]
    const [x, y, both] = [await scored(one), await scored(other), await scored(await learn(a, b))]
    // Before, the members with a short memory have more samples to smooth over when they are alone.
    for (let i = 40; i < 150; i++) expect(both[i]).toBeCloseTo((x[i] ** p * y[i] ** q) ** (1 / (p + q)), 4)
  })

  it.each([[[0]], [[2]], [[2, 8, 32]]])(
    'has twice the score when the errors of all members are twice as large, scales %j',
    async scales => {
      // Errors that are squares of the readings: the channels are centred.
      const members = ['z-score', 'ewma'] as const
      const fitted = await ensemble(
        members.map(name => ({ name, reason: '', power: 1, detector: SIMPLE_DETECTORS[name].create() })),
        { scales },
      ).fit(machine(600, 1), { ...context, validation: machine(300, 2) })
      const at = (size: number) =>
        scoreSeries(fitted, frameOf(new Float32Array(3 * 200).fill(size), 3), { alignment: 'causal' })
      const [four, eight] = [await at(4), await at(4 * Math.SQRT2)]
      expect(eight.score[199] / four.score[199]).toBeGreaterThan(1.9)
      expect(eight.score[199] / four.score[199]).toBeLessThan(2.1)
    },
  )

  it('gives the channel at fault the largest residual', async () => {
    const fitted = await auto({ eventLength: 10 }).fit(train, context)
    const frame = machine(200, 4)
    for (let i = 120; i < 140; i++) frame.values[i * 3 + 1] += 3
    const { residual } = await scoreSeries(fitted, frame)
    const at = residual.subarray(130 * 3, 131 * 3)
    expect(at[1]).toBeGreaterThan(at[0])
    expect(at[1]).toBeGreaterThan(at[2])
  })

  it('can be scored on a later part, and stops when asked to', async () => {
    const [member] = cheapMembers()
    const withoutOwn = {
      ...member,
      detector: {
        async fit(...given: Parameters<typeof member.detector.fit>) {
          const { heldBack: _, ...fitted } = await member.detector.fit(...given)
          return fitted
        },
      },
    }
    const fitted = await ensemble([withoutOwn], smoothing).fit(train, {
      ...context,
      validation: machine(200, 5),
    })
    expect(fitted.heldBack).toBeUndefined()
    expect((await scored(fitted)).filter(Number.isFinite).length).toBeGreaterThan(100)
    const signal = AbortSignal.abort()
    await expect(scoreSeries(fitted, machine(150, 3), { signal })).rejects.toMatchObject({
      code: 'interrupted',
    })
  })
})
