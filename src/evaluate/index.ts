export { affiliation } from './affiliation.js'
export { aucPr } from './auc-pr.js'
export { aucRoc } from './auc-roc.js'
export { inflatedBestF1 } from './best-f1.js'
export { type ConfidenceInterval, type ConfidenceOptions, confidenceIntervals } from './confidence.js'
export {
  accuracy,
  balancedAccuracy,
  type Confusion,
  confusion,
  f1,
  matthews,
  precision,
  recall,
  specificity,
} from './confusion.js'
export { type CurvePoint, thresholdCurve } from './curve.js'
export { detectionDelays, medianDelay } from './delay.js'
export { type EvaluateInput, type Evaluation, evaluate } from './evaluate.js'
export { compositeF1, eventPrecision, eventRecall } from './event.js'
export { type FalseAlarmOptions, type FalseAlarms, falseAlarms } from './false-alarms.js'
export { intervalsOf, labelsOf, readLabels } from './labels.js'
export type { Measure } from './measure.js'
export { METRICS, type Metric, type MetricName } from './metrics.js'
export { NAB_PROFILES, type NabProfile, nabScore } from './nab.js'
export { type EvaluateOptions, evaluateOptions } from './options.js'
export { inflatedPointAdjustedF1, paKArea, paKF1 } from './pa-k.js'
export { type RangeOptions, rangePrecision, rangeRecall } from './range.js'
export { type Scored, scoredOnly } from './scored.js'
export { ucrHit } from './ucr.js'
export { type VolumeOptions, vus } from './vus.js'
