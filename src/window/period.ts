import { type Frame, sampleCount } from '../core/frame.js'
import { autocorrelator } from './fourier.js'

/** Dominant period of a series. */
export interface Period {
  /** Samples of one cycle. */
  readonly samples: number
  /** Autocorrelation one cycle later, averaged over channels: 1 = repeats exactly, 0 = not at all. */
  readonly strength: number
}

/** Samples looked at: the last ones, so that a long history costs no more. */
const MOST_SAMPLES = 32_768
const WEAKEST = 0.1
/** A shorter period is preferred to its multiples. */
const NEARLY_AS_STRONG = 0.9
/** A hill ends before this multiple of the lag where it becomes nearly as high. */
const HILL = 1.3

/**
 * The dominant period of a frame: the first peak of the autocorrelation, averaged over channels, that is nearly as high as the highest.
 * Each channel counts equally, without its linear trend; pairs with a missing reading do not count. Only the last 32768 samples are looked at, and
 * cycles that fit in three times. Undefined when nothing repeats. Cost O(C n log n) for n <= 32768.
 *
 * @example
 * import { dominantPeriod } from './period.js'
 * const values = Float64Array.from({ length: 600 }, (_, i) => Math.sin((2 * Math.PI * i) / 24))
 * const timeMs = Float64Array.from(values, (_, i) => i)
 * dominantPeriod({ timeMs, timeKind: 'index', values, channels: ['a'] }).samples // => 24
 */
export function dominantPeriod(frame: Frame): Period | undefined {
  const n = Math.min(MOST_SAMPLES, sampleCount(frame))
  const lags = Math.floor(n / 3)
  if (lags < 3) return undefined
  const correlate = autocorrelator(n, lags)
  const mean = new Float64Array(lags + 1)
  let moving = 0
  for (let c = 0; c < frame.channels.length; c++) {
    const { series, present } = detrended(frame, c, n)
    const correlation = correlate(series, present)
    if (correlation[0] === 0) continue
    moving++
    for (let lag = 0; lag <= lags; lag++) mean[lag] += (correlation[lag] - mean[lag]) / moving
  }
  const peaks = peaksOf(mean)
  const highest = Math.max(...peaks.map(lag => mean[lag]))
  const early = peaks.find(lag => mean[lag] >= NEARLY_AS_STRONG * highest)
  if (early === undefined || highest < WEAKEST) return undefined
  // Noise makes small peaks on the way up: the cycle is the top of that hill.
  let samples = early
  for (let lag = early; lag <= Math.min(lags, HILL * early); lag++)
    if (mean[lag] > mean[samples]) samples = lag
  return { samples, strength: mean[samples] }
}

/** The last n readings of a channel minus their line of least squares; 0 where one is missing, and then where there is one. */
function detrended(
  frame: Frame,
  channel: number,
  n: number,
): { readonly series: Float64Array; readonly present?: Float64Array } {
  const c = frame.channels.length
  const start = sampleCount(frame) - n
  const series = Float64Array.from({ length: n }, (_, i) => frame.values[(start + i) * c + channel])
  let count = 0
  let meanX = 0
  let meanY = 0
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(series[i])) continue
    count++
    meanX += (i - meanX) / count
    meanY += (series[i] - meanY) / count
  }
  let xy = 0
  let xx = 0
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(series[i])) continue
    xy += (i - meanX) * (series[i] - meanY)
    xx += (i - meanX) ** 2
  }
  const present = count < n ? series.map(value => (Number.isFinite(value) ? 1 : 0)) : undefined
  const slope = xx > 0 ? xy / xx : 0
  let largest = 0
  for (let i = 0; i < n; i++) {
    series[i] = Number.isFinite(series[i]) ? series[i] - meanY - slope * (i - meanX) : 0
    largest = Math.max(largest, Math.abs(series[i]))
  }
  // Numbers near 1 keep the squares of the spectrum finite; the rounding errors of a constant are no signal.
  const noise = 1e-12 * Math.abs(meanY)
  const isSignal = largest > noise && Number.isFinite(largest)
  return { series: isSignal ? series.map(value => value / largest) : series.fill(0), present }
}

/** Lags of the local maxima after the correlation has first fallen to 0: the hill at lag 0 is no period. */
function peaksOf(correlation: Float64Array): number[] {
  const peaks: number[] = []
  let lag = 1
  while (lag < correlation.length && correlation[lag] > 0) lag++
  for (; lag + 1 < correlation.length; lag++) {
    if (correlation[lag] > correlation[lag - 1] && correlation[lag] >= correlation[lag + 1]) peaks.push(lag)
  }
  return peaks
}
