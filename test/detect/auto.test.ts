import { describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../src/core/contracts.js'
import {
  auto,
  type CrossFittedEnsemble,
  cheapMembers,
  ensemble,
  scoreSeries,
} from '../../src/detect/index.js'
import { frameOf, machine } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 3), seed: 1 }
const train = machine(600, 1)

describe('auto', () => {
  it('says which members it has and why', async () => {
    const { members } = await auto().fit(train, context)
    expect(members.map(({ name }) => name)).toEqual(['var-3', 'var-10', 'nearest-5', 'pca-1'])
    for (const { reason, usual } of members) {
      expect(reason.length).toBeGreaterThan(20)
      for (const alignment of ALIGNMENTS) expect(usual[alignment]?.spread).toBeGreaterThan(0)
    }
  })

  it.each(ALIGNMENTS)('scores about 1 on normal data, held back or later, %s', async alignment => {
    const fitted = await auto({ period: 30 }).fit(train, context)
    const median = (score: Float32Array) => score.filter(Number.isFinite).sort()[Math.floor(score.length / 2)]
    const held = (await fitted.heldBack!(alignment)).score
    const later = (await scoreSeries(fitted, machine(400, 2), { alignment })).score
    for (const score of [held, later]) {
      expect(median(score)).toBeGreaterThan(0.8)
      expect(median(score)).toBeLessThan(1.25)
    }
  })

  it('waits for later samples when two-sided, and for none when causal', async () => {
    const fitted = await auto({ period: 20 }).fit(train, context)
    expect(fitted.lookahead).toBeGreaterThan(20)
    const frame = machine(200, 2)
    const final = (alignment: Alignment) => fitted.online({ alignment }).push(frame).score.length
    expect(final('causal')).toBe(200)
    expect(final('two-sided')).toBe(200 - fitted.lookahead)
  })

  it('smooths over the period of the data when none is given', async () => {
    const given = await auto({ period: 31 }).fit(train, context)
    const found = await auto().fit(train, context)
    expect(Math.abs(found.contextLength - given.contextLength)).toBeLessThan(5)
  })
})

describe('an ensemble', () => {
  const smoothing = { bandwidth: 3 }
  const scored = async (fitted: CrossFittedEnsemble) => (await scoreSeries(fitted, machine(150, 3))).score

  it('is the geometric mean of its members', async () => {
    const [a, b] = cheapMembers()
    const one = await scored(await ensemble([a], smoothing).fit(train, context))
    const other = await scored(await ensemble([b], smoothing).fit(train, context))
    const both = await scored(await ensemble([a, b], smoothing).fit(train, context))
    // Before, the members with a short memory have more samples to smooth over when they are alone.
    for (let i = 40; i < 150; i++) expect(both[i]).toBeCloseTo(Math.sqrt(one[i] * other[i]), 4)
  })

  it('gives the channel at fault the largest residual', async () => {
    const fitted = await auto({ period: 10 }).fit(train, context)
    const frame = machine(200, 4)
    for (let i = 120; i < 140; i++) frame.values[i * 3 + 1] += 3
    const { residual } = await scoreSeries(fitted, frame)
    const at = residual.subarray(130 * 3, 131 * 3)
    expect(at[1]).toBeGreaterThan(at[0])
    expect(at[1]).toBeGreaterThan(at[2])
  })

  it('can be judged on a later part, and stops when asked to', async () => {
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
