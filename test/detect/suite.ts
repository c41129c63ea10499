import { beforeAll, describe, expect, it } from 'vitest'
import type { OnlineDetector, Scores } from '../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import type { State } from '../../src/core/state.js'
import { joinScores } from '../../src/detect/scores.js'

/** A detector to be held to the contract. */
export interface Conformer {
  readonly name: string
  learn(train: Frame, seed: number): Promise<OnlineDetector>
  load(state: State): OnlineDetector
  /** Channels of the test series; 3 when not given. */
  readonly channels?: number
  /** Whether another seed gives other scores. */
  readonly seeded?: boolean
  /** Whether it sees that a channel moves which never did in training. */
  readonly seesStill?: boolean
}

/** A machine in standard units: two linked oscillations and noise. */
export function machine(n: number, seed: number, channels = 3): Frame {
  const random = createRandom(seed)
  const values = new Float32Array(n * channels)
  for (let i = 0; i < n; i++) {
    const load = Math.sin(0.2 * i) + 0.5 * Math.sin(0.031 * i)
    for (let c = 0; c < channels; c++)
      values[i * channels + c] = (c % 2 ? -1 : 1) * load + 0.2 * random.normal()
  }
  return frameOf(values, channels)
}

export function frameOf(values: Float32Array, channels: number): Frame {
  return {
    timeMs: Float64Array.from({ length: values.length / channels }, (_, i) => i),
    timeKind: 'index',
    values,
    channels: Array.from({ length: channels }, (_, c) => `c${c}`),
  }
}

/** Replaces readings of one channel. */
function changed(
  frame: Frame,
  channel: number,
  start: number,
  end: number,
  value: (x: number) => number,
): Frame {
  const values = Float32Array.from(frame.values)
  const c = frame.channels.length
  for (let i = start; i < end; i++) values[i * c + channel] = value(values[i * c + channel])
  return { ...frame, values }
}

/** Chance that an anomalous sample scores higher than a normal one. */
function aucRoc(score: Float32Array, anomalous: (i: number) => boolean): number {
  let wins = 0
  let pairs = 0
  score.forEach((high, i) => {
    if (!anomalous(i) || Number.isNaN(high)) return
    score.forEach((low, j) => {
      if (anomalous(j) || Number.isNaN(low)) return
      pairs++
      wins += high > low ? 1 : high === low ? 0.5 : 0
    })
  })
  return wins / pairs
}

function pushed(detector: OnlineDetector, frame: Frame, sizes: readonly number[]): Scores {
  const scorer = detector.online()
  const parts: Scores[] = []
  let at = 0
  for (let k = 0; at < sampleCount(frame); k++) {
    const end = Math.min(sampleCount(frame), at + sizes[k % sizes.length])
    parts.push(scorer.push(sliceFrame(frame, at, end)))
    at = end
  }
  parts.push(scorer.finish())
  return joinScores(parts)
}

/** What every detector must do; see `core/contracts.ts`. */
export function conform(conformers: readonly Conformer[]): void {
  describe.each(conformers)(
    'the detector $name',
    ({ learn, load, channels = 3, seeded = false, seesStill = true }) => {
      let fitted: OnlineDetector
      const train = machine(600, 1, channels)
      beforeAll(async () => {
        fitted = await learn(train, 1)
      })

      it('gives each sample a score or a reason, and the score is the mean of the residuals', async () => {
        const frame = machine(200, 2, channels)
        const { score, residual, reason } = await fitted.score(frame)
        expect(score).toHaveLength(200)
        expect(residual).toHaveLength(200 * channels)
        expect(reason).toHaveLength(200)
        score.forEach((value, i) => {
          expect(Number.isFinite(value)).toBe(reason[i] === 0)
          if (reason[i] !== 0) return
          const parts = residual.subarray(i * channels, (i + 1) * channels)
          expect(parts.reduce((sum, part) => sum + part, 0) / channels).toBeCloseTo(value, 3)
        })
        expect(reason.every(why => why <= 1)).toBe(true)
      })

      it('scores a fault higher than normal samples', async () => {
        const faulty = changed(machine(400, 3, channels), 0, 250, 280, x => x + 6)
        const { score } = await fitted.score(faulty)
        expect(aucRoc(score, i => i >= 250 && i < 280)).toBeGreaterThan(0.75)
      })

      it('gives the same bits for the same seed', async () => {
        const frame = machine(150, 4, channels)
        const again = await learn(train, 1)
        expect((await again.score(frame)).score).toEqual((await fitted.score(frame)).score)
        if (!seeded) return
        const other = await learn(train, 2)
        expect((await other.score(frame)).score).not.toEqual((await fitted.score(frame)).score)
      })

      it.each([[[1]], [[7, 1, 30]], [[64]], [[1000]]])(
        'gives the same bits in pieces of %j samples',
        async sizes => {
          const frame = changed(machine(230, 5, channels), 0, 100, 101, () => Number.NaN)
          const whole = await fitted.score(frame)
          const parts = pushed(fitted, frame, sizes)
          expect(parts.score).toEqual(whole.score)
          expect(parts.residual).toEqual(whole.residual)
          expect(parts.reason).toEqual(whole.reason)
        },
      )

      it('looks no further back and ahead than it says', async () => {
        const frame = machine(300, 6, channels)
        const at = 150
        const spoiled = changed(frame, channels - 1, at, at + 1, x => x + 20)
        const before = (await fitted.score(frame)).score
        const after = (await fitted.score(spoiled)).score
        for (let i = 0; i < at - fitted.lookahead; i++) expect(after[i]).toBe(before[i])
        for (let i = at + fitted.contextLength; i < 300; i++) expect(after[i]).toBe(before[i])
      })

      it('leaves its input untouched', async () => {
        const frame = machine(100, 7, channels)
        const copy = Float32Array.from(frame.values)
        await fitted.score(frame)
        expect(frame.values).toEqual(copy)
      })

      it(`stays finite with a channel that never moved${seesStill ? ', and sees it when it does' : ''}`, async () => {
        const still = (frame: Frame) => changed(frame, channels - 1, 0, sampleCount(frame), () => 0)
        const quiet = await learn(still(train), 1)
        const normal = (await quiet.score(still(machine(150, 8, channels)))).score
        const moved = (
          await quiet.score(changed(still(machine(150, 8, channels)), channels - 1, 120, 130, () => 3))
        ).score
        expect(normal.filter(Number.isFinite).length).toBeGreaterThan(50)
        expect(moved.subarray(0, 120).filter(Number.isFinite).length).toBeGreaterThan(50)
        if (!seesStill) return
        expect(Math.max(...moved.subarray(120, 130).filter(Number.isFinite))).toBeGreaterThan(
          Math.max(...normal.subarray(120, 130).filter(Number.isFinite)),
        )
      })

      it('says where readings are missing, and scores the rest', async () => {
        const frame = changed(machine(400, 9, channels), 0, 200, 203, () => Number.NaN)
        const { score, reason } = await fitted.score(frame)
        expect(reason.subarray(200, 203)).toEqual(Uint8Array.of(3, 3, 3))
        expect(score[199]).not.toBeNaN()
        expect(score[399]).not.toBeNaN()
        const learnt = await learn(
          changed(train, 0, 300, 304, () => Number.NaN),
          1,
        )
        expect((await learnt.score(machine(200, 9, channels))).score[199]).not.toBeNaN()
      })

      it('refuses a training part without a whole sample', async () => {
        const gone = frameOf(new Float32Array(100 * channels).fill(Number.NaN), channels)
        await expect(learn(gone, 1)).rejects.toMatchObject({ code: 'data-too-short' })
      })

      it('comes back from its state bit for bit', async () => {
        const frame = machine(150, 10, channels)
        const state = fitted.state()
        const stored = { ...state, options: JSON.parse(JSON.stringify(state.options)) }
        const loaded = load(stored)
        expect(loaded.contextLength).toBe(fitted.contextLength)
        expect(loaded.lookahead).toBe(fitted.lookahead)
        expect(await loaded.score(frame)).toEqual(await fitted.score(frame))
      })

      it('scores a wild reading without losing the samples after it', async () => {
        const wild = changed(machine(300, 11, channels), 0, 150, 151, () => 1e30)
        const { score } = await fitted.score(wild)
        expect(score[150]).not.toBeNaN()
        expect(Number.isFinite(score[299])).toBe(true)
      })
    },
  )
}
