export type {
  AdaptiveThreshold,
  Bounds,
  OnlineThreshold,
} from './adaptive.js'
export {
  type AlarmSetting,
  alarmBudgetThreshold,
  estimateAlarms,
  type FittedAlarmThreshold,
} from './alarm-budget.js'
export { formatAlarmRate, parseAlarmRate } from './alarm-rate.js'
export { conformalThreshold, type FittedConformalThreshold } from './conformal.js'
export { dynamicThreshold } from './dynamic.js'
export { type ExpectedAlarms, expectedAlarmsSchema } from './expected-alarms.js'
export { fixedThreshold } from './fixed.js'
export { type Adaptation, type FollowOptions, followLevel, type LevelFollower } from './follow.js'
export { THRESHOLD_LOADERS } from './load.js'
export { madThreshold } from './mad.js'
export {
  ADAPT_DEFAULTS,
  type AdaptOptions,
  adaptOptions,
  checkThresholdOptions,
  resolveThreshold,
  THRESHOLD_KEYS,
  type ThresholdOptions,
  thresholdChoice,
  thresholdOptions,
  thresholdSettings,
} from './options.js'
export { pValueScale } from './p-value.js'
export { FEWEST_PEAKS, type PotOptions, potThreshold } from './pot.js'
export { quantileThreshold } from './quantile.js'
export { type FittedRegimeThreshold, regimeThreshold } from './regimes.js'
export { type RollingOptions, rollingThreshold } from './rolling.js'
export { parseStep, sensitivityThreshold } from './sensitivity.js'
export { sigmaThreshold } from './sigma.js'
export { type SpotOptions, spotThreshold } from './spot.js'
export {
  type ChannelSteps,
  levelOfStep,
  type StepSizes,
  smallestStep,
  stepSizesSchema,
} from './step-sizes.js'
