export { type ChannelDrift, checkDrift, type DriftLevel, type DriftReport } from './check.js'
export {
  PAGE_HINKLEY_START,
  type PageHinkleyOptions,
  type PageHinkleyState,
  pageHinkleyStep,
} from './page-hinkley.js'
export {
  type ChannelReference,
  type DriftReference,
  fitReference,
  KNOTS,
  loadReference,
  REFERENCE_KIND,
  REFERENCE_VERSION,
} from './reference.js'
export { findTrends, type TimeToLimit, type Trend, type TrendOptions } from './trend.js'
