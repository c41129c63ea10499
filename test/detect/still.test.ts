import { describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../src/core/contracts.js'
import type { ScaledFrame } from '../../src/core/frame.js'
import { auto, type CrossFittedEnsemble, scoreSeries } from '../../src/detect/index.js'
import { stillChannels } from '../../src/detect/still.js'
import { frameOf, machine } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 4), seed: 1 }

/** A machine of three channels and one that rests at `rest`, but for samples `[start, end)`. */
function withStill(n: number, seed: number, rest: number, move = 0, start = 0, end = 0): ScaledFrame {
  const three = machine(n, seed).values
  const values = Float64Array.from({ length: 4 * n }, (_, at) => {
    const i = Math.floor(at / 4)
    if (at % 4 < 3) return three[3 * i + (at % 4)]
    return i >= start && i < end ? rest + move : rest
  })
  return frameOf(Float32Array.from(values), 4)
}

describe('a channel that never moved in training', () => {
  it('is one whose readings are all the same, missing ones left out', () => {
    const frame = frameOf(Float32Array.of(1, 5, Number.NaN, 2, 5, 7, 3, 5, 7), 3)
    expect(stillChannels(frame)).toEqual(Float32Array.of(Number.NaN, 5, 7))
    expect(stillChannels(frameOf(Float32Array.of(1, 2, 3), 1))).toBeUndefined()
    expect(stillChannels(frameOf(Float32Array.of(1, 1, 1), 1))).toBeUndefined()
  })

  it.each(ALIGNMENTS)('adds the same step whatever the distance and the unit, %s', async alignment => {
    const found: Float32Array[] = []
    for (const [rest, move] of [
      [0, 1e-6],
      [0, 1],
      [0, 1e6],
      [5e-5, 5e-7],
      [1e4, 1],
    ]) {
      const fitted = await auto().fit(withStill(600, 1, rest), context)
      const { score } = await scoreSeries(fitted, withStill(400, 2, rest, move, 200, 260), { alignment })
      found.push(score)
    }
    for (const score of found.slice(1))
      for (let i = 20; i < 400; i++) expect(score[i] / found[0][i]).toBeCloseTo(1, 2)
  })

  describe('when it moves', () => {
    const scoresOf = async (fitted: CrossFittedEnsemble, frame: ScaledFrame) =>
      scoreSeries(fitted, frame, { alignment: 'two-sided' })

    it('is flagged, has the largest share, and no more than a clear fault', async () => {
      const fitted = await auto().fit(withStill(900, 1, 3), context)
      const held = (await fitted.heldBack!('two-sided')).score.filter(Number.isFinite)
      const { score, residual, sharp } = await scoresOf(fitted, withStill(600, 2, 3, 0.01, 300, 360))
      const largest = Math.max(...held)
      for (let i = 305; i < 355; i++) {
        const at = residual.subarray(4 * i, 4 * i + 4)
        expect(at[3]).toBeGreaterThan(0.5 * at.reduce((a, b) => a + b, 0))
        expect(sharp?.[i]).toBeGreaterThan(0)
      }
      expect(Math.max(...score.subarray(300, 360))).toBeGreaterThan(0.8 * largest)
      const fault = withStill(600, 2, 3)
      for (let i = 300; i < 360; i++) fault.values[4 * i] += 6
      expect(Math.max(...(await scoresOf(fitted, fault)).score.subarray(300, 360))).toBeGreaterThan(
        Math.max(...score.subarray(300, 360)),
      )
    })

    it('leaves single samples as quiet as they are without it, until it moves', async () => {
      const fitted = await auto().fit(withStill(900, 1, 3), context)
      const { sharp = new Float32Array(0) } = await scoresOf(fitted, withStill(900, 2, 3, 1, 300, 310))
      const known = [...sharp].filter(Number.isFinite)
      expect(known.filter(value => value < -0.2).length).toBeGreaterThan(0.8 * known.length)
      for (let i = 300; i < 310; i++) expect(sharp[i]).toBeGreaterThan(2)
      for (let i = 311; i < 315; i++) expect(sharp[i]).toBeLessThan(0.5)
    })

    it('hides no fault beside it', async () => {
      const fitted = await auto().fit(withStill(900, 1, 3), context)
      const faulty = (move: number) => {
        const frame = withStill(900, 2, 3, move, 300, 360)
        for (let i = 420; i < 440; i++) frame.values[4 * i + 1] += 4
        return frame
      }
      const [alone, beside] = [await scoresOf(fitted, faulty(0)), await scoresOf(fitted, faulty(1e6))]
      for (let i = 420; i < 440; i++) {
        const at = beside.residual.subarray(4 * i, 4 * i + 4)
        expect(Math.max(...at)).toBe(at[1])
        expect(beside.score[i] / alone.score[i]).toBeLessThan(2)
      }
    })
  })
})
