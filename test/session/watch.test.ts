import { describe, expect, it } from 'vitest'
import type { DriftChange } from '../../src/core/contracts.js'
import { type Frame, sliceFrame } from '../../src/core/frame.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import type { Model } from '../../src/model/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { openSession, resolveSettings, type SessionSettings } from '../../src/session/index.js'
import { swinging } from '../pipeline/machine.js'

const model = await trainModel(swinging(3000, 1), { window: 12, workers: 1, detector: 'pca-q' })
const SETTINGS: SessionSettings = { watchDrift: ['score', 'a'], watchRunLength: 1e6, watchCoolDown: 900 }

/** Later samples, in which the first channel stands higher from the sample 1,500 on. */
function live(samples: number, shift: number): Frame {
  const frame = swinging(samples, 2)
  const values = frame.values.map((value, at) => value + (at % 2 === 0 && at >= 3000 ? shift : 0))
  return { ...frame, timeMs: frame.timeMs.map(time => time + 3000 * 60_000), values }
}

function driftsOf(frame: Frame, settings: SessionSettings, cut = frame.timeMs.length, restore = false) {
  let session = openSession(model, settings)
  const drifts: DriftChange[] = []
  for (let at = 0; at < frame.timeMs.length; at += cut) {
    drifts.push(...session.push(sliceFrame(frame, at, Math.min(at + cut, frame.timeMs.length))).drifts!)
    if (restore)
      session = openSession(model, settings, stateFromBytes(stateToBytes(session.state()), 'a session'))
  }
  return [...drifts, ...session.finish().drifts!]
}

describe('a session that watches for drift', () => {
  it('finds a drift of the score and of the channel, and none where nothing changed', () => {
    expect(driftsOf(live(3000, 0), SETTINGS)).toEqual([])
    const opened = driftsOf(live(3000, 2), SETTINGS).filter(({ type }) => type === 'opened')
    expect(opened.map(({ drift }) => drift.signal).sort()).toEqual(['a', 'score'])
    for (const { drift } of opened) {
      expect(drift.times.startMs).toBeGreaterThan((3000 + 1300) * 60_000)
      expect(drift.times.lastMs).toBeLessThan((3000 + 1800) * 60_000)
      expect(drift.after).toBeGreaterThan(drift.before)
    }
    // One channel of two, and the score with it.
    const { verdict, reason } = opened[opened.length - 1]
    expect([verdict, reason]).toEqual(['retrain', '1 of 1 watched channels drifts (a), and the score.'])
    expect(driftsOf(live(3000, 2), SETTINGS).at(-1)).toMatchObject({ type: 'closed', verdict: 'ok' })
  })

  it('says the same however samples come, and after its state was saved and restored', () => {
    const frame = live(3000, 2)
    const whole = driftsOf(frame, SETTINGS)
    expect(whole.length).toBeGreaterThan(2)
    for (const cut of [1, 17, 700]) expect(driftsOf(frame, SETTINGS, cut)).toEqual(whole)
    expect(driftsOf(frame, SETTINGS, 113, true)).toEqual(whole)
  })

  it('watches the score as it would be at the trained level, also where the level adapts', () => {
    const frame = live(3000, 2)
    const score = { ...SETTINGS, watchDrift: ['score'] }
    expect(driftsOf(frame, { ...score, adapt: true })).toEqual(driftsOf(frame, score))
  })

  it('changes no score, and nothing in the state of one that does not watch', () => {
    const frame = live(500, 0)
    const [plain, watching] = [openSession(model), openSession(model, SETTINGS)]
    const [step, watched] = [plain.push(frame), watching.push(frame)]
    expect(watched.scored).toEqual(step.scored)
    expect('drifts' in step).toBe(false)
    expect(JSON.stringify(plain.state().options)).not.toContain('watch')
    expect(() => openSession(model, {}, watching.state())).toThrow(/settings/)
  })

  it.each<[string, SessionSettings, RegExp]>([
    ['an unknown channel', { watchDrift: ['flow'] }, /must name some of score, a, b/],
    ['a channel with a typing mistake', { watchDrift: ['scoer'] }, /did you mean score\?/],
    ['a channel that is there twice', { watchDrift: ['a', 'a'] }, /a must be there once/],
    ['a method without anything to watch', { watchMethod: 'adwin' }, /it needs --watch-drift/],
    ['a run length below 100', { watchDrift: ['a'], watchRunLength: 5 }, /watch-run-length/],
  ])('refuses %s', (_, settings, message) => {
    expect(() => resolveSettings(model, settings)).toThrow(message)
  })

  it('refuses a channel of a model without a reference, and one whose history is too short', async () => {
    const { reference: _, ...before } = model
    expect(() => resolveSettings(before, { watchDrift: ['a'] })).toThrow(/reference/)
    expect(() => resolveSettings(before as Model, { watchDrift: ['score'] })).not.toThrow()
    const short = await trainModel(swinging(90, 1), { window: 6, workers: 1, detector: 'pca-q' })
    expect(() => resolveSettings(short, { watchDrift: ['a'] })).toThrow(/its history of 90 samples/)
    expect(() => resolveSettings(short, { watchDrift: ['a'], watchBlock: 10 })).not.toThrow()
  })
})
