import type { FitContext } from '../../core/contracts.js'
import { type Frame, sampleCount } from '../../core/frame.js'
import { createRandom } from '../../core/random.js'
import { CHANGING, type FittedRegimes, findRegimes, regimesOfChannel } from '../../detect/index.js'
import type { RegimeFacts } from '../../model/index.js'
import { type FittedRegimeThreshold, quantileThreshold, regimeThreshold } from '../../threshold/index.js'
import type { TrainOptions } from '../settings/train-options.js'

/** The quantile of its normal scores by which a regime is measured against the others. */
const MEASURED_BY = 0.9
/** A regime with fewer calibration scores, in windows, gets the level over all. */
const FEWEST_WINDOWS = 10
const FEWEST_SCORES = 200

/**
 * The regimes that `--regimes` asks for, which is not `off`; undefined when there are none.
 *
 * @param train readings as they came, in time order
 * @throws OptionError `option-invalid` for a channel that is not there or has too many values
 */
export async function chosenRegimes(
  train: Frame,
  { regimes, window, seed }: Pick<TrainOptions, 'regimes' | 'window' | 'seed'>,
  context: Pick<FitContext, 'signal' | 'pause'>,
): Promise<FittedRegimes | undefined> {
  const smoothing = Math.max(1, Math.round(window / 3))
  if (regimes !== 'auto') return regimesOfChannel(train, regimes, smoothing)
  return findRegimes(train, { smoothing }, createRandom(seed).fork('regimes'), context)
}

/** How high the held-back scores are in each regime, and these scores in units of that. */
export interface LevelledScores {
  /** Undefined when normal scores are alike in all regimes: then these levels would add more noise than they take away. */
  readonly levels: FittedRegimeThreshold | undefined
  readonly scores: Float32Array
  readonly typical: FittedRegimes['typical']
  /** `[count + 1]` calibration scores in each regime, and at the end those in none. */
  readonly counts: readonly number[]
}

/**
 * Learns how high normal scores are in each regime. Regimes that were found, not named, count only when scores differ clearly: the median of
 * the loudest lies above the 90 % quantile of the quietest. That does not depend on the scale of the scores.
 *
 * @param always levels even when scores are alike
 * @param series the samples that the scores are of, each as a series of its own, readings as they came
 * @param scores raw, one after another as the series are; NaN where there is none
 */
export function levelByRegime(
  finder: FittedRegimes,
  series: readonly Frame[],
  scores: Float32Array,
  { window, always }: { readonly window: number; readonly always: boolean },
): LevelledScores {
  const regimes = new Int32Array(scores.length)
  let at = 0
  for (const part of series) {
    regimes.set(finder.online().push(part), at)
    at += sampleCount(part)
  }
  const fewest = Math.max(FEWEST_SCORES, FEWEST_WINDOWS * window)
  const levelsAt = (q: number) => regimeThreshold(quantileThreshold(q), fewest).fit(scores, regimes)
  const levels = levelsAt(MEASURED_BY)
  const medians = levelsAt(0.5)
  const each = (of: FittedRegimeThreshold) => finder.typical.map((_, k) => of.levelOf(k))
  const differ = always || Math.max(...each(medians)) > Math.min(...each(levels))
  const counts = new Array<number>(finder.count + 1).fill(0)
  scores.forEach((score, i) => {
    if (!Number.isNaN(score)) counts[regimes[i] === CHANGING ? finder.count : regimes[i]]++
  })
  return {
    levels: differ ? levels : undefined,
    scores: differ ? levels.normalise(scores, regimes) : scores,
    typical: finder.typical,
    counts,
  }
}

/** What a model says of its regimes. @param level of the threshold over scores in units of their regime */
export function regimeFacts({ levels, typical, counts }: LevelledScores, level: number): RegimeFacts[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return typical.map((readings, k) => ({
    share: counts[k] / total,
    samples: counts[k],
    level: level * (levels?.levelOf(k) ?? 1),
    typical: readings,
  }))
}
