import type { FitContext } from '../core/contracts.js'
import type { Interval, ScaledFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { createRandom, type Random } from '../core/random.js'
import { type KernelBuild, preferredBuild } from '../kernels/index.js'
import { segmentsWithout } from '../window/index.js'
import { type CrossFitted, eighthOf, foldScorer, quarters, withHeldBack } from './cross-fit.js'
import { type LocalModel, localDetector } from './local.js'
import { evenly, nearestModel } from './nearest.js'
import { clipped, requireWindows, wholeWindows } from './scores.js'

export interface KMeansOptions {
  /** Samples in a window. */
  readonly window: number
  readonly clusters: number
}

/** Windows of the training part that the centres are learnt from, evenly spaced in time. */
const LEARNT_FROM = 2000
/** Rounds of Lloyd's algorithm; it has usually settled before. */
const ROUNDS = 20

/**
 * K-means on subsequences: windows of the training part are grouped around `clusters` centres; the error of a channel is its mean squared
 * difference to the nearest centre, divided by its mean on held-back quarters of the training part. Fewer, smoother comparisons than `nearest`, and blind to what is rare but known.
 *
 * Frames are scaled. Causal; the first `window` - 1 samples are warm-up. Cost: fit 5 O(rounds clusters T C) for each of 2000 windows, score
 * O(N clusters T C). Its state is that of a bank of windows: `loadNearest` restores it. Source: Yairi et al., ICMV 2001; seeding: Arthur & Vassilvitskii, SODA 2007.
 *
 * @throws DataError `data-too-short`; `interrupted` when the signal aborts
 */
export function kMeans({ window: wanted, clusters }: KMeansOptions, build: KernelBuild = preferredBuild()) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const window = Math.min(wanted, eighthOf(train))
      const size = window * channels
      const values = clipped(train.values)
      const whole = wholeWindows(values, channels, window)
      const folds = quarters(whole, window)
      const modelOf = async (parts: readonly Interval[]) => {
        const ends = evenly(parts, LEARNT_FROM)
        requireWindows(ends.length, 2, window)
        const windows = ends.map(end => values.subarray((end + 1) * channels - size, (end + 1) * channels))
        const random = createRandom(context.seed).fork('k-means')
        const centres = await findCentres(windows, clusters, random, context)
        return nearestModel(centres, channels, window, build).model
      }
      const models: LocalModel[] = []
      for (const fold of folds) {
        // Windows that share no sample with those of the fold.
        const near = fold.map(({ start, end }) => ({ start: start - window + 1, end: end + window - 1 }))
        models.push(await modelOf(whole.flatMap(part => segmentsWithout(part, near))))
      }
      const model = await modelOf(whole)
      const scorer = foldScorer(folds, models, channels)
      return withHeldBack(train, scorer, usual => localDetector(model, usual), context)
    },
  }
}

/** `[k * size]` centres by the algorithm of Lloyd; fewer than `clusters` when there are not that many different windows. */
export async function findCentres(
  windows: readonly Float32Array[],
  clusters: number,
  random: Random,
  pauses: Pauses,
): Promise<Float32Array> {
  let centres = await seeds(windows, clusters, random, pauses)
  const size = windows[0].length
  for (let round = 0; round < ROUNDS; round++) {
    const sums = centres.map(() => new Float64Array(size))
    const counts = centres.map(() => 0)
    for (const window of windows) {
      const k = closest(window, centres).index
      counts[k]++
      for (let j = 0; j < size; j++) sums[k][j] += window[j]
    }
    await breathe(pauses)
    centres = centres.map((centre, k) =>
      counts[k] === 0 ? centre : Float32Array.from(sums[k], sum => sum / counts[k]),
    )
  }
  const joined = new Float32Array(centres.length * size)
  centres.forEach((centre, k) => {
    joined.set(centre, k * size)
  })
  return joined
}

/** k-means++: each next seed is drawn with a chance proportional to its squared distance from the seeds so far. */
async function seeds(
  windows: readonly Float32Array[],
  clusters: number,
  random: Random,
  pauses: Pauses,
): Promise<Float32Array[]> {
  const chosen = [windows[random.integer(windows.length)]]
  const distances = windows.map(window => squaredDistance(window, chosen[0]))
  while (chosen.length < clusters) {
    const total = distances.reduce((sum, distance) => sum + distance, 0)
    if (!(total > 0)) break
    let left = random.uniform() * total
    const found = distances.findIndex(distance => (left -= distance) < 0)
    const next = windows[found < 0 ? windows.length - 1 : found]
    chosen.push(next)
    windows.forEach((window, i) => {
      distances[i] = Math.min(distances[i], squaredDistance(window, next))
    })
    await breathe(pauses)
  }
  return chosen
}

function closest(
  window: Float32Array,
  centres: readonly Float32Array[],
): { index: number; distance: number } {
  let best = { index: 0, distance: Number.POSITIVE_INFINITY }
  centres.forEach((centre, index) => {
    const distance = squaredDistance(window, centre)
    if (distance < best.distance) best = { index, distance }
  })
  return best
}

export function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2
  return sum
}
