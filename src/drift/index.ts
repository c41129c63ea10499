export { ADWIN_START, type AdwinOptions, type AdwinState, adwinStep } from './adwin.js'
export { type DriftAlert, isAlertDue } from './alert.js'
export {
  type RowReferences,
  type RowsBesideEvents,
  rowsBesideEvents,
  type ScoredRows,
  scoreFrame,
} from './beside-events.js'
export {
  type ChannelDrift,
  checkDrift,
  createDriftCheck,
  type DriftCheck,
  type DriftReport,
  decidedBy,
} from './check.js'
export { type ChannelHistory, type DriftRecord, driftHistory } from './history.js'
export { KSWIN_START, type KswinOptions, type KswinState, kswinStep } from './kswin.js'
export { DRIFT_LEVELS, type DriftLevel, isDrift } from './level.js'
export {
  PAGE_HINKLEY_START,
  type PageHinkleyOptions,
  type PageHinkleyState,
  pageHinkleyStep,
} from './page-hinkley.js'
export {
  type ChannelReference,
  type DriftReference,
  describeSeries,
  fitReference,
  KNOTS,
  loadReference,
  REFERENCE_KIND,
  REFERENCE_VERSION,
} from './reference.js'
export { residualFrame } from './residual-frame.js'
export { HOURS, hoursOfWeek } from './season.js'
export { findTrends, type TimeToLimit, type Trend, type TrendOptions } from './trend.js'
export { DRIFT_VERDICTS, type DriftVerdict, driftVerdict } from './verdict.js'
export {
  createWatch,
  type Watch,
  type WatchedSignal,
  type WatchRules,
  watchKey,
} from './watch.js'
export { type WatchBlock, watchBlock } from './watch-block.js'
export { WATCH_METHODS, type WatchMethod } from './watch-method.js'
export { SCORE_SIGNAL, type WatchedDrift, watchVerdict } from './watch-verdict.js'
