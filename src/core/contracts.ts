import type { Frame, Interval, ScaledFrame } from './frame.js'
import type { State, Tensor } from './state.js'

/** Learns how each channel is scaled. */
export interface Scaler {
  fit(train: Frame): FittedScaler
}
export interface FittedScaler {
  /** Same samples and channels, float32 values; the input is not touched. */
  transform(frame: Frame): ScaledFrame
  /** Back to the units of the readings, float64. */
  inverse(frame: ScaledFrame): Frame
  state(): State
}

/**
 * How a score uses its surroundings: `causal` from the samples up to it, for what is live; `two-sided` also from later ones, sharper in time, for a
 * history.
 */
export const ALIGNMENTS = ['causal', 'two-sided'] as const
export type Alignment = (typeof ALIGNMENTS)[number]

/** Per-sample result of a detector, before calibration. */
export interface Scores {
  /** `[N]` higher = more anomalous; NaN where the sample was not scored. */
  readonly score: Float32Array
  /** `[N * C]` row-major normalised error of each channel: their mean is the score; NaN where not scored. */
  readonly residual: Float32Array
  /** `[N]` index into `REASONS`; 0 = scored. */
  readonly reason: Uint8Array
  /**
   * `[N * C]` what the detector expected of each channel, in the units of the scaled frame; NaN where it does not know. Only when
   * `OnlineOptions.expected` asks for it.
   */
  readonly expected?: Float32Array
  /**
   * `[N]` how far the sample alone stands out, without its neighbours: logarithm of the error of the channel that stands out most, over an error that 5 % of
   * normal samples exceed in some channel. Above 0 = unusual; NaN where not scored. Only of detectors that smooth: it places their events in time.
   */
  readonly sharp?: Float32Array
}

/**
 * Why a sample has no score: too few samples since the start or the last gap (`warm-up`), left out by the stride, a reading that nothing may fill
 * (`missing`), or a time before that of an earlier sample (`order`). Index 0 means that it has one.
 */
export const REASONS = ['', 'warm-up', 'stride', 'missing', 'order'] as const
export type Reason = (typeof REASONS)[number]

/** What a fit reports while it runs. */
export interface FitProgress {
  readonly epoch: number
  readonly epochs: number
  readonly step: number
  readonly steps: number
  readonly loss: number
  /** Of the last finished epoch; NaN before the first one ends. */
  readonly validationLoss: number
  /** True once per epoch, when its validation loss is known. */
  readonly epochEnd: boolean
  /** Training that is under way, counted from 0, of `rounds`: more than one when a contaminated history is trimmed. */
  readonly round: number
  readonly rounds: number
}

/** The held-back part and the hooks of a fit. */
export interface FitContext {
  /** Later part of the history, a window's gap after the training part: decides when to stop. */
  readonly validation: ScaledFrame
  /** Intervals of consecutive usable samples of each part: windows stay inside. Default: each part is one interval. */
  readonly segments?: { readonly train: readonly Interval[]; readonly validation: readonly Interval[] }
  readonly seed: number
  /** Time zone whose days and weeks the machine follows. Default: UTC. */
  readonly timeZone?: string
  onProgress?(progress: FitProgress): void
  readonly signal?: AbortSignal
  /** Yields to the event loop. Called often; it decides itself when to yield. Default: never. */
  pause?(): Promise<void> | undefined
  /** On abort, keep the best weights so far instead of raising `interrupted`. */
  readonly keepBest?: boolean
  /** Called at the end of each epoch with the state of the fit, and awaited. */
  onCheckpoint?(checkpoint: State): Promise<void>
  /** A checkpoint of the same fit: the fit continues from it and ends with the same result. */
  readonly resume?: State
}

export interface Detector {
  fit(train: ScaledFrame, context: FitContext): Promise<FittedDetector>
}
export interface FittedDetector {
  /** Number of samples up to and including i that determine its score; Infinity when the detector never forgets. */
  readonly contextLength: number
  /** Smallest number of samples of a series that has a score. Default: `contextLength`. */
  readonly fewestSamples?: number
  /** Number of samples after i that determine its two-sided score; a causal score needs none. */
  readonly lookahead: number
  /**
   * A scorer of a new series, or one that continues another scorer with the same bits.
   *
   * @param from `state()` of a scorer of the same detector with the same options
   */
  online(options?: OnlineOptions, from?: State): OnlineScorer
  /** Samples of a window that `scoreWindows` takes: finite, at most `contextLength`. */
  readonly windowLength: number
  /**
   * The causal score of the last sample of each window, from that window alone: synchronous and pure, nothing is learnt. For detectors of finite
   * context it is what `online` gives.
   *
   * @param values `[count * windowLength * C]` scaled, without NaN
   * @param out `[count]`
   */
  scoreWindows(values: Float32Array, count: number, out: Float32Array): void
  /**
   * The gradient of what `scoreWindows` gives with respect to each reading of the windows; only of detectors that have one: single networks.
   *
   * @param values `[count * windowLength * C]` scaled, without NaN
   * @param out `[count * windowLength * C]`
   */
  scoreGradient?(values: Float32Array, out: Float32Array): void
  /**
   * What each attention layer looks at in one window, `[heads, steps, steps]` per layer; only of networks that have such layers.
   *
   * @param window `[windowLength * C]` scaled, without NaN
   */
  attention?(window: Float32Array): Tensor[]
  state(): State
}

export interface OnlineOptions {
  /** Default `causal`. */
  readonly alignment?: Alignment
  /** Windows scored together; changes speed and memory, never the result. */
  readonly batchSize?: number
  /** Distance between scored windows, samples; default 1. */
  readonly stride?: number
  /** Whether scores hold `expected`. Default false. */
  readonly expected?: boolean
}

/**
 * Scores a series in parts of any length. The joined results of `push` and `finish` have the same bits for every split. A causal score is final at
 * once, a two-sided one after `lookahead` later samples.
 */
export interface OnlineScorer {
  /** The scores that became final with these samples; their order is that of the samples. */
  push(frame: ScaledFrame): Scores
  /** The scores of the samples that still waited for later ones. The scorer takes no more samples. */
  finish(): Scores
  /** The state of the scorer; `online` with the same options continues from it. Not after `finish`. */
  state(): State
}

/** Learns a level from the raw scores of held-back normal data. */
export interface Threshold {
  fit(scores: Float32Array): FittedThreshold
}
export interface FittedThreshold {
  /** Raw score that becomes 1.0. */
  readonly level: number
  state(): State
}

/** A maximal flagged interval after merging. */
export interface AnomalyEvent {
  readonly id: string
  /** Half-open range of samples. */
  readonly start: number
  readonly end: number
  /** Start of the rise: first sample of the run above 0.9 of the threshold that leads to `start`; `start` itself where errors of single samples place it. */
  readonly onset: number
  /** Sample with the highest score, or the largest error where errors of single samples place the event. */
  readonly peak: number
  /** Times of these samples, and of the last one, in the kind of the series: ms since epoch, or row numbers. */
  readonly times: EventTimes
  readonly score: number
  /** Share of healthy scores that are at least as high as its peak; absent where no calibration scores are known. */
  readonly pValue?: number
  /** 0..100, from the score at the peak and the duration. */
  readonly severity: number
  /** Channels with their share in the residual over the event; shares sum to 1. Those that explain the event first, then the largest share first. */
  readonly channels: readonly { readonly name: string; readonly share: number }[]
  /** What it looks like, where it was explained. */
  readonly explanation?: EventSummary
}

/** An explained event in a few words. */
export interface EventSummary {
  /** The kind of fault, such as `drift`; `unclear` where none of the known kinds fits. */
  readonly kind: string
  /** Where to look first: `sensor`, `machine`, `operation` or `unclear`. */
  readonly verdict: string
  /** The rule that decided. */
  readonly reason: string
  /** What a technician would say. */
  readonly sentence: string
}

/** When an event was: ms since epoch (UTC), or row numbers in a series without times. */
export interface EventTimes {
  readonly startMs: number
  /** Of its last sample. */
  readonly lastMs: number
  readonly onsetMs: number
  readonly peakMs: number
}

/** What happened to an event of a device: it opened, continued or closed. A long event that continues is reported at some of its lengths only. */
export interface EventChange {
  readonly type: 'opened' | 'updated' | 'closed'
  /** As it is now; an open one may still grow. */
  readonly event: AnomalyEvent
}

/** How raw scores become events at a level, for code that counts events. Lengths in samples. */
export interface EventCounting {
  /**
   * Events of a series whose threshold is `level`; NaN is a sample without a flag.
   *
   * @param options.cooling false counts as if there was no cool-down
   */
  count(scores: ArrayLike<number>, level: number, options?: { readonly cooling?: boolean }): number
  /** Consecutive samples at or below `closeBelow` times the level after which later events are independent of earlier ones. */
  readonly calm: number
  readonly closeBelow: number
  /** As a multiple of the level; Infinity = no score is critical. */
  readonly criticalScore: number
  readonly coolDown: number
}

/** A drift of one signal. */
export interface SignalDrift {
  /** Equal for all changes of the same drift. */
  readonly id: string
  /** A channel, or `score`. */
  readonly signal: string
  /** The test that found it. */
  readonly method: string
  /** About when it began, and when the last change was found. */
  readonly times: { readonly startMs: number; readonly lastMs: number }
  /** Averages before the drift and after its last change, in the unit of the signal. */
  readonly before: number
  readonly after: number
  /** Changes that were found, at least 1. */
  readonly changes: number
}

/** What a drift calls for. */
export type DriftAdvice = 'ok' | 'recalibrate' | 'retrain' | 'check sensor' | 'unknown'

export interface DriftChange {
  readonly type: 'opened' | 'updated' | 'closed'
  readonly drift: SignalDrift
  /** What all drifts that are open now call for, and a sentence that says why. */
  readonly verdict: DriftAdvice
  readonly reason: string
}
