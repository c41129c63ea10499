import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALIGNMENTS, REASONS } from '../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import type { State } from '../../src/core/state.js'
import type { Model } from '../../src/model/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { openSession, type SessionSettings } from '../../src/session/index.js'
import { swinging } from '../pipeline/machine.js'
import { anyCuts, anyTrouble, heard, SAMPLES, troubled } from './series.js'

const KINDS = {
  auto: {},
  'auto with regimes': { regimes: 'auto' },
  ewma: { detector: 'ewma', eventLength: 0 },
  'half-space-trees': { detector: 'half-space-trees', eventLength: 0 },
  'pca-q': { detector: 'pca-q', eventLength: 6 },
  'dense network': { detector: 'autoencoder', architecture: 'dense-ae', units: 6, latent: 3, epochs: 2 },
} as const
const models = {} as Record<keyof typeof KINDS, Model>
const history = swinging(500, 1)

beforeAll(async () => {
  for (const [name, kind] of Object.entries(KINDS))
    models[name as keyof typeof KINDS] = await trainModel(history, {
      window: 12,
      workers: 1,
      quantile: 0.99,
      ...kind,
    })
})

const policy = fc.constantFrom('error', 'hold', 'linear', 'mask', 'drop')
const anySettings: fc.Arbitrary<SessionSettings> = fc
  .record({
    alignment: fc.constantFrom(...ALIGNMENTS),
    policies: fc.tuple(policy, policy),
    maxGap: fc.integer({ min: 0, max: 5 }),
    stride: fc.constantFrom(1, 1, 1, 3),
    adapt: fc.boolean(),
    expected: fc.boolean(),
    rules: fc.constantFrom(
      {},
      { openCount: 2, openWithin: 4, closeBelow: 0.7, coolDown: 20, criticalScore: 50 },
      { directionByChannel: ['a=above'], minAbsoluteByChannel: ['b=0.5'] },
      { maintenance: ['Thu 00:10-00:20'], mergeGap: 0, minLength: 2 },
    ),
  })
  .map(({ policies: [a, b], rules, ...settings }) => ({
    ...settings,
    ...rules,
    missingByChannel: [`a=${a}`, `b=${b}`],
  }))

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('a session of %s', name => {
  it('says the same for any series, any cut into pushes, and any save and restore', () => {
    const model = models[name]
    fc.assert(
      fc.property(anyTrouble, anyCuts, anySettings, fc.boolean(), (trouble, cuts, given, restore) => {
        const frame = troubled(trouble)
        // Only networks have windows that a stride leaves out.
        const { stride: _stride, ...others } = given
        const settings = model.info.kind === 'autoencoder' ? given : others
        const whole = heard(model, frame, [SAMPLES], settings)
        const parts = heard(model, frame, cuts, settings, restore)
        expect(parts).toEqual(whole)
      }),
      { numRuns: name === 'auto' ? 150 : 60, seed: 1 },
    )
  })

  it('gives a causal score for the newest sample at once, whatever the policy for missing readings', () => {
    for (const missing of ['hold', 'linear', 'mask', 'drop', 'error'] as const) {
      const session = openSession(models[name], { missing })
      const frame = troubled({ steps: [1], holes: [[40, 30, 0, Number.NaN]], jumps: [], faults: [] })
      for (let i = 0; i < SAMPLES; i++) {
        const step = session.push(sliceFrame(frame, i, i + 1))
        expect(step.waiting).toBe(0)
        expect(step.scored.score).toHaveLength(1)
      }
    }
  })

  it.each(ALIGNMENTS)('says what detect says, %s', async alignment => {
    const frame = troubled({ steps: [1], holes: [], jumps: [[30, 60]], faults: [20, 84] })
    const { columns, closed } = heard(models[name], frame, [17], { alignment })
    const found = await detect(models[name], frame, { alignment })
    expect(columns).toMatchObject({ score: [...found.score], residual: [...found.residual] })
    expect(closed).toEqual(found.events)
  })
})

describe('a session', () => {
  const clean = () => swinging(SAMPLES, 5)
  const at = (frame: Frame, change: (values: Float64Array, timeMs: Float64Array) => void) => {
    const copy = { ...frame, values: Float64Array.from(frame.values), timeMs: frame.timeMs.slice() }
    change(copy.values, copy.timeMs)
    return copy
  }

  it('reports an event when it opens, while it goes on, and when it is over', () => {
    const session = openSession(models['pca-q'])
    const frame = troubled({ steps: [1], holes: [], jumps: [], faults: [50, 54] })
    const changes = Array.from({ length: SAMPLES }, (_, i) =>
      session
        .push(sliceFrame(frame, i, i + 1))
        .events.map(({ type, event }) => [i, type, event.start] as const),
    ).flat()
    const [first] = changes
    expect(first).toEqual([first[2], 'opened', first[2]])
    expect(changes.slice(1, -1).every(([, type]) => type === 'updated')).toBe(true)
    expect(changes.at(-1)?.[1]).toBe('closed')
  })

  it('never throws for bad data, and reports them with counts', () => {
    const session = openSession(models.auto)
    const bad = at(clean(), (values, timeMs) => {
      values[2 * 10] = Number.NaN
      values[2 * 11 + 1] = Number.NEGATIVE_INFINITY
      timeMs[20] = timeMs[5]
      timeMs[30] = Number.NaN
      timeMs[41] = timeMs[40]
      values.fill(1e9, 2 * 60, 2 * 62)
    })
    const { issues, scored } = session.push(bad)
    const counts = Object.fromEntries(
      issues.map(({ code, channel = '', count }) => [`${code} ${channel}`, count]),
    )
    expect(counts).toEqual({
      'time-unreadable ': 1,
      'time-backwards ': 1,
      'time-repeated ': 1,
      // After each of these three samples a minute is missing.
      'time-gaps ': 3,
      'missing-here a': 1,
      'infinite-here b': 1,
      'beyond-history a': 2,
      'beyond-history b': 2,
    })
    expect([20, 30].map(i => REASONS[scored.reason[i]])).toEqual(['order', 'order'])
    expect([10, 11].map(i => REASONS[scored.reason[i]])).toEqual(['missing', 'missing'])
    expect([...scored.trust.subarray(9, 12), scored.trust[20], scored.trust[60]]).toEqual([1, 0.5, 0.5, 0, 0])
    expect([...scored.frame.timeMs]).toEqual([...bad.timeMs])
  })

  it('scores what follows a late sample as if it had not come', () => {
    const frame = clean()
    const late = at(
      { ...frame, timeMs: new Float64Array(SAMPLES + 1), values: new Float64Array(2 * SAMPLES + 2) },
      (values, timeMs) => {
        for (let i = 0, to = 0; to <= SAMPLES; to++) {
          const isLate = to === 50
          timeMs[to] = isLate ? frame.timeMs[2] : frame.timeMs[i]
          values.set(isLate ? [99, 99] : frame.values.subarray(2 * i, 2 * i + 2), 2 * to)
          if (!isLate) i++
        }
      },
    )
    const scores = openSession(models.auto).push(late).scored.score
    const without = [...scores.subarray(0, 50), ...scores.subarray(51)]
    expect(without).toEqual([...openSession(models.auto).push(frame).scored.score])
  })

  it('takes channels in any order, and reports those that are lost or unknown', () => {
    const frame = clean()
    const turned = at({ ...frame, channels: ['b', 'a'] }, values => {
      for (let i = 0; i < SAMPLES; i++) values.set([frame.values[2 * i + 1], frame.values[2 * i]], 2 * i)
    })
    const wanted = openSession(models.auto).push(frame)
    expect(openSession(models.auto).push(turned).scored.score).toEqual(wanted.scored.score)
    const strange = openSession(models.auto).push({ ...frame, channels: ['a', 'z'] })
    expect(strange.issues.map(({ code, channel }) => [code, channel]).slice(0, 2)).toEqual([
      ['channel-lost', 'b'],
      ['channel-unknown', 'z'],
    ])
    expect(strange.scored.score.every(Number.isNaN)).toBe(true)
  })

  it('refuses the state of another model, of other settings, and one that is damaged, by name', () => {
    const saved = (settings?: SessionSettings) => {
      const session = openSession(models.auto, settings)
      session.push(clean())
      return session.state()
    }
    const state = saved()
    expect(() => openSession(models['pca-q'], {}, state)).toThrow(/a session of the model/)
    expect(() => openSession(models.auto, { maxGap: 1 }, state)).toThrow(/settings/)
    const { kind, version, options, arrays } = state
    const names = Object.keys(arrays)
    expect(names.length).toBeGreaterThan(10)
    expect(() => openSession(models.auto, {}, { ...state, version: version + 1 })).toThrow(/version/)
    for (const name of names) {
      const { [name]: _, ...rest } = arrays
      const damaged: State = { kind, version, options, arrays: rest }
      expect(() => openSession(models.auto, {}, damaged), name).toThrow(/state does not fit/)
    }
  })

  it('holds a few kB', () => {
    const session = openSession(models.auto)
    session.push(clean())
    const { options, arrays } = session.state()
    const bytes = Object.values(arrays).reduce((sum, { data }) => sum + data.byteLength, 0)
    expect(bytes + JSON.stringify(options).length).toBeLessThan(16_000)
  })

  it('takes no more samples after its end', () => {
    const session = openSession(models.auto)
    session.finish()
    expect(() => session.push(clean())).toThrow(expect.objectContaining({ code: 'session-ended' }))
  })

  it('tells what the detector expected, in the units of the channels', () => {
    const frame = clean()
    const { expected } = openSession(models.auto, { expected: true }).push(frame).scored
    const known = [...(expected ?? [])].map((value, i) => Math.abs(value - frame.values[i]))
    const far = known.filter(distance => distance > 0.5)
    expect(known.filter(Number.isFinite).length).toBeGreaterThan(SAMPLES)
    expect(far.length).toBeLessThan(0.05 * known.length)
    expect(openSession(models.auto).push(frame).scored.expected).toBeUndefined()
    expect(sampleCount(frame)).toBe(SAMPLES)
  })
})
