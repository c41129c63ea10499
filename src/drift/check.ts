import { type Frame, sampleCount } from '../core/frame.js'
import { adjustPValues, kolmogorovPValue } from '../stats/index.js'
import { countReadings, createCounter, type DriftCounts, largestDistance } from './counter.js'
import { type DriftLevel, isDrift } from './level.js'
import { type ChannelReference, type DriftReference, effectiveSamples } from './reference.js'
import { hoursOfWeek } from './season.js'

/** Bins of the PSI between the extremes of the reference, and one beyond each. */
const BINS = 10
/** Independent samples that a test needs. */
const LEAST_EFFECTIVE = 10
/** How large a difference is, whatever its significance: PSI as usual in credit scoring, distances as Cohen's d, missing samples by share. */
const SIZES = { psi: [0.1, 0.25], wasserstein: [0.2, 0.5], missing: [0.05, 0.2] } as const

export interface ChannelDrift {
  readonly channel: string
  readonly samples: number
  /** Independent samples that say as much. */
  readonly effectiveSamples: number
  /** Samples that a test needs; null when the history does not show it. */
  readonly neededSamples: number | null
  /** Population stability index over 12 bins, smoothed. */
  readonly psi: number
  /** Largest distance between the distributions (Kolmogorov-Smirnov), at 128 quantiles of the reference. */
  readonly ks: number
  /** Distance between the distributions (Wasserstein-1) in standard deviations of the reference; of a constant one in its own unit. */
  readonly wasserstein: number
  /** Standard deviation, without the season where the history has one; NaN with fewer than two readings. */
  readonly deviation: number
  /** Mean minus that of the reference, in the unit of the channel. */
  readonly meanShift: number
  /** Missing share, now and in the reference. */
  readonly missingShare: number
  readonly referenceMissingShare: number
  /** Adjusted p-values (Benjamini-Hochberg over all tests); NaN without a test. */
  readonly pValue: number
  readonly missingPValue: number
  readonly level: DriftLevel
  /** Of the missing share. */
  readonly missingLevel: DriftLevel
}

export interface DriftReport {
  readonly samples: number
  /** Whether a channel or its missing share has a level of at least moderate. */
  readonly drifted: boolean
  /** In the order of the reference. */
  readonly channels: readonly ChannelDrift[]
}

/**
 * Compares readings with a reference. A channel has changed when the difference is significant and at least moderate.
 *
 * Significance: the Kolmogorov-Smirnov test with the number of independent samples that blocks of this length had in the history, so that neither
 * autocorrelation nor a part of a season counts as a change; with fewer than 10 of them, whether all readings lie beyond the same extreme of the reference.
 * p-values are adjusted for the number of channels (Benjamini-Hochberg). Size: the larger of PSI (0.1
 * moderate, 0.25 large) and Wasserstein distance (0.2 and 0.5 standard deviations). Cost O(N) for each channel.
 *
 * @param frame with all channels of the reference, in any order; missing = NaN
 * @param alpha expected share of false ones among the tests that find something
 */
export function checkDrift(reference: DriftReference, frame: Frame, alpha = 0.01): DriftReport {
  const check = createDriftCheck(reference)
  check.push(frame)
  return check.report(alpha)
}

/** A comparison whose readings come in parts. */
export interface DriftCheck {
  /** @param frame the next readings, as `checkDrift` takes them */
  push(frame: Frame): void
  /** Of all readings so far. */
  report(alpha?: number): DriftReport
}

/** The same as `checkDrift` for readings that come in parts, in memory that does not depend on their number. */
export function createDriftCheck(reference: DriftReference): DriftCheck {
  const counters = reference.channels.map(({ knots }) => createCounter(knots))
  const hasSeason = reference.channels.some(({ season }) => season)
  let count = 0
  return {
    push(frame) {
      const stride = frame.channels.length
      const samples = sampleCount(frame)
      const hours = hasSeason ? hoursOfWeek(frame.timeMs) : undefined
      count += samples
      reference.channels.forEach(({ channel, season }, c) => {
        const start = frame.channels.indexOf(channel)
        const offset = season && hours && ((i: number) => season[hours[i]])
        counters[c].add({ values: frame.values, start, stride, count: samples, ...(offset && { offset }) })
      })
    },
    report: (alpha = 0.01) =>
      reportOf(
        reference.channels.map((own, c) => measure(own, reference, counters[c].counts())),
        count,
        alpha,
      ),
  }
}

function reportOf(found: readonly Measured[], count: number, alpha: number): DriftReport {
  // A channel without a test counts among the tests: which ones have one depends on their readings.
  const tested = found.flatMap(({ pValue, missingPValue }) => [
    Number.isNaN(pValue) ? 1 : pValue,
    missingPValue,
  ])
  const adjusted = adjustPValues(tested)
  const channels = found.map((channel, c): ChannelDrift => {
    const pValue = Number.isNaN(channel.pValue) ? Number.NaN : adjusted[2 * c]
    const missingPValue = adjusted[2 * c + 1]
    const { psi, wasserstein, missingShare, referenceMissingShare } = channel
    const size = Math.max(sizeOf(psi, SIZES.psi), sizeOf(wasserstein, SIZES.wasserstein))
    const missingSize = sizeOf(Math.abs(missingShare - referenceMissingShare), SIZES.missing)
    return {
      ...channel,
      pValue,
      missingPValue,
      level: levelOf(pValue, size, alpha),
      // One gap says little of a share; a channel without any reading is gone.
      missingLevel: isGone(channel, count) ? 'large' : levelOf(missingPValue, missingSize, alpha),
    }
  })
  const drifted = channels.some(({ level, missingLevel }) => isDrift(level) || isDrift(missingLevel))
  return { samples: count, drifted, channels }
}

/** Whether a channel that had readings has none. */
function isGone({ samples, referenceMissingShare }: Measured, count: number): boolean {
  return samples === 0 && count >= LEAST_EFFECTIVE && referenceMissingShare < 0.5
}

type Measured = Omit<ChannelDrift, 'level' | 'missingLevel'>

function measure(
  own: ChannelReference,
  { samples: whole, lengths }: DriftReference,
  counts: DriftCounts,
): Measured {
  const { samples, missing, missingRuns, mean, deviation, below, above } = counts
  const known = samples - missing
  const mid = midRanks(own.knots)
  const ks = known === 0 ? Number.NaN : largestDistance(counts.cdf, mid)
  const current = effectiveSamples(own, lengths, known)
  const history = effectiveSamples(own, lengths, whole * (1 - own.missingShare))
  const effective = current === 0 || history === 0 ? 0 : 1 / (1 / current + 1 / history)
  const isEnough = effective >= LEAST_EFFECTIVE && known > 0 && !Number.isNaN(own.knots[0])
  const scale = own.deviation > 0 ? own.deviation : 1
  const area = areaBetween(own.knots, counts.cdf, mid) + (below + above) / known
  return {
    channel: own.channel,
    samples: known,
    effectiveSamples: effective,
    neededSamples:
      lengths.find(length => effectiveSamples(own, lengths, length) >= 2 * LEAST_EFFECTIVE) ?? null,
    psi: known === 0 ? Number.NaN : stabilityIndex(counts, mid, known),
    ks,
    wasserstein: area / scale,
    deviation,
    meanShift: mean - own.mean,
    missingShare: samples === 0 ? 0 : missing / samples,
    referenceMissingShare: own.missingShare,
    pValue: isEnough ? kolmogorovPValue(ks, effective) : outsidePValue(own, counts, current, history),
    missingPValue: missingPValue(own, whole, samples, missing, missingRuns),
  }
}

/**
 * Of readings that all lie beyond the same extreme of the reference, for too few independent ones for another test: the chance that this many independent
 * readings of the history would lie there. NaN where some lie within.
 */
function outsidePValue(
  { knots }: ChannelReference,
  { samples, missing, outside }: DriftCounts,
  current: number,
  history: number,
): number {
  const independent = Math.floor(current)
  const isOutside = outside.some(count => count === samples - missing)
  if (independent < 1 || !isOutside || Number.isNaN(knots[0])) return Number.NaN
  return 2 * Math.max(0.5 / knots.length, 1 / (history + 1)) ** independent
}

/** The distribution of the knots at the knots, equal ones sharing their mean rank. */
function midRanks(knots: Float64Array): Float64Array {
  return countReadings(knots, { values: knots }).cdf
}

/** Area between two distributions between the first knot and the last. */
function areaBetween(knots: Float64Array, a: Float64Array, b: Float64Array): number {
  let area = 0
  for (let j = 1; j < knots.length; j++)
    area += ((knots[j] - knots[j - 1]) * (Math.abs(a[j] - b[j]) + Math.abs(a[j - 1] - b[j - 1]))) / 2
  return area
}

/** PSI over equally likely bins and one beyond each extreme; half a sample is added to each bin, so that an empty one stays finite. */
function stabilityIndex({ cdf, outside }: DriftCounts, mid: Float64Array, known: number): number {
  const k = mid.length
  const edges = Array.from({ length: BINS - 1 }, (_, b) => Math.round(((b + 1) * k) / BINS) - 1)
  const shares = (of: Float64Array, [low, high]: readonly [number, number]) => {
    const at = [low, ...edges.map(edge => of[edge]), 1 - high, 1]
    return [low, ...at.slice(1).map((share, b) => Math.max(0, share - at[b]))]
  }
  const now = shares(cdf, [outside[0] / known, outside[1] / known])
  const then = shares(mid, [0, 0])
  const smooth = (share: number, n: number) => (share * n + 0.5) / (n + 0.5 * now.length)
  return now.reduce((total, share, b) => {
    const [q, p] = [smooth(share, known), smooth(then[b], Math.max(known, k))]
    return total + (q - p) * Math.log(q / p)
  }, 0)
}

/** Of the two missing shares being equal: a run of missing samples counts once. */
function missingPValue(
  own: ChannelReference,
  whole: number,
  samples: number,
  missing: number,
  runs: number,
): number {
  if (samples === 0) return Number.NaN
  const run = Math.max(own.missingRun, runs === 0 ? 1 : missing / runs)
  const [n, m] = [samples / run, whole / run]
  if (n < LEAST_EFFECTIVE || m < LEAST_EFFECTIVE) return runs === 0 && own.missingShare === 0 ? 1 : Number.NaN
  const pooled = (missing / run + own.missingShare * m + 0.5) / (n + m + 1)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  return twoSided(Math.abs(missing / samples - own.missingShare) / error)
}

/** Two-sided p-value of a standard normal statistic (Abramowitz and Stegun 7.1.26, error below 1.5e-7). */
function twoSided(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const tail =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.min(1, tail * Math.exp(-x * x))
}

/** Which figure makes the size of a change: the larger step of the two, PSI where both are the same; undefined without a change. */
export function decidedBy({ level, psi, wasserstein }: ChannelDrift): 'psi' | 'distance' | undefined {
  if (!isDrift(level)) return undefined
  return sizeOf(wasserstein, SIZES.wasserstein) > sizeOf(psi, SIZES.psi) ? 'distance' : 'psi'
}

function sizeOf(value: number, [moderate, large]: readonly [number, number]): number {
  return value >= large ? 2 : value >= moderate ? 1 : 0
}

function levelOf(pValue: number, size: number, alpha: number): DriftLevel {
  if (Number.isNaN(pValue)) return 'unknown'
  return pValue > alpha || size === 0 ? 'none' : size === 2 ? 'large' : 'moderate'
}
