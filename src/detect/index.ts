export {
  type AutoOptions,
  auto,
  cheapMembers,
  committeeMember,
  SCALES,
  scalesReason,
  smoothed,
} from './auto.js'
export {
  type AutoencoderOptions,
  autoencoder,
  type FittedAutoencoder,
  loadAutoencoder,
} from './autoencoder.js'
export { baselineReason, LARGEST_LOG, LEARNT, singleWeights } from './baseline.js'
export { type CalendarCycle, CYCLE_DAYS, cycleExpected, DAY_PARTS } from './calendar-cycle.js'
export {
  type DetectorLoader,
  detectorLoader,
  SIMPLE_DETECTORS,
  type SimpleDetector,
  type SimpleDetectorName,
} from './catalogue.js'
export { COMMITTEE, type CommitteeOptions, committee, loadCommittee } from './committee.js'
export {
  COMPONENT_NOISE,
  componentMap,
  EVIDENCE_LIMIT,
  type FillSample,
  fillByComponents,
  scalerUnits,
} from './components.js'
export type { CrossFitted } from './cross-fit.js'
export { crossRegression, loadCrossRegression } from './cross-regression.js'
export { type CusumOptions, cusum, loadCusum } from './cusum.js'
export { type DeviationOptions, deviation, loadDeviation } from './deviation.js'
export { type CrossFittedEnsemble, ensemble, type Member, takingPart } from './ensemble.js'
export { type EwmaOptions, ewma, loadEwma } from './ewma.js'
export { fewestSamplesOf } from './fewest-samples.js'
export { type FindRegimesOptions, findRegimes, regimesOfChannel } from './find-regimes.js'
export { type FittedEnsemble, type FittedMember, isEnsemble, loadEnsemble } from './fitted-ensemble.js'
export { frozenLimit, RUN_OVER_OTHERS } from './frozen.js'
export { type HalfSpaceTreesOptions, halfSpaceTrees, loadHalfSpaceTrees } from './half-space-trees.js'
export {
  type IsolationForestOptions,
  isolationForest,
  loadIsolationForest,
  meanSearchDepth,
} from './isolation-forest.js'
export { type KMeansOptions, kMeans } from './k-means.js'
export { GROWTH, type LimitRule } from './limit-rule.js'
export { type LinearVarOptions, linearVar, loadLinearVar } from './linear-var.js'
export { LEAST_ERROR } from './local.js'
export { loadMatrixProfile, type MatrixProfileOptions, matrixProfile } from './matrix-profile.js'
export { loadMovingAverage, type MovingAverageOptions, movingAverage } from './moving-average.js'
export { distinctRows, loadNearest, type NearestOptions, nearest, TIE } from './nearest.js'
export { residualStream, seriesResiduals } from './network-online.js'
export { loadPca, type PcaOptions, pca } from './pca.js'
export { loadRange, type RangeRuleOptions, range } from './range.js'
export { CHANGING, type FittedRegimes, REGIME_LOADERS, type RegimeFollower } from './regimes.js'
export { createWindowErrors, type ResidualOptions, type WindowErrors } from './residuals.js'
export { localRuntime, type Runtime, type TakeOutput, type WindowRange } from './runtime.js'
export { type SeriesOptions, scoreSeries } from './score-series.js'
export { joinScores, LARGEST_READING, scoredCount } from './scores.js'
export { loadSeasonal, type SeasonalOptions, seasonal } from './seasonal.js'
export { kernelWeights, type Smoother, type SmoothingOptions, smoother } from './smoothing.js'
export { readingCounts } from './switches.js'
export { LEAST_SCORE, LEAST_SPREAD, type Usual } from './usual.js'
