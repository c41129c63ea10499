import { beforeAll, describe, expect, it } from 'vitest'
import {
  ALIGNMENTS,
  type FitContext,
  type FittedDetector,
  type OnlineOptions,
  type OnlineScorer,
  type Scores,
} from '../../src/core/contracts.js'
import { asScaled, type ScaledFrame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import type { State } from '../../src/core/state.js'
import { scoreSeries } from '../../src/detect/index.js'
import { joinScores } from '../../src/detect/scores.js'

/** A detector to be held to the contract. */
export interface Conformer {
  readonly name: string
  learn(train: ScaledFrame, context: FitContext): Promise<FittedDetector>
  load(state: State): FittedDetector
  /** Channels of the test series; 3 when not given. */
  readonly channels?: number
  /** Whether another seed gives other scores. */
  readonly seeded?: boolean
  /** Whether it sees that a channel moves which never did in training. */
  readonly seesStill?: boolean
  /**
   * Largest mean squared difference between readings and what it expected of them, over that to the mean of the history; false when it does not know what
   * it expected. Default 1.05.
   */
  readonly expects?: number | false
  /** False when its memory has no end. */
  readonly forgets?: false
  /** Why `scoreWindows` is not the causal score, for those of finite context. */
  readonly windowsDiffer?: string
}

const sliceOf = (score: Float32Array, start: number, end: number) => Array.from(score.subarray(start, end))

/** A state as it comes back from a file. */
export function throughJson<S extends State>(state: S): S {
  const arrays = Object.entries(state.arrays).map(([name, { shape, data }]) => [
    name,
    { shape, data: data.slice() },
  ])
  return { ...state, options: JSON.parse(JSON.stringify(state.options)), arrays: Object.fromEntries(arrays) }
}

/** A machine in standard units: two linked oscillations and noise. */
export function machine(n: number, seed: number, channels = 3): ScaledFrame {
  const random = createRandom(seed)
  const values = new Float32Array(n * channels)
  for (let i = 0; i < n; i++) {
    const load = Math.sin(0.2 * i) + 0.5 * Math.sin(0.031 * i)
    for (let c = 0; c < channels; c++)
      values[i * channels + c] = (c % 2 ? -1 : 1) * load + 0.2 * random.normal()
  }
  return frameOf(values, channels)
}

export function frameOf(values: Float32Array, channels: number): ScaledFrame {
  const timeMs = Float64Array.from({ length: values.length / channels }, (_, i) => i)
  const names = Array.from({ length: channels }, (_, c) => `c${c}`)
  return asScaled({ timeMs, timeKind: 'index', channels: names }, values)
}

/** Replaces readings of one channel. */
function changed(
  frame: ScaledFrame,
  channel: number,
  start: number,
  end: number,
  value: (x: number) => number,
): ScaledFrame {
  const values = Float32Array.from(frame.values)
  const c = frame.channels.length
  for (let i = start; i < end; i++) values[i * c + channel] = value(values[i * c + channel])
  return asScaled(frame, values)
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

/** Scores in pieces of these sizes; each time `cut` says so, the scorer is replaced by one that goes on from its state. */
function pushed(
  detector: FittedDetector,
  frame: ScaledFrame,
  sizes: readonly number[],
  options: OnlineOptions = {},
  restore: (scorer: OnlineScorer, piece: number) => OnlineScorer = scorer => scorer,
): Scores {
  let scorer = detector.online(options)
  const parts: Scores[] = []
  let at = 0
  for (let k = 0; at < sampleCount(frame); k++) {
    const end = Math.min(sampleCount(frame), at + sizes[k % sizes.length])
    parts.push(scorer.push(sliceFrame(frame, at, end)))
    at = end
    scorer = restore(scorer, k)
  }
  parts.push(scorer.finish())
  return joinScores(parts)
}

/** What every detector must do; see `core/contracts.ts`. */
export function conform(conformers: readonly Conformer[]): void {
  describe.each(conformers)(
    'the detector $name',
    ({ learn: learnFrom, load, channels = 3, seeded = false, seesStill = true, ...conformer }) => {
      let fitted: FittedDetector
      const train = machine(600, 1, channels)
      const validation = frameOf(new Float32Array(0), channels)
      const learn = (train: ScaledFrame, seed: number) => learnFrom(train, { validation, seed })
      beforeAll(async () => {
        fitted = await learn(train, 1)
      })

      it('gives each sample a score or a reason, and the score is the mean of the residuals', async () => {
        const frame = machine(200, 2, channels)
        const { score, residual, reason } = await scoreSeries(fitted, frame)
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
        const { score } = await scoreSeries(fitted, faulty)
        expect(aucRoc(score, i => i >= 250 && i < 280)).toBeGreaterThan(0.75)
      })

      it('gives the same bits for the same seed', async () => {
        const frame = machine(150, 4, channels)
        const again = await learn(train, 1)
        expect((await scoreSeries(again, frame)).score).toEqual((await scoreSeries(fitted, frame)).score)
        if (!seeded) return
        const other = await learn(train, 2)
        expect((await scoreSeries(other, frame)).score).not.toEqual((await scoreSeries(fitted, frame)).score)
      })

      describe.each(ALIGNMENTS)('%s', alignment => {
        const holed = () => {
          const one = changed(machine(230, 5, channels), 0, 100, 101, () => Number.NaN)
          return changed(one, channels - 1, 3, 5, () => Number.NaN)
        }

        it.each([1, 3])('gives the same bits in pieces of any length, at stride %i', async stride => {
          const options = { alignment, stride, expected: true }
          const whole = await scoreSeries(fitted, holed(), options)
          for (const sizes of [[1], [7, 1, 30], [64], [1000]])
            expect(pushed(fitted, holed(), sizes, options)).toEqual(whole)
        })

        it.each([1, 3])('goes on from its state bit for bit, at any cut, at stride %i', async stride => {
          const options = { alignment, stride, expected: true }
          const whole = await scoreSeries(fitted, holed(), options)
          const other = load(throughJson(fitted.state()))
          /** What the scorer does after it gave its state does not reach into the state. */
          const restored = (scorer: OnlineScorer) => {
            const state = scorer.state()
            const saved = throughJson(state)
            scorer.push(machine(3, 99, channels))
            expect(state).toEqual(saved)
            return other.online(options, saved)
          }
          expect(pushed(fitted, holed(), [1, 9, 30], options, restored)).toEqual(whole)
          for (const cut of [0, 12, 100, 229])
            expect(
              pushed(fitted, holed(), [1], options, (scorer, piece) =>
                piece === cut ? restored(scorer) : scorer,
              ),
            ).toEqual(whole)
        })

        it('says what it expected only when asked', async () => {
          const frame = machine(300, 12, channels)
          const plain = await scoreSeries(fitted, frame, { alignment })
          expect(plain).not.toHaveProperty('expected')
          const asked = await scoreSeries(fitted, frame, { alignment, expected: true })
          const { expected, ...scores } = asked
          expect(scores).toEqual(plain)
          expect(expected).toHaveLength(300 * channels)
          let squares = 0
          let usual = 0
          for (let i = 0; i < 300; i++) {
            for (let c = i * channels; c < (i + 1) * channels; c++) {
              const known = conformer.expects !== false && scores.reason[i] === 0
              expect(Number.isFinite(expected?.[c])).toBe(known)
              if (!known) continue
              squares += (frame.values[c] - expected![c]) ** 2
              usual += frame.values[c] ** 2
            }
          }
          expect(squares).toBeLessThanOrEqual((conformer.expects || 1.05) * usual)
        })
      })

      it('refuses the state of another scorer', () => {
        const state = fitted.online().state()
        for (const other of [
          { ...state, kind: 'online:none' },
          { ...state, version: 99 },
          { ...state, options: {} },
          { ...state, options: null },
        ])
          expect(() => fitted.online({}, other)).toThrow(expect.objectContaining({ code: 'state-unfit' }))
      })

      it('scores windows alone, and learns nothing from them', async () => {
        const count = 6
        const { windowLength } = fitted
        expect(windowLength).toBeLessThanOrEqual(fitted.contextLength)
        const frame = machine(windowLength + count - 1, 13, channels)
        const windows = new Float32Array(count * windowLength * channels)
        for (let w = 0; w < count; w++)
          windows.set(
            frame.values.subarray(w * channels, (w + windowLength) * channels),
            w * windowLength * channels,
          )
        const [out, again] = [new Float32Array(count), new Float32Array(count)]
        fitted.scoreWindows(windows, count, out)
        fitted.scoreWindows(windows, count, again)
        expect(again).toEqual(out)
        expect(out.every(Number.isFinite)).toBe(true)
        if (conformer.windowsDiffer || fitted.contextLength === Number.POSITIVE_INFINITY) return
        expect(windowLength).toBe(fitted.contextLength)
        expect(out).toEqual((await scoreSeries(fitted, frame)).score.subarray(windowLength - 1))
      })

      it('hears the abort signal while it fits, and pauses', async () => {
        const controller = new AbortController()
        let pauses = 0
        const pause = () => {
          if (++pauses === 2) controller.abort()
          return Promise.resolve()
        }
        const context = { validation, seed: 1, pause, signal: controller.signal }
        await expect(learnFrom(train, context)).rejects.toMatchObject({ code: 'interrupted' })
        expect(pauses).toBe(2)
      })

      it('hears the abort signal while it scores', async () => {
        const controller = new AbortController()
        const onProgress = () => controller.abort()
        const frame = machine(2 ** 14, 1, channels)
        await expect(
          scoreSeries(fitted, sliceFrame(frame, 0, 600), { signal: AbortSignal.abort() }),
        ).rejects.toMatchObject({ code: 'interrupted' })
        await expect(
          scoreSeries(fitted, sliceFrame(frame, 0, 300), { signal: controller.signal, onProgress }),
        ).rejects.toMatchObject({ code: 'interrupted' })
      })

      it(`looks no further back and ahead than it says${conformer.forgets === false ? ', which is without end' : ''}`, async () => {
        const finite = conformer.forgets !== false
        expect(Number.isFinite(fitted.contextLength)).toBe(finite)
        const at = 150
        const after = 50
        const n = at + (finite ? fitted.contextLength : 0) + after
        const frame = machine(n, 6, channels)
        const spoiled = changed(frame, channels - 1, at, at + 1, x => x + 20)
        for (const alignment of ALIGNMENTS) {
          const before = (await scoreSeries(fitted, frame, { alignment })).score
          const other = (await scoreSeries(fitted, spoiled, { alignment })).score
          const first = at - (alignment === 'causal' ? 0 : fitted.lookahead)
          expect(sliceOf(other, 0, first)).toEqual(sliceOf(before, 0, first))
          expect(other[at]).not.toBe(before[at])
          if (!finite) continue
          const last = at + fitted.contextLength
          expect(sliceOf(other, last, n)).toEqual(sliceOf(before, last, n))
          expect(n - last).toBe(after)
        }
      })

      it('leaves its input untouched', async () => {
        const frame = machine(100, 7, channels)
        const copy = Float32Array.from(frame.values)
        await scoreSeries(fitted, frame)
        expect(frame.values).toEqual(copy)
      })

      it(`stays finite with a channel that never moved${seesStill ? ', and sees it when it does' : ''}`, async () => {
        const still = (frame: ScaledFrame) => changed(frame, channels - 1, 0, sampleCount(frame), () => 0)
        const quiet = await learn(still(train), 1)
        const normal = (await scoreSeries(quiet, still(machine(150, 8, channels)))).score
        const moved = (
          await scoreSeries(
            quiet,
            changed(still(machine(150, 8, channels)), channels - 1, 120, 130, () => 3),
          )
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
        const { score, reason } = await scoreSeries(fitted, frame)
        expect(reason.subarray(200, 203)).toEqual(Uint8Array.of(3, 3, 3))
        expect(score[199]).not.toBeNaN()
        expect(score[399]).not.toBeNaN()
        const learnt = await learn(
          changed(train, 0, 300, 304, () => Number.NaN),
          1,
        )
        expect((await scoreSeries(learnt, machine(200, 9, channels))).score[199]).not.toBeNaN()
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
        expect(await scoreSeries(loaded, frame)).toEqual(await scoreSeries(fitted, frame))
      })

      it('scores a wild reading without losing the samples after it', async () => {
        const wild = changed(machine(300, 11, channels), 0, 150, 151, () => 1e30)
        const { score } = await scoreSeries(fitted, wild)
        expect(score[150]).not.toBeNaN()
        expect(Number.isFinite(score[299])).toBe(true)
      })
    },
  )
}
