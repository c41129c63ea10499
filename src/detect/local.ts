import type { FittedDetector, OnlineOptions, OnlineScorer, Scores } from '../core/contracts.js'
import type { Interval } from '../core/frame.js'
import { checkOptions, checkState, countIn, type State, vector } from '../core/state.js'
import { clipped, scoreFromResidual, silence, unscored, wholeWindows } from './scores.js'
import { createTail } from './tail.js'

/**
 * What a detector has learnt, when the error at a sample follows from the last `contextLength` samples alone.
 */
export interface LocalModel {
  readonly contextLength: number
  /**
   * Writes the errors of samples `[start, end)` to `out[(i - start) * C + c]`. The window of each of them is whole and without NaN. The
   * bits of a sample's error depend on its window alone, not on `start`, `end` or what else `values` holds.
   *
   * @param expected when given, what was expected of each channel, in the same places; untouched where the model does not know
   */
  errors(values: Float32Array, samples: Interval, out: Float64Array, expected?: Float32Array): void
  state(): State
}

/** Smallest usual error of a channel, in squared scaled units: a channel that never moved counts much when it does, but not infinitely. */
export const LEAST_ERROR = 1e-4
/** Most samples whose errors are found at once. */
const SLICE = 4096
const KIND = 'online:local'

/**
 * The detector of a local model: the residual of a channel is its error divided by its usual error, the score their mean over channels. Causal, whatever
 * the alignment.
 *
 * @param usual `[C]` mean error of each channel on samples that the model has not learnt from
 */
export function localDetector(model: LocalModel, usual: Float64Array): FittedDetector {
  const { contextLength } = model
  const channels = usual.length
  const divisor = usual.map(error => error + LEAST_ERROR)
  /** Errors of a few samples; pieces of one sample make no array of their own. */
  const few = new Float64Array(8 * channels)

  /** Scores samples `[from, n)` of `values`; those before only fill windows. `seen` samples of the series came before `from`. */
  function scoreFrom(values: Float32Array, from: number, seen: number, withExpected: boolean): Scores {
    const n = values.length / channels
    const scores = unscored(n - from, channels, withExpected)
    const { residual, reason, expected } = scores
    for (let i = 0; i < n - from; i++) reason[i] = silence(seen + i, contextLength)
    const most = Math.min(n - from, SLICE) * channels
    const errors = most <= few.length ? few : new Float64Array(most)
    for (const whole of wholeWindows(values, channels, contextLength, from)) {
      for (let start = whole.start; start < whole.end; start += SLICE) {
        const end = Math.min(start + SLICE, whole.end)
        model.errors(values, { start, end }, errors, expected?.subarray((start - from) * channels))
        for (let i = start - from, at = 0; i < end - from; i++) {
          for (let c = 0; c < channels; c++, at++) residual[i * channels + c] = errors[at] / divisor[c]
          scoreFromResidual(scores, i, channels)
          reason[i] = 0
        }
      }
    }
    return scores
  }

  function online({ expected = false }: OnlineOptions = {}, from?: State): OnlineScorer {
    let seen = 0
    if (from) {
      checkOptions(from, { channels, contextLength })
      seen = countIn(from, 'seen')
      checkState(from, KIND, 1, { samples: Math.min(seen, contextLength - 1) * channels })
    }
    const tail = createTail(Float32Array, channels, contextLength - 1, from?.arrays.samples.data)
    return {
      push(frame) {
        const values = tail.append(clipped(frame.values))
        const fresh = frame.timeMs.length
        const scores = scoreFrom(values, values.length / channels - fresh, seen, expected)
        seen += fresh
        return scores
      },
      finish: () => unscored(0, channels, expected),
      state: () => ({
        kind: KIND,
        version: 1,
        options: { channels, contextLength, seen },
        arrays: { samples: vector(tail.kept()) },
      }),
    }
  }

  const size = contextLength * channels
  return {
    contextLength,
    windowLength: contextLength,
    lookahead: 0,
    online,
    scoreWindows(values, count, out) {
      for (let w = 0; w < count; w++) {
        const window = clipped(values.subarray(w * size, (w + 1) * size))
        out[w] = scoreFrom(window, contextLength - 1, contextLength - 1, false).score[0]
      }
    },
    state() {
      const state = model.state()
      return { ...state, arrays: { ...state.arrays, usualError: vector(usual) } }
    },
  }
}
