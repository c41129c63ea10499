import type { OnlineDetector, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, sampleCount } from '../core/frame.js'
import type { State } from '../core/state.js'
import { type CrossFitted, type Judge, withHeldBack } from './cross-fit.js'
import { LEAST_ERROR } from './local.js'
import { clipped, requireWindows, scoreFromResidual, silence, unscored } from './scores.js'

/** Writes the errors `[C]` of one sample to `out` and moves on; the reading of every channel is there. */
export type Step = (row: Float32Array, timeMs: number, out: Float64Array) => void

/** What a detector has learnt, when it walks along the series with a state of its own. */
export interface RunningModel {
  /** Infinity when the state never forgets. */
  readonly contextLength: number
  /** A walk from the first sample of a series. */
  start(): Step
  state(): State
}

/**
 * The detector of a running model: the residual of a channel is its error divided by its usual error, the score their mean over channels.
 * A sample with a missing reading is not scored and does not move the state.
 *
 * @param usual `[C]` mean error of each channel on normal samples
 */
export function runningDetector(model: RunningModel, usual: Float64Array): OnlineDetector {
  const channels = usual.length
  const errors = new Float64Array(channels)

  function walk(step: Step, frame: Frame): Scores {
    const n = sampleCount(frame)
    const values = clipped(frame.values)
    const scores = unscored(n, channels)
    for (let i = 0; i < n; i++) {
      const row = values.subarray(i * channels, (i + 1) * channels)
      if (row.some(Number.isNaN)) {
        scores.reason[i] = silence(i, 1)
        continue
      }
      step(row, frame.timeMs[i], errors)
      for (let c = 0; c < channels; c++)
        scores.residual[i * channels + c] = errors[c] / (usual[c] + LEAST_ERROR)
      scoreFromResidual(scores, i, channels)
    }
    return scores
  }

  return {
    contextLength: model.contextLength,
    fewestSamples: 1,
    lookahead: 0,
    async score(frame, { onProgress, signal } = {}) {
      if (signal?.aborted) throw createError('interrupted', { what: 'scoring' })
      const scores = walk(model.start(), frame)
      onProgress?.(sampleCount(frame), sampleCount(frame))
      return scores
    },
    online() {
      const step = model.start()
      return { push: frame => walk(step, frame), finish: () => unscored(0, channels) }
    },
    state() {
      const state = model.state()
      return { ...state, arrays: { ...state.arrays, usualError: { shape: [channels], data: usual } } }
    },
  }
}

/** Standardises a running model by one walk over the training part: for models that learn so little that none of it need be held back. */
export function fitRunning(model: RunningModel, train: Frame, joint = false): CrossFitted {
  const channels = train.channels.length
  const rows = wholeRows(train)
  const judge: Judge = (values, errors) => {
    const step = model.start()
    for (const { i } of rows) {
      const [from, to] = [i * channels, (i + 1) * channels]
      step(values.subarray(from, to), train.timeMs[i], errors.subarray(from, to))
    }
  }
  return withHeldBack(train, judge, usual => runningDetector(model, usual), joint)
}

/** The samples that have a reading in every channel. Throws `data-too-short` when there is none. */
export function wholeRows(train: Frame): { readonly i: number; readonly row: Float32Array }[] {
  const channels = train.channels.length
  const values = clipped(train.values)
  const rows = Array.from({ length: sampleCount(train) }, (_, i) => ({
    i,
    row: values.subarray(i * channels, (i + 1) * channels),
  })).filter(({ row }) => !row.some(Number.isNaN))
  requireWindows(rows.length, 1, 1)
  return rows
}

/** The numbers of a channel over the training part, without missing ones. */
export function column(train: Frame, channel: number): Float64Array {
  const channels = train.channels.length
  const values = clipped(train.values)
  return Float64Array.from({ length: sampleCount(train) }, (_, i) => values[i * channels + channel]).filter(
    value => !Number.isNaN(value),
  )
}

/** An array that a saved detector cannot do without. */
export function stored(state: State, name: string): Float64Array {
  const tensor = state.arrays[name]
  if (!tensor)
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: `${name} is missing`,
    })
  return Float64Array.from(tensor.data)
}
