import type { z } from 'zod'
import { checkParts } from '../core/check-input.js'
import type { Alignment, FittedDetector, FittedScaler, FittedThreshold } from '../core/contracts.js'
import type { Immutable } from '../core/state.js'
import type { FittedRegimes } from '../detect/index.js'
import type { DriftReference } from '../drift/index.js'
import type { FittedRegimeThreshold } from '../threshold/index.js'
import type { Excerpt } from './excerpt.js'
import type { calibrationInfo, memberInfo, modelInfoSchema, regimeFacts } from './schema.js'

/** What a model says about itself; `manifest.json` holds it together with the state of the stages. */
export type ModelInfo = Immutable<z.output<typeof modelInfoSchema>>
/** How a model scores when nothing else is asked for, resolved once in training. */
export type ModelSettings = ModelInfo['settings']
/** What a model says of its calibration for one alignment. */
export type CalibrationInfo = Immutable<z.output<typeof calibrationInfo>>
/** What a model says of one regime. */
export type RegimeFacts = Immutable<z.output<typeof regimeFacts>>
/** A detector that takes part in another. */
export type MemberInfo = Immutable<z.output<typeof memberInfo>>
/** What a model says about the blocks it was trained on. */
export type BlocksInfo = NonNullable<ModelInfo['training']['blocks']>

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

/**
 * Refuses what is no model.
 *
 * @param where what it is for, in the message
 * @throws OptionError `option-invalid`
 */
export function checkModel(model: Model, where: string): void {
  checkParts(model, ['info', 'scaler', 'detector', 'calibrations'], 'model', where)
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
  /** What the history looked like, for `checkDrift`; models made before it was kept have none. */
  readonly reference?: DriftReference
  /**
   * What the standardised errors of held-back normal data looked like, raw, two-sided and in units of their regime: whether the model still fits. Models made before it was kept have none.
   */
  readonly residuals?: DriftReference
  /** Segments of the history, to explain events with; models made before they were kept have none. */
  readonly excerpt?: Excerpt
}
