export {
  channelRuleOptions,
  EVENT_SETTING_KEYS,
  type EventSettings,
  resolveEventRules,
} from './event-rules.js'
export { type PublishedColumns, type PublishedScale, publishedScale } from './published-scale.js'
export { openSession, type Session } from './session.js'
export {
  alignmentOf,
  calibrationOf,
  type EffectiveThreshold,
  effectiveThreshold,
  fittedThreshold,
  type ResolvedSettings,
  resolveSettings,
  type SessionSettings,
  thresholdSetting,
} from './settings.js'
export type { ScoredSamples, Step } from './step.js'
export { promiseOf, type ThresholdSetting, thresholdRule } from './threshold-rule.js'
