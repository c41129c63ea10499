export {
  channelRuleOptions,
  EVENT_SETTING_KEYS,
  type EventSettings,
  eventRulesOf,
} from '../events/index.js'
export { usualReadings } from './event-rules.js'
export { eventsOnline, eventTable, type TimedEvent } from './event-times.js'
export { regimeLevelling } from './levelling.js'
export { type ScorePublisher, scorePublisher } from './publish.js'
export { type PublishedColumns, type PublishedScale, publishedScale } from './published-scale.js'
export {
  leaveOutMasked,
  missingOf,
  refuseErrors,
  requireValid,
  type Stretches,
  scoreSegments,
  withoutFilling,
} from './segments.js'
export { segmentsOnline } from './segments-online.js'
export { promiseOf, type ThresholdSetting, thresholdRule } from './threshold-rule.js'
