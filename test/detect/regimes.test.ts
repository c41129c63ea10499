import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import {
  CHANGING,
  type FittedRegimes,
  findRegimes,
  REGIME_LOADERS,
  regimesOfChannel,
} from '../../src/detect/index.js'
import { throughJson } from './suite.js'

/** Two channels at one of three pairs of levels, each kept for 50 to 150 samples, and a channel that says which. */
function modes(n: number, seed: number): { frame: Frame; mode: Int32Array } {
  const random = createRandom(seed)
  const levels = [
    [0, 0],
    [10, 2],
    [10, 8],
  ]
  const mode = new Int32Array(n)
  const values = new Float64Array(3 * n)
  let left = 0
  for (let i = 0, now = 2; i < n; i++, left--) {
    if (left === 0) {
      now = (now + 1 + random.integer(2)) % 3
      left = 50 + random.integer(101)
    }
    mode[i] = now
    values.set([levels[now][0] + 0.3 * random.normal(), levels[now][1] + 0.3 * random.normal(), now], 3 * i)
  }
  const timeMs = Float64Array.from({ length: n }, (_, i) => i)
  return { frame: { timeMs, timeKind: 'index', values, channels: ['a', 'b', 'mode'] }, mode }
}

const withoutMode = (frame: Frame): Frame => ({
  ...frame,
  channels: ['a', 'b'],
  values: frame.values.filter((_, at) => at % 3 !== 2),
})
const history = modes(3000, 1)
const find = (frame: Frame) => findRegimes(frame, { smoothing: 5 }, createRandom(1))
const found = (await find(withoutMode(history.frame))) as FittedRegimes
const named = regimesOfChannel(history.frame, 'mode', 5)

describe('findRegimes', () => {
  it('finds as many as there are, and where the machine has settled the right one', () => {
    expect(found.count).toBe(3)
    const { frame, mode } = modes(2000, 2)
    const regimes = found.online().push(withoutMode(frame))
    const nameOf = new Map<number, number>()
    regimes.forEach((regime, i) => {
      if (regime === CHANGING) return
      if (!nameOf.has(regime)) nameOf.set(regime, mode[i])
      expect(mode[i]).toBe(nameOf.get(regime))
    })
    expect(nameOf.size).toBe(3)
    expect(regimes.filter(regime => regime === CHANGING).length / 2000).toBeLessThan(0.15)
  })

  it('numbers them from the most frequent on and says what each looks like', () => {
    const regimes = found.online().push(withoutMode(history.frame))
    const counts = Array.from({ length: 3 }, (_, k) => regimes.filter(regime => regime === k).length)
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
    const looks = found.typical.map(({ a, b }) => [Math.round(a), Math.round(b)].join()).sort()
    expect(looks).toEqual(['0,0', '10,2', '10,8'])
  })

  it('does not depend on offset and unit of a channel', async () => {
    const frame = withoutMode(history.frame)
    const other = { ...frame, values: frame.values.map((value, at) => (at % 2 ? 1e5 + 0.01 * value : value)) }
    expect((await find(other))?.online().push(other)).toEqual(found.online().push(frame))
  })

  it('finds none in noise, in a channel that never moves, or in too few samples', async () => {
    const random = createRandom(3)
    const noise = (n: number, move: number): Frame => ({
      timeMs: Float64Array.from({ length: n }, (_, i) => i),
      timeKind: 'index',
      values: Float64Array.from({ length: 2 * n }, () => 5 + move * random.normal()),
      channels: ['a', 'b'],
    })
    expect(await find(noise(3000, 1))).toBeUndefined()
    expect(await find(noise(3000, 0))).toBeUndefined()
    expect(await find(noise(8, 1))).toBeUndefined()
  })
})

describe('the search for regimes', () => {
  it('hears the abort signal, and pauses', async () => {
    const controller = new AbortController()
    let pauses = 0
    const pause = () => {
      if (++pauses === 5) controller.abort()
      return Promise.resolve()
    }
    const hooks = { pause, signal: controller.signal }
    await expect(
      findRegimes(withoutMode(history.frame), { smoothing: 5 }, createRandom(1), hooks),
    ).rejects.toMatchObject({ code: 'interrupted' })
    expect(pauses).toBe(5)
  })
})

describe('regimesOfChannel', () => {
  it('takes each value of the channel for a regime, some samples after it has changed', () => {
    const { mode, frame } = history
    const values = named.typical.map(({ mode: value }) => value)
    expect([...values].sort()).toEqual([0, 1, 2])
    named
      .online()
      .push(frame)
      .forEach((regime, i) => {
        const settled = i >= 4 && mode.subarray(i - 4, i).every(one => one === mode[i])
        expect(regime).toBe(settled ? values.indexOf(mode[i]) : CHANGING)
      })
  })

  it('knows no regime for a value that it has not seen', () => {
    const { frame } = modes(100, 4)
    const strange = { ...frame, values: frame.values.map((value, at) => (at % 3 === 2 ? 9 : value)) }
    expect(new Set(named.online().push(strange))).toEqual(new Set([CHANGING]))
  })
})

describe.each([
  ['found', found, (frame: Frame) => withoutMode(frame)],
  ['named', named, (frame: Frame) => frame],
])('regimes that were %s', (_, regimes, view) => {
  it('are the same for pieces of any length, missing readings included', () => {
    const { frame } = modes(400, 5)
    const holed = view({
      ...frame,
      values: frame.values.map((value, at) => (at % 7 === 3 ? Number.NaN : value)),
    })
    const whole = Array.from(regimes.online().push(holed))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 12 }), lengths => {
        const online = regimes.online()
        const joined: number[] = []
        let at = 0
        for (const length of [...lengths, 400]) {
          const end = Math.min(sampleCount(holed), at + length)
          joined.push(...online.push(sliceFrame(holed, at, end)))
          at = end
        }
        expect(joined).toEqual(whole)
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  it('are the same when the follower goes on from its state, at any cut', () => {
    const { frame } = modes(400, 5)
    const holed = view({
      ...frame,
      values: frame.values.map((value, at) => (at % 7 === 3 ? Number.NaN : value)),
    })
    const whole = Array.from(regimes.online().push(holed))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), cut => {
        const first = regimes.online()
        const before = first.push(sliceFrame(holed, 0, cut))
        const state = first.state()
        const saved = throughJson(state)
        const rest = sliceFrame(holed, cut)
        first.push(rest)
        expect(state).toEqual(saved)
        expect([...before, ...regimes.online(saved).push(rest)]).toEqual(whole)
      }),
      { numRuns: 30, seed: 2 },
    )
  })

  it('refuse the state of another follower', () => {
    const state = regimes.online().state()
    for (const other of [
      { ...state, kind: 'online:none' },
      { ...state, version: 2 },
      { ...state, arrays: {} },
    ])
      expect(() => regimes.online(other)).toThrow(expect.objectContaining({ code: 'state-unfit' }))
  })

  it('come back from their state', () => {
    const state = regimes.state()
    const back = REGIME_LOADERS[state.kind]({ ...state, options: JSON.parse(JSON.stringify(state.options)) })
    const frame = view(modes(500, 6).frame)
    expect(back.online().push(frame)).toEqual(regimes.online().push(frame))
    expect(back.typical).toEqual(regimes.typical)
  })
})
