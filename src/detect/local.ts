import type { OnlineDetector, OnlineScorer, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import type { State } from '../core/state.js'
import { clipped, scoreFromResidual, silence, sliceScores, unscored, wholeWindows } from './scores.js'

/**
 * What a detector has learnt, when the error at a sample follows from the last `contextLength` samples alone.
 */
export interface LocalModel {
  readonly contextLength: number
  /**
   * Writes the errors of samples `[start, end)` to `out[(i - start) * C + c]`. The window of each of them is whole and without NaN. The
   * bits of a sample's error depend on its window alone, not on `start`, `end` or what else `values` holds.
   */
  errors(values: Float32Array, samples: Interval, out: Float64Array): void
  state(): State
}

/** Smallest usual error, in squared standard deviations: a channel that never moved counts much when it does, but not infinitely. */
export const LEAST_ERROR = 1e-4
/** Samples between two looks at the abort signal. */
const SLICE = 4096

/**
 * The detector of a local model: the residual of a channel is its error divided by its usual error, the score their mean over channels.
 *
 * @param usual `[C]` mean error of each channel on samples that the model has not learnt from
 */
export function localDetector(model: LocalModel, usual: Float64Array): OnlineDetector {
  const { contextLength } = model
  const channels = usual.length
  const divisor = usual.map(error => error + LEAST_ERROR)

  /** Scores `values`, whose first sample is number `first` of the series; `onSlice` is called between slices. */
  function scoreFrom(
    values: Float32Array,
    first: number,
    onSlice: (done: number) => void = () => {},
  ): Scores {
    const n = values.length / channels
    const scores = unscored(n, channels)
    for (let i = 0; i < n; i++) scores.reason[i] = silence(first + i, contextLength)
    const errors = new Float64Array(Math.min(n, SLICE) * channels)
    for (const whole of wholeWindows(values, channels, contextLength)) {
      for (let start = whole.start; start < whole.end; start += SLICE) {
        const end = Math.min(start + SLICE, whole.end)
        model.errors(values, { start, end }, errors)
        for (let i = start, at = 0; i < end; i++) {
          for (let c = 0; c < channels; c++, at++) scores.residual[i * channels + c] = errors[at] / divisor[c]
          scoreFromResidual(scores, i, channels)
          scores.reason[i] = 0
        }
        onSlice(end)
      }
    }
    return scores
  }

  function online(): OnlineScorer {
    let kept = new Float32Array(0)
    let first = 0
    return {
      push(frame) {
        const before = kept.length / channels
        const values = new Float32Array(kept.length + frame.values.length)
        values.set(kept)
        values.set(clipped(frame.values), kept.length)
        const scores = scoreFrom(values, first)
        const drop = Math.max(0, values.length / channels - (contextLength - 1))
        kept = values.slice(drop * channels)
        first += drop
        return sliceScores(scores, before, before + sampleCount(frame))
      },
      finish: () => unscored(0, channels),
    }
  }

  return {
    contextLength,
    lookahead: 0,
    async score(frame: Frame, { onProgress, signal } = {}) {
      const n = sampleCount(frame)
      return scoreFrom(clipped(frame.values), 0, done => {
        if (signal?.aborted) throw createError('interrupted', { what: 'scoring' })
        onProgress?.(done, n)
      })
    },
    online,
    state() {
      const state = model.state()
      return { ...state, arrays: { ...state.arrays, usualError: { shape: [channels], data: usual } } }
    },
  }
}
