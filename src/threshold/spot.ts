import { checkState, type State, vector } from '../core/state.js'
import { fitGeneralisedPareto } from '../stats/index.js'
import { type AdaptiveThreshold, type Bounds, boundedLevel, type OnlineThreshold } from './adaptive.js'
import { usableScores } from './fixed.js'
import { fitPot, type PotOptions, potDefaults, potLevel } from './pot.js'

export interface SpotOptions extends PotOptions, Partial<Bounds> {
  /** DSPOT: scores are taken relative to the mean of the last `depth` normal ones; 0 = SPOT, unchanged. Default 0. */
  readonly depth?: number
  /** Excesses kept; the oldest are dropped first. Default 2,000. */
  readonly memory?: number
  /** Excesses between two fits. Default 10. */
  readonly every?: number
}

interface Spot {
  readonly options: Required<SpotOptions>
  readonly base: number
  /** Level relative to the local mean: where it was calibrated, and where it is. */
  readonly calibrated: number
  level: number
  /** Samples learned from, and peaks among them. */
  seen: number
  peaks: number
  /** Peak of the current exceedances, and samples since the last of them; NaN = none. */
  run: number
  calm: number
  /** Peaks since the last fit. */
  fresh: number
  excesses: number[]
  /** Last `depth` normal scores, a ring; `next` is its oldest. */
  recent: number[]
  next: number
}

/**
 * SPOT and DSPOT: peaks over threshold on a stream. A score above the level is flagged and not learned; one between the base of the tail and the
 * level is a peak of the normal tail, and the level is refitted; others are only counted.
 *
 * With `depth` the scores are first taken relative to the mean of the last normal ones, so that the level drifts with them. A level
 * moves at a fit by at most a share `step` and never further than a factor `limit` from the calibrated one (relative to the mean).
 * NaN is not learned from. Errors: `data-calibration-short`. Cost O(1) per sample, O(memory^1.5) per fit. Source: Siffer et al. 2017.
 */
export function spotThreshold(options: SpotOptions = {}): { fit(scores: Float32Array): AdaptiveThreshold } {
  const { depth = 0, memory = 2000, every = 10, step = 0.01, limit = 2 } = options
  const all = { ...potDefaults(options), depth, memory, every, step, limit }
  return {
    fit(scores) {
      // The mean of the last ones needs as many before the first excess.
      usableScores(
        scores,
        depth === 0 ? 'a tail' : `a tail over the mean of ${depth}`,
        Math.max(1, 2 * depth),
      )
      const normal = Array.from(scores).filter(score => !Number.isNaN(score))
      const relative = depth === 0 ? normal : relativeToMean(normal, depth)
      const { base, excesses, level } = fitPot(relative, all)
      return spotFrom({
        options: all,
        base,
        calibrated: level,
        level,
        seen: relative.length,
        peaks: excesses.length,
        run: Number.NaN,
        calm: 0,
        fresh: 0,
        excesses: excesses.slice(-memory),
        recent: depth === 0 ? [] : normal.slice(-depth),
        next: 0,
      })
    },
  }
}

/** Restores a SPOT threshold. */
export function loadSpotThreshold(state: State): AdaptiveThreshold {
  const {
    level: _,
    run,
    relative,
    ...rest
  } = state.options as unknown as Spot & {
    run: number | null
    relative: number
  }
  return spotFrom({
    ...rest,
    level: relative,
    run: run ?? Number.NaN,
    excesses: Array.from(state.arrays.excesses.data),
    recent: Array.from(state.arrays.recent.data),
  })
}

function spotFrom(start: Spot): AdaptiveThreshold {
  return {
    level: start.level + meanOf(start.recent),
    state: () => stateOf(start),
    online: from => {
      const now = from ? { ...start, ...moving(from, start) } : start
      return follow({ ...now, excesses: [...now.excesses], recent: [...now.recent] })
    },
  }
}

function follow(now: Spot): OnlineThreshold {
  const { options, base, calibrated } = now
  const endRun = () => {
    now.excesses.push(now.run - base)
    if (now.excesses.length > options.memory) now.excesses.shift()
    now.peaks++
    now.run = Number.NaN
    if (++now.fresh < options.every) return
    now.fresh = 0
    const tail = fitGeneralisedPareto(now.excesses)
    const wanted = potLevel(base, tail, options.risk, now.seen, now.peaks)
    now.level = boundedLevel(now.level, wanted, calibrated, options)
  }
  return {
    get level() {
      return now.level + meanOf(now.recent)
    },
    push(score, learn = true) {
      const centre = meanOf(now.recent)
      const flagged = score > now.level + centre
      if (flagged || !learn || Number.isNaN(score)) return flagged
      now.seen++
      const relative = score - centre
      if (relative > base) {
        now.run = Number.isNaN(now.run) ? relative : Math.max(now.run, relative)
        now.calm = 0
      } else if (!Number.isNaN(now.run) && ++now.calm > options.mergeGap) endRun()
      if (options.depth > 0) {
        now.recent[now.next] = score
        now.next = (now.next + 1) % options.depth
      }
      return flagged
    },
    state: () => movingState(now),
  }
}

const ONLINE = 'online:threshold-spot'
/** The numbers that a follower changes, in the order of its state. */
const NUMBERS = ['level', 'seen', 'peaks', 'run', 'calm', 'fresh', 'next'] as const

/** What a follower changes as it goes. */
function movingState(now: Spot): State {
  const numbers = Float64Array.from(NUMBERS, name => now[name])
  return {
    kind: ONLINE,
    version: 1,
    options: {},
    arrays: {
      numbers: vector(numbers),
      excesses: vector(Float64Array.from(now.excesses)),
      recent: vector(Float64Array.from(now.recent)),
    },
  }
}

/** The same from a state. Throws `state-unfit`. */
function moving(
  state: State,
  { recent }: Spot,
): Pick<Spot, (typeof NUMBERS)[number] | 'excesses' | 'recent'> {
  const { arrays } = checkState(state, ONLINE, 1, {
    numbers: NUMBERS.length,
    excesses: null,
    recent: recent.length,
  })
  const [level, seen, peaks, run, calm, fresh, next] = arrays.numbers.data
  return {
    ...{ level, seen, peaks, run, calm, fresh, next },
    excesses: Array.from(arrays.excesses.data),
    recent: Array.from(arrays.recent.data),
  }
}

function stateOf(now: Spot): State {
  const { excesses, recent, level, run, ...rest } = now
  const options = {
    ...rest,
    options: { ...rest.options },
    run: Number.isNaN(run) ? null : run,
    relative: level,
    level: level + meanOf(recent),
  }
  return {
    kind: 'threshold:spot',
    version: 1,
    options,
    arrays: { excesses: vector(Float64Array.from(excesses)), recent: vector(Float64Array.from(recent)) },
  }
}

/** Scores minus the mean of the `depth` before them; the first `depth` have none and are left out. */
function relativeToMean(scores: readonly number[], depth: number): number[] {
  const out: number[] = []
  let sum = 0
  for (let i = 0; i < scores.length; i++) {
    if (i >= depth) {
      out.push(scores[i] - sum / depth)
      sum -= scores[i - depth]
    }
    sum += scores[i]
  }
  return out
}

function meanOf(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return values.length === 0 ? 0 : sum / values.length
}
