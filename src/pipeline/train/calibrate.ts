import type { Alignment } from '../../core/contracts.js'
import { eventCounting } from '../../events/index.js'
import type { Calibration, CalibrationInfo } from '../../model/index.js'
import {
  describeCalibration,
  finiteScores,
  type LoopHooks,
  rawScores,
  type ThresholdSetting,
  thresholdRule,
} from '../../session/index.js'
import { quantileThreshold } from '../../threshold/index.js'
import { sampleMsOf } from '../../validate/index.js'
import { apart } from './blocks.js'
import type { CutHistory } from './cut-history.js'
import type { FittedStages } from './fit-stages.js'
import { type Outlying, outlyingIntervals } from './outlying.js'
import { levelByRegime, regimeFacts } from './regimes.js'
import { BOTH, HELD_BACK_PARTS, type ResolvedTraining } from './resolve.js'
import { measureSteps } from './step-sizes.js'

/** The quantile of normal scores around which steps are measured: that of the usual threshold. */
const MEASURED_AT = 0.999

/** The threshold of one alignment, and what the model says of it. */
export interface Calibrated {
  /** `[N * C]` standardised errors of the samples of the calibration, in units of their regime. */
  readonly residuals: Float32Array
  /** What alone sets the threshold. */
  readonly outlying: Outlying | undefined
  readonly calibration: Calibration
  readonly info: CalibrationInfo
}

/** Finds the threshold of each alignment from scores of normal data that the detector has not learnt from. */
export async function calibrate(
  training: ResolvedTraining,
  cut: CutHistory,
  stages: FittedStages,
  hooks: LoopHooks,
): Promise<Record<Alignment, Calibrated>> {
  const found = {} as Record<Alignment, Calibrated>
  for (const alignment of BOTH) found[alignment] = await calibrateFor(alignment, training, cut, stages, hooks)
  return found
}

async function calibrateFor(
  alignment: Alignment,
  training: ResolvedTraining,
  cut: CutHistory,
  { scaler, detector, regimes }: FittedStages,
  hooks: LoopHooks,
): Promise<Calibrated> {
  const { options, settings } = training
  const { window } = options
  const { score, residual } = await rawScores(
    { scaler, detector },
    cut.calibration[alignment],
    { alignment },
    hooks,
  )
  // In the order of time; a sample without a score keeps its place.
  const holdsBack = HELD_BACK_PARTS.includes(training.detector)
  const held = holdsBack ? undefined : await detector.heldBack?.(alignment, hooks)
  if (held) finiteScores(held)
  const heldBack = held?.score
  const raw = new Float32Array((heldBack?.length ?? 0) + score.length)
  if (heldBack) raw.set(heldBack)
  raw.set(score, heldBack?.length ?? 0)
  const stretches = [...(heldBack ? [cut.asCame] : []), cut.calibration.asCame]
  const always = options.regimes !== 'auto'
  const levelled = regimes && levelByRegime(regimes, stretches, raw, { window, always })
  const scores = spaced(levelled?.scores ?? raw, heldBack?.length ?? 0, cut)
  const levels = levelled?.levels
  const residuals = joinedResiduals(held?.residual, residual, { raw, levelled: levelled?.scores ?? raw })
  const plain: ThresholdSetting = { cadenceMs: sampleMsOf(cut.schema), events: settings.events, window }
  // Where each regime has a level of its own, one number for a step would mislead.
  const steps = levels
    ? undefined
    : await measureSteps(
        { scaler, detector },
        cut.calibration[alignment],
        {
          alignment,
          counting: eventCounting(settings.events),
          level: quantileThreshold(MEASURED_AT).fit(scores).level,
          asked: settings.threshold.sensitivity ?? [],
        },
        hooks,
      )
  const setting = { ...plain, ...(steps && { steps }) }
  const rule = thresholdRule(options, setting)
  const threshold = rule.fit(scores)
  const outlying = outlyingIntervals(
    { scores: levelled?.scores ?? raw, residuals, frames: stretches },
    threshold.level,
    rest => rule.fit(rest).level,
    window,
  )
  return {
    residuals,
    outlying,
    calibration: { threshold, scores, ...(levels && { levels }) },
    info: {
      ...describeCalibration(threshold, scores, setting),
      ...(steps && { steps }),
      ...(options.regimes !== 'off' && {
        regimes: levelled ? regimeFacts(levelled, threshold.level) : [],
      }),
    },
  }
}

/** Errors of the samples that were held back and those of the calibration part, each in units of the regime of its sample. */
function joinedResiduals(
  held: Float32Array | undefined,
  own: Float32Array,
  { raw, levelled }: { readonly raw: Float32Array; readonly levelled: Float32Array },
): Float32Array {
  const all = new Float32Array((held?.length ?? 0) + own.length)
  if (held) all.set(held)
  all.set(own, held?.length ?? 0)
  const width = all.length / Math.max(1, raw.length)
  for (let at = 0; at < all.length; at++) {
    const i = Math.floor(at / width)
    if (levelled[i] !== raw[i]) all[at] *= levelled[i] / raw[i]
  }
  return all
}

/** Scores of the calibration part with places without a score before each border of blocks. */
function spaced(scores: Float32Array, learnt: number, { borders, between, parts }: CutHistory): Float32Array {
  const own = borders.map(border => border - parts.calibration.start)
  const rest = apart(scores.subarray(learnt), own, between)
  const all = new Float32Array(learnt + rest.length)
  all.set(scores.subarray(0, learnt))
  all.set(rest, learnt)
  return all
}
