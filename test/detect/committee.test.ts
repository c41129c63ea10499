import { describe, expect, it } from 'vitest'
import type { FitProgress } from '../../src/core/contracts.js'
import { asScaled, type ScaledFrame, sampleCount } from '../../src/core/frame.js'
import { COMMITTEE, committee, linearVar, loadCommittee, localRuntime } from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { scoresOf } from './online.js'
import { frameOf, machine } from './suite.js'

const runtime = localRuntime(preferredBuild())
const quick = { ...COMMITTEE, shownWindows: 9000 }
const context = { validation: frameOf(new Float32Array(0), 3), seed: 1 }
const mean = (values: Float32Array) => {
  const known = values.filter(Number.isFinite)
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

/** The logistic map: the next sample is a parabola of the last, which no linear forecast follows. */
function chaos(n: number, start: number): ScaledFrame {
  const values = new Float32Array(n)
  let x = start
  for (let i = 0; i < n; i++) {
    values[i] = (x - 0.5) / Math.sqrt(1 / 8)
    x = 4 * x * (1 - x)
  }
  return frameOf(values, 1)
}

/** The same frame with one channel replaced. */
function withChannel(frame: ScaledFrame, channel: number, value: (i: number) => number): ScaledFrame {
  const values = Float32Array.from(frame.values)
  for (let i = 0; i < sampleCount(frame); i++) values[i * frame.channels.length + channel] = value(i)
  return asScaled(frame, values)
}

describe('the committee detector', () => {
  it('forecasts what a linear model cannot', async () => {
    const train = chaos(1200, 0.3)
    // The same readings, but from each sample two could follow.
    const backwards = frameOf(Float32Array.from(chaos(400, 0.7123).values).reverse(), 1)
    const ratio = async (detector: ReturnType<typeof linearVar>) => {
      const fitted = await detector.fit(train, context)
      const normal = scoresOf(fitted, chaos(400, 0.7123))
      return mean(scoresOf(fitted, backwards).score) / mean(normal.score)
    }
    expect(await ratio(linearVar({ lags: 3, ridge: 30 }))).toBeLessThan(2)
    expect(await ratio(committee({ ...COMMITTEE, shownWindows: 40_000 }, runtime))).toBeGreaterThan(10)
  })

  it('scores each quarter of the history by a network that has not seen it: the mean there is 1', async () => {
    const { heldBack } = await committee(quick, runtime).fit(machine(600, 1), context)
    expect(mean(heldBack.score)).toBeCloseTo(1, 2)
    expect(Array.from(heldBack.reason.subarray(0, 4))).toEqual([1, 1, 1, 0])
  })

  it('errs more where the history is like no other quarter of it', async () => {
    const odd = withChannel(machine(800, 1), 0, i => (i >= 600 ? 8 * Math.sin(i * i) : Math.sin(0.2 * i)))
    const { heldBack } = await committee(quick, runtime).fit(odd, context)
    expect(mean(heldBack.score.subarray(620))).toBeGreaterThan(2 * mean(heldBack.score.subarray(0, 600)))
  })

  it('keeps a channel that never moved from its networks: when it moves, no other residual changes', async () => {
    const still = withChannel(machine(500, 1), 1, () => 0.25)
    const fitted = await committee(quick, runtime).fit(still, context)
    const calm = scoresOf(
      fitted,
      withChannel(machine(100, 2), 1, () => 0.25),
    )
    const moved = scoresOf(
      fitted,
      withChannel(machine(100, 2), 1, i => (i < 50 ? 0.25 : 5)),
    )
    for (let i = 3; i < 100; i++) {
      expect(moved.residual[3 * i]).toBe(calm.residual[3 * i])
      expect(moved.residual[3 * i + 2]).toBe(calm.residual[3 * i + 2])
    }
    expect(calm.residual[3 * 60 + 1]).toBe(0)
    expect(moved.residual[3 * 60 + 1]).toBeGreaterThan(1000)
  })

  it('learns a history in which nothing moves, and comes back from its state', async () => {
    const fitted = await committee(quick, runtime).fit(frameOf(new Float32Array(300).fill(2), 3), context)
    const frame = withChannel(frameOf(new Float32Array(60).fill(2), 3), 2, i => (i === 10 ? 3 : 2))
    const { score } = scoresOf(fitted, frame)
    expect(score[9]).toBe(0)
    expect(score[10]).toBeGreaterThan(1000)
    expect(scoresOf(loadCommittee(fitted.state()), frame)).toEqual(scoresOf(fitted, frame))
  })

  it('tells which of its four trainings is under way', async () => {
    const heard: FitProgress[] = []
    await committee(quick, runtime).fit(machine(300, 1), { ...context, onProgress: p => heard.push(p) })
    expect([...new Set(heard.map(({ round, rounds }) => `${round} of ${rounds}`))]).toEqual([
      '0 of 4',
      '1 of 4',
      '2 of 4',
      '3 of 4',
    ])
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const onProgress = () => stop.abort()
    const fit = committee(quick, runtime).fit(machine(300, 1), {
      ...context,
      onProgress,
      signal: stop.signal,
    })
    await expect(fit).rejects.toMatchObject({ code: 'interrupted' })
  })

  it('refuses a state that lacks the weights of a member', async () => {
    const state = (await committee(quick, runtime).fit(machine(300, 1), context)).state()
    const arrays = Object.fromEntries(
      Object.entries(state.arrays).filter(([name]) => !name.startsWith('member3.')),
    )
    expect(() => loadCommittee({ ...state, arrays })).toThrowError(
      expect.objectContaining({ code: 'artefact-damaged' }),
    )
  })
})
