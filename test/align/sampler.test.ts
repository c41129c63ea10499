import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSampler, type SamplerOptions } from '../../src/align/index.js'

const OPTIONS: SamplerOptions = {
  joinMs: null,
  waitMs: 0,
  maxAgeMs: 0,
  silentAfterMs: Number.POSITIVE_INFINITY,
  timeKind: 'utc',
}
const CHANNELS = ['a', 'b']
const sampler = (more: Partial<SamplerOptions> = {}) => createSampler(CHANNELS, { ...OPTIONS, ...more })

/** Samples as `[time, a, b]`. */
function taken(of: ReturnType<typeof sampler>): number[][] {
  const { frame } = of.take()
  return Array.from(frame.timeMs, (time, i) => [time, ...frame.values.subarray(2 * i, 2 * i + 2)])
}

describe('a sampler', () => {
  it('takes each message as a sample at once, and leaves out what came before', () => {
    const one = sampler()
    expect(one.push(10, ['b', 'a'], [2, 1])).toBeUndefined()
    expect(one.push(10, ['a'], [5])).toBe('duplicate')
    expect(one.push(9, ['a'], [5])).toBe('late')
    expect(one.push(11, ['x'], [5])).toBe('no-channel')
    expect(one.push(11, ['a', 'x'], [3, 0])).toBeUndefined()
    expect(taken(one)).toEqual([
      [10, 1, 2],
      [11, 3, NaN],
    ])
  })

  it('joins readings within the tolerance, and waits for channels until the device goes on', () => {
    const one = sampler({ joinMs: 5 })
    one.push(10, ['a'], [1])
    expect(taken(one)).toEqual([])
    one.push(13, ['b'], [2])
    expect(taken(one)).toEqual([[10, 1, 2]])
    one.push(20, ['a'], [3])
    one.push(30, ['a'], [4])
    expect(taken(one)).toEqual([[20, 3, NaN]])
  })

  it('fills a channel from its last reading up to an age', () => {
    const one = sampler({ maxAgeMs: 10 })
    one.push(0, ['a', 'b'], [1, 2])
    one.push(10, ['a'], [3])
    one.push(11, ['a'], [4])
    expect(taken(one)).toEqual([
      [0, 1, 2],
      [10, 3, 2],
      [11, 4, NaN],
    ])
  })

  it('puts messages in order that come at most so late', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }),
        fc.nat(50),
        (times, jitter) => {
          const sorted = [...times].sort((a, b) => a - b)
          // Each is moved back by less than the jitter.
          const arrival = sorted
            .map((time, i) => ({ time, key: time + ((i * 7919) % (jitter + 1)) }))
            .sort((a, b) => a.key - b.key)
          const one = sampler({ waitMs: jitter })
          for (const { time } of arrival) expect(one.push(time, ['a', 'b'], [time, 0])).toBeUndefined()
          one.finish()
          expect(taken(one).map(([time]) => time)).toEqual(sorted)
        },
      ),
      { seed: 1 },
    )
  })

  it('tells once when a channel falls silent, and when it is back', () => {
    const one = sampler({ silentAfterMs: 20 })
    one.push(0, CHANNELS, [1, 2])
    for (const time of [10, 20, 30, 40]) one.push(time, ['a'], [1])
    expect(one.take().silences).toEqual([{ channel: 'b', isSilent: true, sinceMs: 0, timeMs: 30 }])
    one.push(50, CHANNELS, [1, 2])
    expect(one.take().silences).toEqual([{ channel: 'b', isSilent: false, sinceMs: 0, timeMs: 50 }])
  })

  it('refuses what is delivered again, however much it is', () => {
    const one = sampler()
    for (let i = 0; i < 2000; i++) one.push(i, ['a'], [i])
    const again = Array.from({ length: 2000 }, (_, i) => one.push(i, ['a'], [i]))
    expect(again.filter(reason => reason === undefined)).toEqual([])
  })

  it('gives the same after any save and restore', () => {
    const anyMessage = fc.record({ time: fc.nat(60), names: fc.subarray(CHANNELS), value: fc.integer() })
    const anyOptions = fc.record({
      joinMs: fc.constantFrom(null, 0, 4),
      waitMs: fc.nat(10),
      maxAgeMs: fc.nat(20),
      silentAfterMs: fc.constantFrom(15, Number.POSITIVE_INFINITY),
    })
    fc.assert(
      fc.property(fc.array(anyMessage), anyOptions, fc.nat(60), (messages, more, cut) => {
        const options = { ...OPTIONS, ...more }
        const run = (restoreAt: number) => {
          let one = createSampler(CHANNELS, options)
          const found: unknown[] = []
          messages.forEach(({ time, names, value }, i) => {
            if (i === restoreAt) one = createSampler(CHANNELS, options, one.state())
            found.push(
              one.push(
                time,
                names,
                names.map(() => value),
              ),
            )
            if (i % 3 === 0) found.push(one.take())
          })
          one.finish()
          return [...found, one.take()]
        }
        expect(run(cut)).toEqual(run(-1))
      }),
      { seed: 1 },
    )
  })
})
