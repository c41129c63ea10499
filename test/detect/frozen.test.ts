import { beforeAll, describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../src/core/contracts.js'
import { type ScaledFrame, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { frozenLimits, lastRuns, watchRuns } from '../../src/detect/frozen.js'
import { auto, type CrossFittedEnsemble, detectorLoader, scoreSeries } from '../../src/detect/index.js'
import { joinScores } from '../../src/detect/scores.js'
import { frameOf, machine, throughJson } from './suite.js'

/** Channels that often repeat a reading, some of it missing. */
function repeating(n: number, channels: number, seed: number): ScaledFrame {
  const random = createRandom(seed)
  const values = new Float32Array(n * channels)
  for (let k = 0; k < values.length; k++) {
    const isHeld = k >= channels && random.uniform() < (k % channels === 0 ? 0.97 : 0.6)
    values[k] = isHeld ? values[k - channels] : random.uniform() < 0.02 ? Number.NaN : random.normal()
  }
  return frameOf(values, channels)
}

/** The definition: counted anew for each sample. */
function runsByDefinition(frame: ScaledFrame, memory: number, lookahead: number): number[] {
  const width = frame.channels.length
  const n = frame.values.length / width
  const repeats = (i: number, c: number) =>
    i > 0 && frame.values[i * width + c] === frame.values[(i - 1) * width + c]
  const signedRun = (i: number, c: number) => {
    let run = 1
    while (run < memory && repeats(i - run + 1, c)) run++
    let others = 0
    for (let k = i - memory + 2; k <= i - run + 1; k++) if (repeats(k, c)) others++
    return run > 2 * others ? run : -run
  }
  return Array.from({ length: n * width }, (_, k) => {
    const [first, c] = [Math.floor(k / width), k % width]
    let i = first
    while (i - first < lookahead && i + 1 < n && repeats(i + 1, c)) i++
    return signedRun(i, c)
  })
}

describe('watchRuns', () => {
  it.each([
    [20, 0],
    [20, 20],
    [7, 3],
    [2, 0],
  ])(
    'counts as the definition does, in pieces and through a saved state: memory %d, lookahead %d',
    (memory, lookahead) => {
      const frame = repeating(400, 2, 5)
      const wanted = runsByDefinition(frame, memory, lookahead)
      for (const sizes of [[400], [1], [13, 1, 50]]) {
        let watch = watchRuns(memory, 2, lookahead)
        const got: number[] = []
        for (let at = 0, k = 0; at < 400; k++) {
          const end = Math.min(400, at + sizes[k % sizes.length])
          watch.push(sliceFrame(frame, at, end))
          // As much as is known for sure.
          got.push(...watch.take(Math.max(0, end - lookahead - got.length / 2)))
          if (k % 3 === 1) watch = watchRuns(memory, 2, lookahead, throughJson(watch.state()))
          at = end
        }
        got.push(...watch.take(400 - got.length / 2))
        expect(got).toEqual(wanted)
      }
      expect([...lastRuns(frame, memory)]).toEqual(runsByDefinition(frame, memory, 0).slice(-2))
    },
  )

  it('refuses the state of another memory', () => {
    const state = watchRuns(8, 2, 0).state()
    expect(() => watchRuns(9, 2, 0, state)).toThrow(expect.objectContaining({ code: 'state-unfit' }))
  })
})

const counts = (...all: number[]) => Uint8Array.from(all)

describe('frozenLimits', () => {
  it('are twice the longest run of the history, at least 10, and none where readings often rest', () => {
    const values = Float32Array.from({ length: 4 * 100 }, (_, k) => {
      const i = Math.floor(k / 4)
      return [i, Math.floor(i / 7), Math.floor(i / 30), i][k % 4]
    })
    const frame = frameOf(values, 4)
    expect(frozenLimits([frame], counts(3, 3, 3, 2), 50)).toEqual(
      Float64Array.of(10, 14, Number.NaN, Number.NaN),
    )
    expect(frozenLimits([frame, frameOf(new Float32Array(40), 4)], counts(3, 3, 3, 3), 50)).toEqual(
      Float64Array.of(20, 20, Number.NaN, 20),
    )
    expect(frozenLimits([frame], counts(3, 3, 3, 3), 10)).toBeUndefined()
  })
})

describe('a channel that repeats its reading', () => {
  const context = { validation: frameOf(new Float32Array(0), 3), seed: 1 }
  const [START, END] = [500, 560]
  let fitted: CrossFittedEnsemble
  let highest: number
  beforeAll(async () => {
    fitted = await auto().fit(machine(1500, 1), context)
    highest = Math.max(...(await fitted.heldBack!('two-sided')).score.filter(Number.isFinite))
  })
  const frozen = (change: (x: number, i: number) => number): ScaledFrame => {
    const frame = machine(700, 2)
    for (let i = START; i < END; i++) frame.values[3 * i + 1] = change(frame.values[3 * i + 1], i)
    return frame
  }
  const { values } = machine(700, 2)
  const stuck = frozen(() => values[3 * START + 1])

  it('is above every normal score from its first reading to its last, and named', async () => {
    const { score, residual, sharp } = await scoreSeries(fitted, stuck, { alignment: 'two-sided' })
    const parts = [0, 0, 0]
    for (let i = START; i < END; i++) {
      expect(score[i]).toBeGreaterThan(highest)
      expect(sharp![i]).toBeGreaterThan(0)
      for (let c = 0; c < 3; c++) parts[c] += residual[3 * i + c]
    }
    expect(parts[1]).toBeGreaterThan(Math.max(parts[0], parts[2]))
  })

  it('live is so once the run is longer than its limit', async () => {
    const { score } = await scoreSeries(fitted, stuck, { alignment: 'causal' })
    const held = (await fitted.heldBack!('causal')).score
    const most = Math.max(...held.filter(Number.isFinite))
    for (let i = START + 10; i < END; i++) expect(score[i]).toBeGreaterThan(most)
  })

  it('is not frozen when its readings have come to be rounded', async () => {
    const rounded = machine(700, 2)
    for (let i = 0; i < 700; i++) rounded.values[3 * i + 1] = Math.round(rounded.values[3 * i + 1] / 3)
    const watch = watchRuns(352, 3, 0)
    watch.push(rounded)
    const runs = watch.take(700).filter((_, k) => k % 3 === 1)
    const long = runs.filter(run => Math.abs(run) > 10)
    expect(long.length).toBeGreaterThan(100)
    expect(long.filter(run => run > 0).length).toBeLessThan(0.1 * long.length)
  })

  it.each(ALIGNMENTS)(
    'scores alike in pieces, from a saved state and of a saved model, %s',
    async alignment => {
      const whole = await scoreSeries(fitted, stuck, { alignment })
      const restored = detectorLoader()(throughJson(fitted.state()))
      let scorer = restored.online({ alignment })
      const parts = []
      for (let at = 0; at < 700; at += 45) {
        parts.push(scorer.push(sliceFrame(stuck, at, Math.min(700, at + 45))))
        scorer = restored.online({ alignment }, throughJson(scorer.state()))
      }
      const { score, residual } = joinScores([...parts, scorer.finish()])
      expect(score).toEqual(whole.score)
      expect(residual).toEqual(whole.residual)
    },
  )

  it('has the live score in a window', async () => {
    const { score } = await scoreSeries(fitted, stuck, { alignment: 'causal' })
    const length = fitted.windowLength
    const out = new Float32Array(1)
    for (const end of [START + 9, START + 11, END]) {
      const window = new Float32Array(length * 3)
      window.set(stuck.values.subarray((end - length) * 3, end * 3))
      fitted.scoreWindows!(window, 1, out)
      expect(out[0]).toBeCloseTo(score[end - 1], 4)
    }
  })
})
