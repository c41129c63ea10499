import type { Alignment, FittedDetector, FittedScaler, FittedThreshold } from '../core/contracts.js'
import type { Json } from '../core/state.js'
import type { FittedRegimes } from '../detect/index.js'
import type { EventRules } from '../events/index.js'
import type {
  AdaptOptions,
  AlarmPromise,
  FittedRegimeThreshold,
  ThresholdOptions,
} from '../threshold/index.js'
import type { DataSchema, MissingOptions } from '../validate/index.js'
import type { RegimeFacts } from './regimes.js'

/** What a model says about the blocks it was trained on. */
export interface BlocksInfo {
  /** Stretches of the history that follow on each other without a gap. */
  readonly count: number
  /** Samples of the whole history, and its first and last time. */
  readonly ofRows: number
  readonly from: number
  readonly to: number
  /** Parts of the schema that are of all samples, not only of the blocks. */
  readonly ofAllRows: readonly string[]
}

/** A detector that takes part in another. One alone, and those of models made before they were kept, have neither weight nor skill. */
export interface MemberInfo {
  readonly name: string
  /** Why it is there. */
  readonly reason: string
  /** Share in the score; the weights sum to 1. */
  readonly weight?: number
  /** Chance that a sample of an injected fault scores higher than a normal one, see `memberSkills`; `null` when it cannot be told. */
  readonly skill?: number | null
  /** Time that learning took. */
  readonly seconds?: number
}

/** How a model scores when nothing else is asked for, resolved once in training. */
export interface ModelSettings {
  readonly missing: MissingOptions
  readonly events: EventRules
  readonly adapt: AdaptOptions
  /** The rule that the stored thresholds were found by. */
  readonly threshold: ThresholdOptions
}

/** What a model says about itself; `manifest.json` holds it together with the state of the stages. */
export interface ModelInfo {
  /** SHA-256 over all that the model is: two models with the same id are the same. */
  readonly id: string
  readonly kind: string
  /** Name of the architecture of a network, or of each of a committee. */
  readonly architecture?: string
  /** Detectors that are combined, and why each is there. */
  readonly members?: readonly MemberInfo[]
  readonly createdAt: string
  readonly versions: { readonly telltale: string; readonly node: string; readonly kernels: string }
  /** The device that it was trained on, where a table of several was given. */
  readonly device?: string
  readonly channels: readonly string[]
  readonly timeColumn: string | null
  readonly labelColumn: string | null
  readonly window: number
  readonly stride: number
  /** What the history looked like; models of telltale 0.1 before it was kept have none. */
  readonly schema?: DataSchema
  readonly seed: number
  /** Trainable numbers of a network. */
  readonly parameters: number | null
  /** How it scores when nothing else is asked for: every default filled in. */
  readonly settings: ModelSettings
  /** What was asked for in the training, as it was given. */
  readonly options: { readonly [key: string]: Json }
  readonly training: {
    readonly rows: number
    /** Of a history larger than memory: the rows are those of so many blocks of it. */
    readonly blocks?: BlocksInfo
    readonly timeKind: 'utc' | 'index'
    /** First and last time of the history. */
    readonly from: number
    readonly to: number
    /** SHA-256 over times and values. */
    readonly dataSha256: string
    readonly parts: { readonly [part: string]: { readonly start: number; readonly end: number } }
    /** Of a network. */
    readonly epochs: number | null
    readonly bestEpoch: number | null
    readonly bestValidationLoss: number | null
    readonly seconds: number
  }
  /** Of each alignment that it can be scored with. */
  readonly calibration: Readonly<Partial<Record<Alignment, CalibrationInfo>>>
}

/** What a model says of its calibration for one alignment. */
export interface CalibrationInfo {
  readonly samples: number
  readonly method: string
  /** Raw score that becomes 1.0. */
  readonly level: number
  /** Alarms a day to expect; null without regular times, absent in models made before it was kept. */
  readonly promise?: AlarmPromise | null
  /** What `--regimes` found; absent when it is off. */
  readonly regimes?: readonly RegimeFacts[]
}

/** How raw scores of one alignment become published ones. */
export interface Calibration {
  readonly threshold: FittedThreshold
  /**
   * Scores of held-back normal data in time order, in units of their regime, NaN where there is none: other thresholds are found from them
   * without the data.
   */
  readonly scores: Float32Array
  /** How high normal scores are in each regime, where the model has regimes. */
  readonly levels?: FittedRegimeThreshold
}

/** A trained model: the stages and what it says about itself. */
export interface Model {
  readonly info: ModelInfo
  readonly scaler: FittedScaler
  readonly detector: FittedDetector
  /** Both for a model of today; models of telltale 0.1 were calibrated for one alignment. */
  readonly calibrations: Readonly<Partial<Record<Alignment, Calibration>>>
  /** Of the machine, when there are any: scores are brought into units of their regime before the threshold. */
  readonly regimes?: FittedRegimes
  /** Principal components of what the detector learnt from, see `fitBaseline`; models made before they were kept have none. */
  readonly baseline?: FittedDetector
}
