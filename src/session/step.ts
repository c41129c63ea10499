import type { DriftChange, EventChange } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { Issue } from '../validate/index.js'
import type { PublishedColumns } from './published-scale.js'

/** Samples whose scores are final, in order. */
export interface ScoredSamples extends PublishedColumns {
  /** Channels in the model's order; readings as they came. */
  readonly frame: Frame
  /** `[N]` 1.0 = threshold; NaN where not scored. */
  readonly score: Float32Array
  /** `[N]` 1 where the score is above 1. */
  readonly flag: Uint8Array
  /** `[N * C]` normalised error of each channel: their mean is the score. */
  readonly residual: Float32Array
  /** `[N]` index into `REASONS`: why a sample has no score; 0 = it has one. */
  readonly reason: Uint8Array
  /** `[N]` share of the channels whose reading was there and within the reach of the history, 0 to 1. */
  readonly trust: Float32Array
  /** `[N * C]` what the detector expected, in the units of the channels; NaN where it does not know. Only when it was asked for. */
  readonly expected?: Float64Array
  /** `[N]` how unusual each sample is without smoothing, see `Scores.sharp`; only of detectors that smooth. */
  readonly sharp?: Float32Array
}

/** What became known with some samples. Nothing in it is taken back later. */
export interface Step {
  readonly scored: ScoredSamples
  /** Events that opened, continued or closed, in order. */
  readonly events: readonly EventChange[]
  /** Drifts that opened, changed again or closed, in order; only with `watchDrift`. */
  readonly drifts?: readonly DriftChange[]
  /** What was wrong with the samples that came in; in the step of `finish` the issues of the whole series. */
  readonly issues: readonly Issue[]
  /** Samples that have no final score yet. */
  readonly waiting: number
}
