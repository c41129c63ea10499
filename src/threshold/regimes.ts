import type { FittedThreshold, Threshold } from '../core/contracts.js'
import type { State } from '../core/state.js'

/** One level per operating regime; `level` is over all samples, for regimes with too few of them. */
export interface FittedRegimeThreshold extends FittedThreshold {
  /** Level of a regime. */
  levelOf(regime: number): number
  /**
   * Scores over the level of their regime, `[n]`: 1.0 = threshold in each. What comes out can be calibrated once more over
   * all regimes, for instance by `alarmBudgetThreshold`, so that a budget holds for the device as a whole.
   *
   * @param regimes `[n]` regime of each sample
   */
  normalise(scores: ArrayLike<number>, regimes: ArrayLike<number>): Float32Array
}

const KIND = 'threshold:regimes'
const LEAST_LEVEL = 1e-3

/**
 * A rule calibrated in each operating regime on its own: scores at full load are not compared with scores at idle.
 *
 * A regime with fewer than `fewest` calibration scores, or whose level is less than a thousandth of the one over all (too small to divide by),
 * gets the level over all. Errors: those of the rule.
 *
 * @param fewest default 200
 */
export function regimeThreshold(
  rule: Threshold,
  fewest = 200,
): { fit(scores: Float32Array, regimes: ArrayLike<number>): FittedRegimeThreshold } {
  return {
    fit(scores, regimes) {
      const groups = new Map<number, number[]>()
      for (let i = 0; i < scores.length; i++) {
        if (Number.isNaN(scores[i])) continue
        const group = groups.get(regimes[i])
        if (group) group.push(scores[i])
        else groups.set(regimes[i], [scores[i]])
      }
      const large = [...groups].filter(([, group]) => group.length >= fewest).sort(([a], [b]) => a - b)
      const { level } = rule.fit(scores)
      const levels = large
        .map(([regime, group]) => [regime, rule.fit(Float32Array.from(group)).level] as const)
        .filter(([, own]) => own >= LEAST_LEVEL * level)
      return regimesFrom(level, new Map(levels))
    },
  }
}

/** Restores a threshold per regime. */
export function loadRegimeThreshold(state: State): FittedRegimeThreshold {
  const { level } = state.options as { level: number }
  const [regimes, levels] = [state.arrays.regimes.data, state.arrays.levels.data]
  return regimesFrom(level, new Map(Array.from(regimes, (regime, i) => [regime, levels[i]])))
}

function regimesFrom(level: number, levels: ReadonlyMap<number, number>): FittedRegimeThreshold {
  const levelOf = (regime: number) => levels.get(regime) ?? level
  const tensor = (values: Iterable<number>) => {
    const data = Float64Array.from(values)
    return { shape: [data.length], data }
  }
  return {
    level,
    levelOf,
    normalise: (scores, regimes) =>
      Float32Array.from({ length: scores.length }, (_, i) => scores[i] / levelOf(regimes[i])),
    state: () => ({
      kind: KIND,
      version: 1,
      options: { level },
      arrays: { regimes: tensor(levels.keys()), levels: tensor(levels.values()) },
    }),
  }
}
