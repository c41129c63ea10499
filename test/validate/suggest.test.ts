import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { suggest, validateFrame } from '../../src/validate/index.js'
import { frameOf, replaced, wave } from './frames.js'

const suggested = (frame: Frame) => suggest(frame, validateFrame(frame).health)

describe('a suggested configuration', () => {
  it('takes a window of one cycle', () => {
    const { window, period } = suggested(frameOf({ a: wave(2000) }))
    expect(period?.samples).toBeGreaterThanOrEqual(56)
    expect(period?.samples).toBeLessThanOrEqual(57)
    expect(window).toBe(period?.samples)
  })

  it('takes several cycles when one is very short, and the usual window when one is too long', () => {
    const short = Float64Array.from({ length: 2000 }, (_, i) => [1, 5, 2, 8][i % 4])
    expect(suggested(frameOf({ short })).window).toBe(8)
    const long = Float64Array.from({ length: 4000 }, (_, i) => Math.sin((2 * Math.PI * i) / 900))
    expect(suggested(frameOf({ long }))).toMatchObject({ window: 30 })
  })

  it('never asks for a window that the history has no room for', () => {
    for (const n of [100, 200]) {
      const frame = frameOf({ a: wave(n) })
      const { window } = suggested(frame)
      expect(window).toBe(n / 10)
      // A training with it has no complaint, and one with the usual window names it.
      const issues = (size: number) =>
        validateFrame(frame, {}, { window: size }).health.issues.filter(
          ({ code }) => code === 'history-short',
        )
      expect(issues(window)).toEqual([])
      expect(issues(30)[0]!.remedy).toContain(`--window ${window}.`)
    }
    expect(suggested(frameOf({ a: [1] })).window).toBe(1)
  })

  it('leaves out dead, equal and counting channels, once each, and says why', () => {
    const a = wave(600)
    const dead = a.map(() => Number.NaN)
    const counter = a.map((_, i) => i)
    expect(suggested(frameOf({ a, twin: a, dead, counter })).leaveOut).toEqual([
      { channel: 'dead', why: 'channel-dead' },
      { channel: 'twin', why: 'channels-equal' },
      { channel: 'counter', why: 'counter-growing' },
    ])
  })

  it('names a policy only when readings are missing', () => {
    expect(suggested(frameOf({ a: wave(600) })).missing).toBeUndefined()
    expect(suggested(frameOf({ a: replaced(wave(600), { 5: Number.NaN }) })).missing).toBe('linear')
  })

  it('proposes a range that a spike lies outside of and a lasting stretch inside of, on either side', () => {
    const rangeOf = (a: Float64Array) => {
      const { issues } = validateFrame(frameOf({ a, b: wave(2000, 2) })).health
      const { remedy } = issues.find(({ code }) => code === 'spikes')!
      const [, low, high] = /--ranges a=(\S+)\.\.(\S+) /.exec(remedy)!
      return [Number(low), Number(high)] as const
    }
    const usual = wave(2000, 1)
    const spread = Math.max(...usual) - Math.min(...usual)
    const [plain, plainHigh] = rangeOf(replaced(usual, { 100: 1e6 }))
    for (const sign of [1, -1]) {
      const faulty = usual.map((x, i) => (i >= 1500 && i < 1560 ? x + sign * 20 * spread : x))
      const far = faulty.slice(1500, 1560)
      const [low, high] = rangeOf(replaced(faulty, { 100: 1e6, 300: -1e6 }))
      expect(low).toBeLessThan(Math.min(...far, plain + 1))
      expect(high).toBeGreaterThan(Math.max(...far, plainHigh - 1))
      expect([low > -1e6, high < 1e6]).toEqual([true, true])
    }
  })
})
