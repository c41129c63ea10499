import { beforeAll, describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Scores } from '../../src/core/contracts.js'
import type { ScaledFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { ensemble } from '../../src/detect/ensemble.js'
import { auto, type CrossFittedEnsemble, detectorLoader, scoreSeries } from '../../src/detect/index.js'
import { nearest } from '../../src/detect/nearest.js'
import { readingCounts, switchChannels } from '../../src/detect/switches.js'
import { frameOf, machine, throughJson } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 4), seed: 1 }
const SWITCH = 3

/** A machine of three channels and a switch that is on for two samples now and then; `turns` says what else it is. */
function withSwitch(n: number, seed: number, turns: (i: number) => number = () => 0): ScaledFrame {
  const three = machine(n, seed).values
  const random = createRandom(seed).fork('switch')
  const isOn = Array.from({ length: n }, () => random.uniform() < 0.005)
  const values = Float32Array.from({ length: 4 * n }, (_, at) => {
    const i = Math.floor(at / 4)
    if (at % 4 !== SWITCH) return three[3 * i + (at % 4)]
    return turns(i) || isOn[i] || isOn[i - 1] ? 10 : -0.1
  })
  return frameOf(values, 4)
}

const sharesAt = ({ score, residual }: Scores, i: number) =>
  [...residual.subarray(4 * i, 4 * i + 4)].map(part => part / (4 * score[i]))

describe('a switch', () => {
  it('is a channel of two readings beside one of more', () => {
    const frame = frameOf(Float32Array.of(0, 5, 1, 1, 5, 2, Number.NaN, 5, 3, 0, 5, 4), 3)
    expect(switchChannels(readingCounts(frame))).toEqual(Uint8Array.of(1, 0, 0))
    expect(switchChannels(readingCounts(frameOf(Float32Array.of(0, 1, 0, 1), 1)))).toBeUndefined()
    expect(switchChannels(readingCounts(frameOf(Float32Array.of(1, 2, 3), 1)))).toBeUndefined()
  })

  describe('beside measurements', () => {
    let fitted: CrossFittedEnsemble
    beforeAll(async () => {
      fitted = await auto().fit(withSwitch(1500, 1), context)
    })
    const scored = (frame: ScaledFrame, alignment: (typeof ALIGNMENTS)[number] = 'two-sided') =>
      scoreSeries(fitted, frame, { alignment })

    it.each(ALIGNMENTS)('hides no fault by turning as usual, %s', async alignment => {
      const n = 1200
      const frame = withSwitch(n, 2)
      for (let i = 600; i < 660; i++) frame.values[4 * i] += 1.2
      const scores = await scored(frame, alignment)
      const inFault = [...scores.score.subarray(615, 650)]
      const others = [...scores.score].filter((_, i) => i > 20 && (i < 560 || i > 740))
      expect(Math.min(...inFault)).toBeGreaterThan(Math.max(...others))
      for (let i = 615; i < 650; i++) expect(sharesAt(scores, i)[SWITCH]).toBe(0)
    })

    it('that turns as it never did is above every normal score, and is the only one that is named', async () => {
      const chatter = await scored(withSwitch(1200, 2, i => (i >= 600 && i < 660 ? i % 2 : 0)))
      const held = (await fitted.heldBack!('two-sided')).score
      const highest = Math.max(...held.filter(Number.isFinite))
      let raised = 0
      for (let i = 605; i < 655; i++) {
        expect(chatter.score[i]).toBeGreaterThan(highest)
        const shares = sharesAt(chatter, i)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
        if (shares[SWITCH] > 0.999) raised++
      }
      expect(raised).toBeGreaterThan(40)
      // A large fault beside it is higher.
      const fault = withSwitch(1200, 2, i => (i >= 600 && i < 660 ? i % 2 : 0))
      for (let i = 600; i < 660; i++) fault.values[4 * i] += 20
      const both = await scored(fault)
      for (let i = 615; i < 645; i++) {
        expect(both.score[i]).toBeGreaterThan(chatter.score[i])
        expect(sharesAt(both, i)[SWITCH]).toBe(0)
      }
    })

    it('is expected where the forecasts expect it: the other members do not see it', async () => {
      const frame = withSwitch(400, 5)
      const { expected } = await scoreSeries(fitted, frame, { alignment: 'causal', expected: true })
      const forecasts = fitted
        .parts('causal')
        .detectors.slice(0, 2)
        .map(detector => detector.online({ expected: true }).push(frame).expected!)
      for (let at = SWITCH + 4 * 100; at < expected!.length; at += 4)
        expect(expected![at]).toBeCloseTo((forecasts[0][at] + forecasts[1][at]) / 2, 5)
    })

    it('keeps its limits in a saved model', async () => {
      const restored = detectorLoader()(throughJson(fitted.state()))
      const frame = withSwitch(400, 3, i => (i > 200 && i < 230 ? i % 2 : 0))
      for (const alignment of ALIGNMENTS)
        expect((await scoreSeries(restored, frame, { alignment })).score).toEqual(
          (await scored(frame, alignment)).score,
        )
    })
  })

  it('does not count in the distance of a member that sees measurements alone', async () => {
    const frame = withSwitch(600, 4, i => (i > 300 && i < 320 ? 1 : 0))
    const train = withSwitch(1500, 1)
    const member = { name: 'nearest', reason: 'test', power: 1, detector: nearest({ window: 5, bank: 100 }) }
    const alone = { ...member, measurements: true } as const
    const without = (all: ScaledFrame) =>
      frameOf(
        all.values.filter((_, at) => at % 4 !== SWITCH),
        3,
      )
    const shared = { scales: [0] }
    const seen = await ensemble([alone], shared).fit(train, context)
    const small = await ensemble([member], shared).fit(without(train), {
      ...context,
      validation: frameOf(new Float32Array(0), 3),
    })
    const [all, three] = [seen, small].map(({ parts }) => parts('two-sided').detectors[0])
    const hidden = { ...frame, values: frame.values.map((value, at) => (at % 4 === SWITCH ? 0 : value)) }
    const found = all.online().push(hidden).residual
    const wanted = three.online().push(without(frame)).residual
    expect(found.filter((_, at) => at % 4 !== SWITCH)).toEqual(wanted)
    // The ensemble hides it by itself.
    const { score } = await scoreSeries(seen, frame, { alignment: 'causal' })
    const { score: blind } = await scoreSeries(seen, hidden, { alignment: 'causal' })
    for (const i of [250, 400, 500]) expect(score[i]).toBe(blind[i])
  })

  it('cannot be hidden by a saved model that has no such channel', async () => {
    const fitted = await auto().fit(withSwitch(1500, 1), context)
    const state = throughJson(fitted.state())
    expect(state.options).toMatchObject({ hidden: [SWITCH] })
    const forged = { ...state, options: { ...(state.options as object), hidden: [4] } }
    expect(() => detectorLoader()(forged)).toThrow(/hidden: there are 4 channels/)
  })
})
