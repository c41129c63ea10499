import { describe, expect, it } from 'vitest'
import type { DriftChange } from '../../src/core/contracts.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import {
  createWatch,
  describeSeries,
  WATCH_METHODS,
  type WatchedSignal,
  type WatchRules,
  watchBlock,
} from '../../src/drift/index.js'
import { autocorrelated } from './series.js'

const HISTORY = 20_000

function signalOf(history: Float64Array, name = 'a', block?: number): WatchedSignal {
  const reference = describeSeries(name, history)
  return { reference, block: watchBlock(reference, block)!, historySamples: history.length }
}

function heard(signal: WatchedSignal, values: Float64Array, rules: WatchRules): DriftChange[] {
  const watch = createWatch([signal], rules)
  const changes: DriftChange[] = []
  values.forEach((value, i) => void changes.push(...watch.push(1000 * i, [value])))
  return [...changes, ...watch.finish()]
}

const rules = (method: WatchRules['method'], more: Partial<WatchRules> = {}): WatchRules => ({
  method,
  runLength: 1000,
  coolDown: 1,
  ...more,
})

describe.each(WATCH_METHODS)('a watch by %s', method => {
  it.each([
    [0, 15],
    [0.9, 15],
  ])(
    'of a series with the autocorrelation %s raises no more false alarms than it says',
    {
      timeout: 120_000,
    },
    (correlation, seeds) => {
      let [alarms, values] = [0, 0]
      for (let seed = 0; seed < seeds; seed++) {
        const all = autocorrelated(HISTORY + 60_000, correlation, seed).map(Math.exp)
        const signal = signalOf(all.slice(0, HISTORY))
        // What is learnt anew from the values of a false alarm may raise another one: the cool-down joins them.
        const coolDown = 200 * signal.block.samples
        const changes = heard(signal, all.slice(HISTORY), rules(method, { coolDown }))
        alarms += changes.filter(({ type }) => type === 'opened').length
        values += 60_000 / signal.block.samples
      }
      // Of so few alarms the number varies: twice its standard deviation on top.
      const wanted = values / 1000
      expect(alarms).toBeLessThanOrEqual(wanted + 2 * Math.sqrt(wanted))
    },
  )

  it('finds a shift, says when and from where to where, and takes no outlier for one', () => {
    const history = autocorrelated(HISTORY, 0, 1)
    const values = autocorrelated(6000, 0, 2).map((value, i) => value + (i < 3000 ? 0 : 1))
    values[1000] = 1e9
    const changes = heard(signalOf(history), values, rules(method, { runLength: 100_000, coolDown: 1e9 }))
    const [{ type, drift }] = changes
    expect([type, drift.signal, drift.method]).toEqual(['opened', 'a', method])
    expect(drift.times.lastMs).toBeGreaterThan(3_000_000)
    expect(drift.times.lastMs).toBeLessThan(3_500_000)
    expect(Math.abs(drift.times.startMs - 3_000_000)).toBeLessThan(500_000)
    expect(drift.after).toBeGreaterThan(drift.before)
    const last = changes[changes.length - 1]
    expect([last.type, last.drift.id]).toEqual(['closed', drift.id])
    expect(last.drift.after).toBeGreaterThan(0.5)
  })

  it('finds a stream that is elsewhere from its first sample', () => {
    const history = autocorrelated(HISTORY, 0.9, 1)
    const values = autocorrelated(20_000, 0.9, 2).map(value => value + 1.5)
    const [opened] = heard(signalOf(history), values, rules(method, { runLength: 10_000 }))
    expect(opened.type).toBe('opened')
    expect(opened.drift.after - opened.drift.before).toBeGreaterThan(0.8)
  })

  it('continues from its state, bit for bit', () => {
    const signals = [signalOf(autocorrelated(HISTORY, 0, 1)), signalOf(autocorrelated(HISTORY, 0.5, 2), 'b')]
    const values = autocorrelated(4000, 0, 3).map((value, i) => value + (i < 1500 ? 0 : 1))
    values[77] = Number.NaN
    const own = rules(method, { coolDown: 800 })
    const whole = createWatch(signals, own)
    let parts = createWatch(signals, own)
    let found = 0
    values.forEach((value, i) => {
      const changes = whole.push(i, [value, -value])
      expect(parts.push(i, [value, -value])).toEqual(changes)
      found += changes.length
      if (i % 97 === 0) parts = createWatch(signals, own, stateFromBytes(stateToBytes(parts.state()), 'it'))
    })
    expect(found).toBeGreaterThan(1)
    expect(parts.state()).toEqual(whole.state())
    expect(parts.finish()).toEqual(whole.finish())
  })
})

describe('a watch', () => {
  it('keeps changes within the cool-down in one drift, which closes when it is over', () => {
    const history = autocorrelated(HISTORY, 0, 1)
    const steps = [0, 1, 2.2, 2.2, 2.2, 2.2]
    const values = autocorrelated(12_000, 0, 2).map((value, i) => value + steps[Math.floor(i / 2000)])
    const own = rules('page-hinkley', { runLength: 1e6, coolDown: 5000 })
    const changes = heard(signalOf(history), values, own)
    expect(changes.map(({ type }) => type)).toEqual(['opened', 'updated', 'closed'])
    expect(new Set(changes.map(({ drift }) => drift.id)).size).toBe(1)
    const [opened, updated, closed] = changes.map(({ drift }) => drift)
    expect([opened.changes, updated.changes, closed]).toEqual([1, 2, updated])
    expect(updated.times.startMs).toBe(opened.times.startMs)
    expect(updated.before).toBe(opened.before)
    expect(updated.after).toBeGreaterThan(1.5)
  })

  it('shares the false alarms among its signals', () => {
    const signal = signalOf(autocorrelated(HISTORY, 0, 1))
    const others = Array.from({ length: 9 }, (_, i) => ({
      ...signal,
      reference: { ...signal.reference, channel: `c${i}` },
    }))
    const shift = autocorrelated(3000, 0, 2).map(value => value + 0.5)
    const delay = (signals: readonly WatchedSignal[]) => {
      const watch = createWatch(signals, rules('page-hinkley'))
      return shift.findIndex((value, i) => watch.push(i, [value, ...others.map(() => Number.NaN)]).length > 0)
    }
    expect(delay([signal])).toBeGreaterThan(0)
    expect(delay([signal, ...others])).toBeGreaterThan(delay([signal]))
  })

  it('refuses the state of other signals or rules', () => {
    const signal = signalOf(autocorrelated(HISTORY, 0, 1))
    const state = createWatch([signal], rules('adwin')).state()
    expect(() => createWatch([signal], rules('kswin'), state)).toThrow(/drift:watch/)
    expect(() => createWatch([signal, signal], rules('adwin'), state)).toThrow(/drift:watch/)
  })
})

describe('watchBlock', () => {
  it('is longer the more neighbouring values are alike, and as asked for', () => {
    const lengths = [0, 0.5, 0.9].map(r => signalOf(autocorrelated(HISTORY, r, 1)).block.samples)
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
    expect(lengths[2]).toBeGreaterThan(75)
    expect(signalOf(autocorrelated(HISTORY, 0.9, 1), 'a', 30).block.samples).toBe(30)
  })

  it('is not known of a history that is too short, unless it is asked for', () => {
    const reference = describeSeries('a', autocorrelated(60, 0, 1))
    expect(watchBlock(reference, undefined)).toBeUndefined()
    expect(watchBlock(reference, 20)?.samples).toBe(20)
  })

  it('of a reference that knows no effect of the mean is cautious', () => {
    const reference = describeSeries('a', autocorrelated(HISTORY, 0.9, 1))
    const before = watchBlock({ ...reference, meanEffect: Number.NaN }, undefined)!
    expect(before.samples).toBeGreaterThan(100)
  })
})
