import type { FittedDetector, OnlineOptions, OnlineScorer, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { ScaledFrame } from '../core/frame.js'
import { checkOptions, checkState, nestedState, nestStates, type State, vector } from '../core/state.js'
import { singleWeights, watchBaseline } from './baseline.js'
import type { CalendarCycle } from './calendar-cycle.js'
import { combineRows, medianExpected, memberRows, type Standard } from './combine.js'
import { sharpenFrozen, watchRuns } from './frozen.js'
import { joinScores, savedScores, scoresState, sliceScores, unscored } from './scores.js'
import { type EchoRule, echoFilter, evidenceRows, sharpOf } from './sharp.js'
import { type Smoother, smoothOnline } from './smoothing.js'
import { stillScores } from './still.js'
import { type Hidden, memberViews, relationsView, withCycle, withHidden } from './views.js'

/** What an ensemble scores by, for one alignment. */
export interface EnsembleParts {
  readonly detectors: readonly FittedDetector[]
  /** Exponent of the residuals of each. */
  readonly powers: readonly number[]
  readonly standard: Standard
  /** Channels that some members do not see. */
  readonly hidden: Hidden | undefined
  /** Taken out of what the members see. */
  readonly cycle: CalendarCycle | undefined
  readonly channels: number
  readonly smooth: Smoother
  /** `[C]` see `sharpLevels`; undefined of ensembles that do not know them. */
  readonly sharp: Float64Array | undefined
  /** Members that place events; undefined = all. */
  readonly placing: readonly number[] | undefined
  /** See `crossRegression`: it places events, and has no part in scores. */
  readonly relations: FittedDetector | undefined
  readonly echo: EchoRule | undefined
  /** Longest memory of a member, samples. */
  readonly memory: number
}

const KIND = 'online:ensemble'
const COMBINER = 'online:ensemble-scores'

/** Combines the scores that members give of a series, piece by piece. */
export interface Combiner {
  /**
   * @param results the next scores of each member, of its own number of samples; then those of `stillScores`, where there are still channels, and of `relations`
   * @param last whether none come after these
   * @param readings the next ones as they came; without any, no channel is frozen
   */
  push(results: readonly Scores[], last: boolean, readings?: ScaledFrame): Scores
  state(): State
}

/**
 * Members of different lookahead wait for the slowest; a row of the smoothing waits for the rows that it looks ahead to.
 *
 * @param from state of a combiner of the same parts
 * @throws ArtefactError `state-unfit`
 */
export function createCombiner(
  {
    detectors,
    powers,
    standard,
    hidden,
    channels,
    smooth,
    sharp: levels,
    placing,
    relations,
    echo,
    memory,
  }: EnsembleParts,
  withExpected: boolean,
  from?: State,
): Combiner {
  const { still, switches, frozen, baseline: rule, usual, exponent } = standard
  const members = detectors.length + (still ? 1 : 0)
  const columns = members + channels
  const exponents = still ? [...powers, 1] : powers
  const withStill = (chosen: readonly number[]) => (still ? [...chosen, detectors.length] : chosen)
  /** What some members say of single samples. */
  const sharpBy = (chosen: readonly number[], own: Float64Array, results: readonly Scores[], n: number) => {
    const all = withStill(chosen)
    const rows = memberRows(
      all.map(m => results[m]),
      all.map(m => exponents[m]),
      channels,
      new Uint8Array(n),
    )
    return sharpOfRows(rows, all.length, own, results)
  }
  const sharpOfRows = (rows: Float64Array, count: number, own: Float64Array, results: readonly Scores[]) =>
    sharpOf(evidenceRows(rows, count, channels, relations && results[members]), own)
  if (from) checkState(from, COMBINER, 1, { reasons: null, expected: null, sharp: null, since: 1 })
  const smoothing = smoothOnline(smooth, columns, from && requirePart(from, 'smoothing'))
  const watch =
    frozen && watchRuns(smooth.reach, channels, smooth.lookahead, from && requirePart(from, 'frozen'))
  const recent =
    rule && watchBaseline(rule, singleWeights(usual, exponent), from && requirePart(from, 'baseline'))
  /** Scores of members that are ahead of the slowest. */
  const none = unscored(0, channels, withExpected)
  let ahead = Array.from({ length: members + (relations ? 1 : 0) }, (_, m) => {
    const saved = from && nestedState(from, `ahead${m}`)
    return saved ? savedScores(saved, channels, withExpected) : none
  })
  /** Of the rows that the smoothing holds back. */
  let reasons = Uint8Array.from(from?.arrays.reasons.data ?? [])
  let expected = Float32Array.from(from?.arrays.expected.data ?? [])
  const withoutEcho = echoFilter(memory, from?.arrays.since.data[0])
  let sharp: Float32Array = Float32Array.from(from?.arrays.sharp.data ?? [])
  return {
    push(fresh, last, readings) {
      if (readings) watch?.push(readings)
      const results = fresh.map((scores, m) =>
        ahead[m].score.length === 0 ? scores : joinScores([ahead[m], scores]),
      )
      const n = Math.min(...results.map(({ score }) => score.length))
      ahead = results.map(scores =>
        scores.score.length === n ? none : joinScores([sliceScores(scores, n, scores.score.length)]),
      )
      const reason = new Uint8Array(n)
      const ofMembers = relations ? results.slice(0, members) : results
      const rows = memberRows(ofMembers, exponents, channels, reason, switches?.limits)
      recent?.push(rows, columns)
      const smoothed = smoothing.push(rows, last)
      const done = smoothed.length / smooth.width(columns)
      const known = joined(reasons, reason, Uint8Array)
      reasons = known.slice(done)
      const runs = watch?.take(done)
      const beside = { runs, baseline: recent?.take(done) }
      const combined = combineRows(smoothed, known.subarray(0, done), standard, channels, beside)
      if (levels) {
        const fresh = placing
          ? sharpBy(placing, levels, results, n)
          : sharpOfRows(rows, members, levels, results)
        if (echo) withoutEcho.apply(fresh, sharpBy(echo.members, echo.levels, results, n))
        sharp = joined(sharp, fresh, Float32Array)
      }
      const placed = sharp.slice(0, done)
      if (frozen && runs) sharpenFrozen(placed, runs, frozen)
      const scores = levels ? { ...combined, sharp: placed } : combined
      sharp = sharp.slice(levels ? done : 0)
      if (!withExpected) return scores
      const expectations = joined(expected, medianExpected(ofMembers, reason, channels, hidden), Float32Array)
      expected = expectations.slice(done * channels)
      return { ...scores, expected: expectations.slice(0, done * channels) }
    },
    state() {
      const waiting = ahead.map((scores, m) => [
        `ahead${m}`,
        scores.score.length > 0 ? scoresState(scores) : undefined,
      ])
      const parts = {
        smoothing: smoothing.state(),
        frozen: watch?.state(),
        baseline: recent?.state(),
        ...Object.fromEntries(waiting),
      }
      const nested = nestStates(parts)
      const own = {
        reasons: vector(Float32Array.from(reasons)),
        expected: vector(expected.slice()),
        sharp: vector(sharp.slice()),
        since: vector(Float64Array.of(withoutEcho.since())),
      }
      return { kind: COMBINER, version: 1, options: nested.options, arrays: { ...nested.arrays, ...own } }
    },
  }
}

/**
 * The online form of an ensemble.
 *
 * @param from state of a scorer of the same ensemble with the same options
 * @throws ArtefactError `state-unfit`
 */
export function ensembleOnline(parts: EnsembleParts, options: OnlineOptions, from?: State): OnlineScorer {
  const { expected = false, alignment = 'causal' } = options
  const { detectors, channels, hidden, cycle, relations } = parts
  const still = parts.standard.still?.values
  const settings = { members: detectors.length, channels, alignment, expected }
  if (from) checkOptions(checkState(from, KIND, 1), settings)
  const saved = (name: string) => from && requirePart(from, name)
  const scorers = detectors.map((detector, m) => detector.online(options, saved(`member${m}`)))
  const beside = relations?.online({ alignment }, saved('relations'))
  const combiner = createCombiner(parts, expected, saved('combined'))
  return {
    push(frame) {
      if (cycle && frame.timeKind === 'index')
        throw createError('times-needed', { channel: frame.channels[0] })
      const views = memberViews(frame, scorers.length, { still, hidden, cycle })
      const results = scorers.map((scorer, m) =>
        withHidden(withCycle(scorer.push(views[m]), frame, cycle), m, frame, hidden),
      )
      if (still) results.push(stillScores(still, frame))
      if (beside) results.push(beside.push(relationsView(frame, { still, hidden })))
      return combiner.push(results, false, frame)
    },
    finish() {
      const results = scorers.map(scorer => scorer.finish())
      if (still) results.push(stillScores(still, undefined))
      if (beside) results.push(beside.finish())
      return combiner.push(results, true)
    },
    state() {
      const own = scorers.map((scorer, m) => [`member${m}`, scorer.state()])
      const nested = nestStates({
        combined: combiner.state(),
        ...(beside && { relations: beside.state() }),
        ...Object.fromEntries(own),
      })
      return { kind: KIND, version: 1, options: { ...settings, ...nested.options }, arrays: nested.arrays }
    },
  }
}

function requirePart(state: State, name: string): State {
  const part = nestedState(state, name)
  if (part === undefined)
    throw createError('state-unfit', {
      got: `${state.kind} without ${name}`,
      wanted: `${state.kind} with ${name}`,
    })
  return part
}

function joined<A extends Uint8Array | Float32Array>(before: A, after: A, make: new (n: number) => A): A {
  if (before.length === 0) return after
  const all = new make(before.length + after.length)
  all.set(before)
  all.set(after, before.length)
  return all
}
