export { adjustPValues } from './benjamini-hochberg.js'
export { solvePositiveDefinite } from './cholesky.js'
export { countInterval, type WeightedCount } from './count-interval.js'
export { type Cluster, type ClusterRule, clusterCount, decluster } from './decluster.js'
export { type Clustering, extremalClustering } from './extremal-index.js'
export {
  fitGeneralisedPareto,
  type GeneralisedPareto,
  paretoLogLikelihood,
  paretoQuantile,
  paretoSurvival,
} from './generalised-pareto.js'
export { kolmogorovPValue } from './kolmogorov.js'
export { fitLinearTrend, type LinearTrend } from './linear-trend.js'
export { mad } from './mad.js'
export { mean, standardDeviation } from './moments.js'
export { normalQuantile } from './normal-quantile.js'
export { paretoPosterior, type WeightedPareto } from './pareto-posterior.js'
export { median, quantile, quantileOfSorted, sortFinite } from './quantile.js'
export { ranks } from './ranks.js'
export { resampleBlocks } from './resample.js'
export { rhythmOf } from './rhythm.js'
export { signTest } from './sign-test.js'
export { type SymmetricEigen, symmetricEigen } from './symmetric-eigen.js'
export { type WilcoxonResult, wilcoxonSignedRank } from './wilcoxon.js'
