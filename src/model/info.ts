import type { FittedScaler, FittedThreshold, OnlineDetector } from '../core/contracts.js'
import type { Json } from '../core/state.js'
import type { AlarmPromise } from '../threshold/index.js'
import type { DataSchema } from '../validate/index.js'
import type { ModelRegimes, RegimeFacts } from './regimes.js'

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

/** What a model says about itself; `manifest.json` holds it together with the state of the stages. */
export interface ModelInfo {
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
  /** What `--regimes` found; absent when it is off. */
  readonly regimes?: readonly RegimeFacts[]
  readonly calibration: {
    readonly samples: number
    readonly method: string
    readonly level: number
    /** Alarms a day to expect; null without regular times, absent in models made before it was kept. */
    readonly promise?: AlarmPromise | null
  }
}

/** A trained model: the stages and what it says about itself. */
export interface Model {
  readonly info: ModelInfo
  readonly scaler: FittedScaler
  readonly detector: OnlineDetector
  readonly threshold: FittedThreshold
  /** Of the machine, when there are any: scores are brought into units of their regime before the threshold. */
  readonly regimes?: ModelRegimes
  /**
   * Scores of the held-back calibration part in time order, in units of their regime, NaN where there is none: other thresholds are found from them
   * without the data.
   */
  readonly calibrationScores: Float32Array
  /** Principal components of what the detector learnt from, see `fitBaseline`; models made before they were kept have none. */
  readonly baseline?: OnlineDetector
}
