import type { EventCounting } from '../core/contracts.js'
import {
  type Cluster,
  clusterCount,
  countInterval,
  extremalClustering,
  paretoPosterior,
  paretoQuantile,
  paretoSurvival,
  quantileOfSorted,
  sortFinite,
  type WeightedPareto,
} from '../stats/index.js'
import { cooledRate, uncooledRate } from './cool-down.js'
import { eventClusters } from './event-clusters.js'
import { afterChange } from './operation-change.js'

/**
 * How often normal scores make an event, as a function of the level: a compound Poisson process. Independent clusters of high scores come
 * at a constant rate, the highest levels at which they make an event have a generalised Pareto tail, and a cluster whose highest level is
 * passed makes one event or several. A cool-down then keeps some of them back.
 */
export interface EventRateModel {
  /** Level above which the tail is modelled. */
  readonly base: number
  /** Independent clusters of the calibration scores above `base`. */
  readonly clusters: number
  /** Length of time that was scored. */
  readonly spanDays: number
  /** Variance of the clusters in equal intervals of time over their mean, >= 1. */
  readonly dispersion: number
  /** Mean and mean square of the number of events that a cluster makes at a level that it passes. */
  readonly eventsPerCluster: { readonly mean: number; readonly square: number }
  /** Independent decisions a day: scores a day times the extremal index at `base`. */
  readonly decisionsPerDay: number
  /** Posterior of the tail given the peaks of the clusters. */
  readonly tails: readonly WeightedPareto[]
  /** Days after an event in which no other one opens unless its score is `criticalScore` times the level. */
  readonly coolDownDays: number
  readonly criticalScore: number
}

/** Share of the scores that may lie above the base of a tail; more only when the asked rate cannot be seen otherwise. */
const TAIL_SHARE = 0.1
const LARGEST_SHARE = 0.5
/** Number of clusters a tail is fitted to: more would include scores with other causes, fewer carry too little information. */
const WANTED_CLUSTERS = 40
const STRETCHES = 20
/** Levels at which the events of a cluster are counted, as quantiles of the peaks. */
const COUNTING_LEVELS = [0.3, 0.5, 0.7, 0.85]

/**
 * Learns from held-back normal scores how often a level would raise an event.
 *
 * @param scores `[n]` in time order, NaN where not scored (no time passes there)
 * @param ratePerDay the rate of interest: the tail begins where events are at least twice as frequent
 * @returns undefined when no level has an event
 */
export function fitEventRate(
  scores: ArrayLike<number>,
  samplesPerDay: number,
  ratePerDay: number,
  counting: EventCounting,
): EventRateModel | undefined {
  const sorted = sortFinite(scores)
  const spanDays = sorted.length / samplesPerDay
  const coolDownDays = counting.coolDown / samplesPerDay
  const expected = uncooledRate(ratePerDay, coolDownDays) * spanDays
  const base = baseLevel(scores, sorted, expected, counting)
  if (base === undefined) return undefined
  const { index, gap } = extremalClustering(scores, base)
  const clusters = eventClusters(scores, base, counting, gap)
  const dispersion = dispersionOf(clusters, scores.length)
  return {
    base,
    clusters: clusters.length,
    spanDays,
    dispersion,
    eventsPerCluster: eventsPerCluster(scores, clusters, counting),
    decisionsPerDay: samplesPerDay * index,
    tails: paretoPosterior(
      clusters.map(({ peak }) => peak - base),
      dispersion,
    ),
    coolDownDays,
    criticalScore: counting.criticalScore,
  }
}

/** Highest level with enough clusters and events above it; undefined when none has any. */
function baseLevel(
  scores: ArrayLike<number>,
  sorted: Float64Array,
  expected: number,
  counting: EventCounting,
): number | undefined {
  let most = 0
  let best: number | undefined
  const first = Math.min(TAIL_SHARE, Math.max(WANTED_CLUSTERS, 2 * expected) / sorted.length)
  for (let share = first; share <= LARGEST_SHARE; share *= 1.25) {
    if (share > TAIL_SHARE && most >= expected) break
    const level = quantileOfSorted(sorted, 1 - share)
    const events = counting.count(scores, level, { cooling: false })
    if (events > most) [most, best] = [events, level]
    if (events < 2 * expected) continue
    const { gap } = extremalClustering(scores, level)
    if (eventClusters(scores, level, counting, gap).length >= WANTED_CLUSTERS) break
  }
  return best
}

/** Variance over mean of the number of clusters in equal intervals of the series; 1 when they are too few. */
function dispersionOf(clusters: readonly Cluster[], n: number): number {
  const stretches = Math.min(STRETCHES, Math.floor(clusters.length / 4))
  if (stretches < 5) return 1
  const counts = new Float64Array(stretches)
  for (const { start } of clusters) counts[Math.floor((start / n) * stretches)]++
  const mean = clusters.length / stretches
  const squares = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0)
  return Math.max(1, squares / (stretches - 1) / mean)
}

function eventsPerCluster(
  scores: ArrayLike<number>,
  clusters: readonly Cluster[],
  counting: EventCounting,
): EventRateModel['eventsPerCluster'] {
  const peaks = sortFinite(clusters.map(({ peak }) => peak))
  let passed = 0
  let sum = 0
  let squares = 0
  for (const q of COUNTING_LEVELS) {
    const level = quantileOfSorted(peaks, q)
    for (const { start, end, peak } of clusters) {
      if (peak <= level) continue
      const count = counting.count(Array.prototype.slice.call(scores, start, end), level)
      passed++
      sum += count
      squares += count * count
    }
  }
  return passed === 0 ? { mean: 1, square: 1 } : { mean: sum / passed, square: squares / passed }
}

/** Events per day that a level is expected to raise on normal data, averaged over the uncertainty. */
export function eventRate(model: EventRateModel, level: number): number {
  return model.tails.reduce((sum, tail) => sum + tail.weight * rateOfTail(model, tail, level), 0)
}

/** Events per day with this tail. */
function rateOfTail(model: EventRateModel, tail: WeightedPareto, level: number): number {
  const { clusters, spanDays, eventsPerCluster, coolDownDays, criticalScore, base } = model
  const clustersPerDay = (clusters / spanDays) * paretoSurvival(tail, level - base)
  if (coolDownDays === 0 || clustersPerDay === 0) return clustersPerDay * eventsPerCluster.mean
  const isCritical = criticalScore < Number.POSITIVE_INFINITY
  const criticalPerDay = isCritical
    ? (clusters / spanDays) * paretoSurvival(tail, level * criticalScore - base)
    : 0
  return cooledRate(clustersPerDay, criticalPerDay, coolDownDays) * eventsPerCluster.mean
}

/** The level, at least `base`, whose rate is as likely above `perDay` as below: the median over the uncertainty. */
export function levelOfRate(model: EventRateModel, perDay: number): number {
  const levels = model.tails
    .map(tail => ({ level: levelOfTail(model, tail, perDay), weight: tail.weight }))
    .sort((a, b) => a.level - b.level)
  let passed = 0
  for (const { level, weight } of levels) {
    passed += weight
    if (passed >= 0.5) return level
  }
  return levels[levels.length - 1].level
}

const HALVINGS = 50

function levelOfTail(model: EventRateModel, tail: WeightedPareto, perDay: number): number {
  const { base, clusters, spanDays, eventsPerCluster } = model
  const levelOf = (share: number) => base + paretoQuantile(tail, share)
  // Without a cool-down events are as frequent as the clusters that make them; it only ever makes them rarer.
  let low = Math.min(1, perDay / ((clusters / spanDays) * eventsPerCluster.mean))
  if (model.coolDownDays === 0) return levelOf(low)
  let high = 1
  for (let step = 0; step < HALVINGS && low < high; step++) {
    const share = (low + high) / 2
    if (rateOfTail(model, tail, levelOf(share)) < perDay) low = share
    else high = share
  }
  return levelOf(high)
}

/** What an interval of future rates is for. */
export interface IntervalSetting {
  /** Future time span of `low` and `high`, days. */
  readonly horizonDays: number
  /** Probability that the realised rate lies within `low` and `high`. */
  readonly confidence: number
  /**
   * How much the operation of a machine changes its rate: standard deviation of the natural logarithm of the factor, >= 0; 0 where operation
   * cannot change, as in a simulation.
   */
  readonly operationChange: number
}

/** Events a day that an interval of `horizonDays` of normal data will have at a level, with the probability `confidence` at least. */
export function rateInterval(
  model: EventRateModel,
  level: number,
  { horizonDays, confidence, operationChange }: IntervalSetting,
): { low: number; high: number } {
  const { dispersion, clusters, eventsPerCluster } = model
  const bunch = eventsPerCluster.square / eventsPerCluster.mean
  const unsure = (dispersion - 1 + eventsPerCluster.square / eventsPerCluster.mean ** 2) / clusters
  const tails = model.tails.map(tail => ({
    mean: rateOfTail(model, tail, level) * horizonDays,
    survival: paretoSurvival(tail, level - model.base),
    weight: tail.weight,
  }))
  const mixture = afterChange(tails, operationChange, ({ survival }, mean) => {
    // Compound Poisson; the remaining dispersion of the clusters decreases as a higher level leaves fewer of them. That a cool-down makes counts
    // more even is not taken off: the interval would become too narrow (measured: bench/alarms).
    const variance = mean * (bunch + (dispersion - 1) * survival * eventsPerCluster.mean)
    return { mean, variance: variance + mean ** 2 * unsure }
  })
  const { low, high } = countInterval(mixture, confidence)
  return { low: low / horizonDays, high: high / horizonDays }
}

/** Counts events by these two rules alone: the clusters of exceedances. */
export function plainCounting(mergeGap: number, minLength: number): EventCounting {
  return {
    count: (scores, level) => clusterCount(scores, level, { mergeGap, minLength }),
    calm: mergeGap,
    closeBelow: 1,
    criticalScore: Number.POSITIVE_INFINITY,
    coolDown: 0,
  }
}
