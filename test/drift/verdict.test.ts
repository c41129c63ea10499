import { describe, expect, it } from 'vitest'
import { frameFromColumns } from '../../src/core/frame-builders.js'
import { createRandom } from '../../src/core/random.js'
import { type ChannelDrift, checkDrift, driftVerdict, fitReference } from '../../src/drift/index.js'

type Change = (value: number, channel: number, i: number) => number
function plant(seed: number, samples: number, change: Change = value => value) {
  const random = createRandom(seed)
  const channels = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name, c) => [
      name,
      Float64Array.from({ length: samples }, (_, i) => change(random.normal(), c, i)),
    ]),
  )
  return frameFromColumns({ channels })
}
const reference = await fitReference(plant(1, 4000))
/** The level of the scores; undefined = not compared. */
function verdict(
  change: Change,
  scores?: 'none' | 'large',
  errors?: 'none' | 'large' | 'unknown',
  meanShift = 1,
) {
  const frame = plant(2, 1500, change)
  const report = checkDrift(reference, frame)
  const score = scores && ({ level: scores, missingLevel: 'none' } as ChannelDrift)
  const channels = report.channels.map(one => ({ ...one, level: errors ?? one.level, meanShift }))
  return driftVerdict(reference, report, score, errors && { ...report, channels })
}

describe('driftVerdict', () => {
  it('is ok when nothing changed', () => {
    expect(verdict(value => value, 'none')).toEqual({
      verdict: 'ok',
      reason: 'Nothing differs from the history.',
      channels: [],
      drifted: false,
    })
  })

  it.each([
    [
      'missing',
      (v: number, c: number, i: number) => (c === 1 && i % 2 === 0 ? Number.NaN : v),
      'b is missing in 50 % of the samples.',
    ],
    ['gone', (v: number, c: number) => (c === 1 ? Number.NaN : v), 'b is missing in 100 % of the samples.'],
    ['stuck', (v: number, c: number) => (c === 1 ? 0.3 : v), 'b is stuck.'],
    [
      'with another gain',
      (v: number, c: number) => (c === 1 ? 4 * v : v),
      /^b spreads (?:3\.9|4\.0|4\.1) times as much/,
    ],
    [
      'far away',
      (v: number, c: number) => (c === 1 ? v - 5 : v),
      /^b is (?:4\.9|5\.0|5\.1) standard deviations lower/,
    ],
    ['shifted alone', (v: number, c: number) => (c === 1 ? v + 1 : v), 'b changed and no other channel did.'],
  ] as const)('says to check a sensor that is %s', (_, change, reason) => {
    const found = verdict(change, 'large')
    expect([found.verdict, found.channels]).toEqual(['check sensor', ['b']])
    if (typeof reason === 'string') expect(found.reason).toBe(reason)
    else expect(found.reason).toMatch(reason)
  })

  it('says to recalibrate when only the scores changed', () => {
    expect(verdict(value => value, 'large')).toEqual({
      verdict: 'recalibrate',
      reason: 'The scores changed and no channel did.',
      channels: [],
      drifted: true,
    })
  })

  it('says to retrain when many channels changed and the scores too, and ok when these did not', () => {
    const moved: Change = (value, c) => (c < 4 ? value + 1.5 : value)
    expect(verdict(moved, 'large')).toMatchObject({ verdict: 'retrain', channels: ['a', 'b', 'c', 'd'] })
    expect(verdict(moved, 'none')).toMatchObject({
      verdict: 'ok',
      reason: 'a, b, c, d changed, and the scores did not: the model takes such readings as normal.',
    })
    expect(verdict(moved)).toMatchObject({ verdict: 'retrain' })
  })

  it('takes the errors of the model into account: what it follows is no fault of a sensor and no reason to retrain', () => {
    const alone: Change = (value, c) => (c === 1 ? value + 1 : value)
    const all: Change = value => value + 1.5
    expect(verdict(alone, 'none', 'none').verdict).toBe('ok')
    expect(verdict(alone, 'none', 'large').verdict).toBe('check sensor')
    expect(verdict(alone, 'none', 'unknown').verdict).toBe('check sensor')
    expect(verdict(all, 'large', 'none')).toMatchObject({ verdict: 'recalibrate' })
    expect(verdict(all, 'large', 'large').verdict).toBe('retrain')
    expect(verdict(all, 'large', 'unknown').verdict).toBe('retrain')
    expect(verdict(value => value, 'none', 'large')).toMatchObject({ verdict: 'retrain' })
    expect(verdict(value => value, 'none', 'none').verdict).toBe('ok')
  })

  it('is no drift where it calls for nothing, and names what differs', () => {
    const same: Change = value => value
    const smaller = verdict(same, 'none', 'large', -1)
    expect(smaller).toMatchObject({ verdict: 'ok', drifted: false, channels: ['a', 'b', 'c', 'd', 'e', 'f'] })
    expect(smaller.reason).toBe(
      'a, b, c, d, e, f: the errors differ from those of the calibration, and are no larger: the model fits no worse.',
    )
    const moved: Change = (value, c) => (c < 4 ? value + 1.5 : value)
    expect(verdict(moved, 'none').drifted).toBe(false)
    expect(verdict(moved, 'none', 'large').reason).toBe(
      'a, b, c, d changed, and the errors of a, b, c, d, e, f, and the scores did not: the model takes such readings as normal.',
    )
    for (const found of [verdict(same, 'large'), verdict(moved, 'large'), verdict(same, 'none', 'large')])
      expect(found.drifted).toBe(true)
  })

  it('does not call errors that grew ok where a channel could not be tested', () => {
    const report = checkDrift(reference, plant(2, 1500))
    const level = (of: 'none' | 'large' | 'unknown', which: string, meanShift = 1) => ({
      ...report,
      channels: report.channels.map(one => (one.channel === which ? { ...one, level: of, meanShift } : one)),
    })
    const untested = level('unknown', 'c')
    const score = { level: 'none', missingLevel: 'none' } as ChannelDrift
    expect(driftVerdict(reference, untested, score, level('large', 'b'))).toMatchObject({
      verdict: 'unknown',
      drifted: true,
      reason: 'The model fits b less than before; too few independent samples to test c. Give more rows.',
    })
    expect(driftVerdict(reference, untested, score, level('large', 'b', -1))).toMatchObject({
      verdict: 'ok',
      drifted: false,
      reason:
        'b: the errors differ from those of the calibration, and are no larger: the model fits no worse; too few independent samples to test c.',
    })
  })

  const few = (change: Change) => checkDrift(reference, plant(2, 6, change))
  it('is check sensor where all of a few samples lie beyond the history', () => {
    const found = driftVerdict(
      reference,
      few((value, c) => (c === 1 ? value + 30 : value)),
    )
    expect(found).toMatchObject({ verdict: 'check sensor', channels: ['b'] })
  })

  it('is unknown where no channel could be tested, and says what can be seen', () => {
    const found = driftVerdict(
      reference,
      few((value, c, i) => (c === 1 && i > 0 ? value + 30 : value)),
    )
    expect(found.verdict).toBe('unknown')
    expect(found.reason).toMatch(
      /^Too few independent samples to test a, b, c, d, e, f; b spreads \d+ times as much as in the history\. Give more rows\.$/,
    )
  })

  it('is unknown where the scores changed and what could explain them was not tested', () => {
    const score = { level: 'large', missingLevel: 'none' } as ChannelDrift
    const found = driftVerdict(
      reference,
      few(value => value),
      score,
    )
    expect([found.verdict, found.reason.slice(0, 20)]).toEqual(['unknown', 'The scores changed; '])
  })

  it('is ok where a part could not be tested, and names it', () => {
    const report = checkDrift(reference, plant(2, 1500))
    const channels = report.channels.map(one =>
      one.channel === 'c' ? { ...one, level: 'unknown' as const } : one,
    )
    expect(driftVerdict(reference, { ...report, channels })).toEqual({
      verdict: 'ok',
      reason: 'What could be tested does not differ from the history; too few independent samples to test c.',
      channels: [],
      drifted: false,
    })
  })
})
