import type { FittedDetector, OnlineOptions, OnlineScorer, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type ScaledFrame, sampleCount } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { checkOptions, checkState, type State, vector } from '../core/state.js'
import { type CrossFitted, type HeldBackScorer, SCORED_AT_ONCE, withHeldBack } from './cross-fit.js'
import { LEAST_ERROR } from './local.js'
import { clip, clipped, isWhole, MISSING, requireWindows, scoreFromResidual, unscored } from './scores.js'
import { windowsOnline } from './windows.js'

/** A walk along a series. */
export interface Walk {
  /**
   * Writes the errors `[C]` of one sample to `out` and moves on; the reading of every channel is there.
   *
   * @param timeMs NaN = a sample outside of any series: a model with seasons takes the part of the season in which it is least unusual, one that learns
   * while it scores does not learn from it
   * @param expected `[C]` when given, what was expected of each channel; untouched where the model does not know
   */
  step(row: Float32Array, timeMs: number, out: Float64Array, expected?: Float32Array): void
  /** Everything that it remembers of the samples before: the arrays that it writes to. */
  readonly memory: Readonly<Record<string, Float32Array | Float64Array>>
}

/** What a detector has learnt, when it walks along the series with a memory of its own. */
export interface RunningModel {
  /** Infinity when the memory never ends. */
  readonly contextLength: number
  /** Samples of a window whose last one has about the score that it would have in a series; the context where that is finite. */
  readonly windowLength: number
  /** A walk from the first sample of a series. */
  start(): Walk
  state(): State
}

const KIND = 'online:running'

/**
 * The detector of a running model: the residual of a channel is its error divided by its usual error, the score their mean over channels. Causal, whatever
 * the alignment. A sample with a missing reading is not scored and does not move the memory.
 *
 * @param usual `[C]` mean error of each channel on normal samples
 */
export function runningDetector(model: RunningModel, usual: Float64Array): FittedDetector {
  const channels = usual.length
  const divisor = usual.map(error => error + LEAST_ERROR)
  const errors = new Float64Array(channels)

  function score({ step }: Walk, frame: ScaledFrame, withExpected: boolean): Scores {
    const n = sampleCount(frame)
    const values = clipped(frame.values)
    const scores = unscored(n, channels, withExpected)
    const { residual, reason, expected } = scores
    for (let i = 0, at = 0; i < n; i++, at += channels) {
      if (!isWhole(values, channels, i)) {
        reason[i] = MISSING
        continue
      }
      const end = at + channels
      step(values.subarray(at, end), frame.timeMs[i], errors, expected?.subarray(at, end))
      for (let c = 0; c < channels; c++) residual[at + c] = errors[c] / divisor[c]
      scoreFromResidual(scores, i, channels)
    }
    return scores
  }

  function online({ expected = false }: OnlineOptions = {}, from?: State): OnlineScorer {
    const walk = model.start()
    const memory = Object.entries(walk.memory)
    if (from) {
      checkState(from, KIND, 1, Object.fromEntries(memory.map(([name, { length }]) => [name, length])))
      checkOptions(from, { channels })
      for (const [name, array] of memory) array.set(from.arrays[name].data)
    }
    return {
      push: frame => score(walk, frame, expected),
      finish: () => unscored(0, channels, expected),
      state: () => ({
        kind: KIND,
        version: 1,
        options: { channels },
        arrays: Object.fromEntries(memory.map(([name, array]) => [name, vector(array.slice())])),
      }),
    }
  }

  const { contextLength, windowLength } = model
  return {
    contextLength,
    fewestSamples: 1,
    lookahead: 0,
    windowLength,
    online,
    scoreWindows: windowsOnline({ online, windowLength }, channels),
    state() {
      const state = model.state()
      return { ...state, arrays: { ...state.arrays, usualError: vector(usual) } }
    },
  }
}

/** Standardises a running model by one walk over the training part: for models that learn so little that none of it need be held back. */
export function fitRunning(
  model: RunningModel,
  train: ScaledFrame,
  pauses: Pauses,
  joint = false,
): Promise<CrossFitted> {
  const channels = train.channels.length
  const scorer: HeldBackScorer = async (values, errors, pauses) => {
    const { step } = model.start()
    let scored = 0
    for (let i = 0, from = 0; i < train.timeMs.length; i++, from += channels) {
      // Of other readings too the missing ones stay where they were.
      if (!isWhole(values, channels, i)) continue
      step(values.subarray(from, from + channels), train.timeMs[i], errors.subarray(from, from + channels))
      if (++scored % SCORED_AT_ONCE === 0) await breathe(pauses)
    }
    requireWindows(scored, 1, 1)
  }
  return withHeldBack(train, scorer, usual => runningDetector(model, usual), pauses, joint)
}

/** The samples that have a reading in every channel, as views. Throws `data-too-short` when there is none. */
export function wholeRows(train: ScaledFrame): Float32Array[] {
  const channels = train.channels.length
  const values = clipped(train.values)
  const rows: Float32Array[] = []
  for (let i = 0; i < sampleCount(train); i++)
    if (isWhole(values, channels, i)) rows.push(values.subarray(i * channels, (i + 1) * channels))
  requireWindows(rows.length, 1, 1)
  return rows
}

/** The numbers of a channel over the training part, without missing ones. */
export function column({ values, channels }: ScaledFrame, channel: number): Float64Array {
  const found = new Float64Array(values.length / channels.length)
  let count = 0
  for (let at = channel; at < values.length; at += channels.length) {
    const value = clip(values[at])
    if (!Number.isNaN(value)) found[count++] = value
  }
  return found.subarray(0, count)
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
