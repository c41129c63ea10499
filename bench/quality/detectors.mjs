// What the benchmark compares. A detector is one function:
//
//   async (train, all, { dims, causal, seed, window, eventLength }) => scores | { scores, calibration, threshold, seconds, peakMemoryMb }
//
//   train        Float64Array [trainRows * dims], row by row: the only rows it may fit on; a view of the first rows of `all`,
//                or `all` itself when the series has no training part
//   all          Float64Array [rows * dims]
//   causal       true: the score of a row may not depend on later rows
//   window       length that the manifest gives for this series, samples: for baselines only
//   eventLength  of --event-length, samples; undefined = as `telltale train` smooths
//   dataset, name, runSeed   which series it is and the seed of the run, for scores that were computed elsewhere (score-files.mjs)
//   scores       Float32Array [rows], higher = more anomalous, NaN = not scored
//   calibration  scores of held-back training rows, from which the threshold comes; without them all training rows are taken
//   threshold    the level above which a row is flagged, when the detector has a rule of its own
//   seconds, peakMemoryMb    what the scores cost where they were computed; without them this process is measured
import { sliceFrame } from '../../dist/core/frame.js'
import { createRandom } from '../../dist/core/random.js'

import { auto, SIMPLE_DETECTORS, scoreSeries, smoothed as smoothedAtScales } from '../../dist/detect/index.js'

import { SCALERS } from '../../dist/scale/index.js'
import { mean, standardDeviation } from '../../dist/stats/index.js'
import { NETWORKS } from './networks.mjs'

/** Mean over the `width` samples around each one; the last `width` samples when causal. NaN is left out. */
export function movingAverage(scores, width, causal) {
  const before = causal ? width - 1 : width >> 1
  const after = width - 1 - before
  const sums = new Float64Array(scores.length + 1)
  const counts = new Uint32Array(scores.length + 1)
  scores.forEach((score, i) => {
    const known = !Number.isNaN(score)
    sums[i + 1] = sums[i] + (known ? score : 0)
    counts[i + 1] = counts[i] + (known ? 1 : 0)
  })
  return scores.map((score, i) => {
    if (Number.isNaN(score)) return score
    const start = Math.max(i - before, 0)
    const end = Math.min(i + after + 1, scores.length)
    return (sums[end] - sums[start]) / (counts[end] - counts[start])
  })
}

async function random(_train, all, { dims, seed }) {
  const stream = createRandom(seed)
  return Float32Array.from({ length: all.length / dims }, () => stream.uniform())
}

/**
 * Largest deviation of a channel from its training mean, in training standard deviations (in its own unit when it was constant), at most 50:
 * one channel that was nearly constant shall not drown all others.
 */
async function zmax(train, all, { dims }) {
  const scores = new Float32Array(all.length / dims)
  for (let c = 0; c < dims; c++) {
    const known = Float64Array.from({ length: train.length / dims }, (_, i) => train[i * dims + c])
    const centre = mean(known)
    const deviation = standardDeviation(known)
    const scale = deviation > 1e-9 ? deviation : 1
    for (let i = 0; i < scores.length; i++)
      scores[i] = Math.min(50, Math.max(scores[i], Math.abs(all[i * dims + c] - centre) / scale))
  }
  return scores
}

/** The same detector, its scores averaged over half the series' window. */
function smoothed(detector) {
  return async (train, all, options) => {
    const found = await detector(train, all, options)
    return movingAverage(found, Math.max(1, options.window >> 1), options.causal)
  }
}

/** Rows as a frame of the library, with the times of the file where it has them. */
function frameOf(values, { dims, timeMs }) {
  const n = values.length / dims
  const channels = Array.from({ length: dims }, (_, c) => `c${c}`)
  return timeMs === undefined
    ? { timeMs: Float64Array.from({ length: n }, (_, i) => i), timeKind: 'index', values, channels }
    : { timeMs: timeMs.subarray(0, n), timeKind: 'utc', values, channels }
}

/**
 * A detector of the library as `telltale train` fits it: scaled by mean and standard deviation of the training rows, its scores smoothed as there
 * (nothing of the manifest is used), the threshold from scores of rows that the fit that scored them had not seen (of the last fifth of the training rows
 * when a detector has none).
 */
function fromLibrary(create) {
  return async (train, all, series) => {
    const { dims, causal, seed, eventLength } = series
    const history = frameOf(train, series)
    const scaler = SCALERS.standard.fit(history)
    const scaled = scaler.transform(history)
    const n = train.length / dims
    const cut = n - Math.max(1, Math.floor(n / 5))
    const detector = create({ eventLength })
    const fitted = await detector.fit(scaled, { validation: sliceFrame(scaled, cut, n), seed })
    const alignment = causal ? 'causal' : 'two-sided'
    const { score } = await scoreSeries(fitted, scaler.transform(frameOf(all, series)), { alignment })
    const held = await fitted.heldBack?.(alignment)
    return { scores: score, calibration: held?.score ?? score.subarray(cut, n) }
  }
}

const single = name => options => {
  const { description: reason, create } = SIMPLE_DETECTORS[name]
  return smoothedAtScales([{ name, reason, detector: create(), power: 1 }], options)
}

const SINGLES = Object.fromEntries(Object.keys(SIMPLE_DETECTORS).map(name => [name, single(name)]))

export const DETECTORS = {
  random,
  zmax,
  'zmax+ma': smoothed(zmax),
  ...Object.fromEntries(
    Object.entries({ auto, ...SINGLES, ...NETWORKS }).map(([name, create]) => [name, fromLibrary(create)]),
  ),
}

/** What a detector must beat: the summary tests each against the best of these. */
export const BASELINES = ['random', 'zmax', 'zmax+ma', 'pca-q']

/** What runs when nobody says: the baselines, what `auto` is made of, the usual detectors beside them, and `auto`. */
export const USUAL = [
  ...BASELINES,
  'z-score',
  'isolation-forest',
  'k-means',
  'sub-pca',
  'nearest',
  'linear-var',
  'auto',
]
