import type { FittedDetector, OnlineOptions, OnlineScorer, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { checkOptions, checkState, nestedState, nestStates, type State, vector } from '../core/state.js'
import { combineRows, medianExpected, memberRows, type Usual } from './combine.js'
import { joinScores, savedScores, scoresState, sliceScores, unscored } from './scores.js'
import { type Smoother, smoothOnline } from './smoothing.js'

/** What an ensemble scores by, for one alignment. */
export interface EnsembleParts {
  readonly detectors: readonly FittedDetector[]
  /** Exponent of the residuals of each. */
  readonly powers: readonly number[]
  readonly usual: readonly Usual[]
  readonly channels: number
  readonly smooth: Smoother
}

const KIND = 'online:ensemble'

/**
 * The online form of an ensemble. Members of different lookahead wait for the slowest; a row of the smoothing waits for the rows that it looks ahead to.
 *
 * @param from state of a scorer of the same ensemble with the same options
 * @throws ArtefactError `state-unfit`
 */
export function ensembleOnline(
  { detectors, powers, usual, channels, smooth }: EnsembleParts,
  options: OnlineOptions,
  from?: State,
): OnlineScorer {
  const { expected: withExpected = false, alignment = 'causal' } = options
  const columns = detectors.length + channels
  const settings = { members: detectors.length, channels, alignment, expected: withExpected }
  if (from) checkOptions(checkState(from, KIND, 1, { reasons: null, expected: null }), settings)
  const part = (name: string) => from && requirePart(from, name)
  const scorers = detectors.map((detector, m) => detector.online(options, part(`member${m}`)))
  const smoothing = smoothOnline(smooth, columns, part('smoothing'))
  /** Scores of members that are ahead of the slowest. */
  const none = unscored(0, channels, withExpected)
  let ahead = detectors.map((_, m) => {
    const saved = from && nestedState(from, `ahead${m}`)
    return saved ? savedScores(saved, channels, withExpected) : none
  })
  /** Of the rows that the smoothing holds back. */
  let reasons = Uint8Array.from(from?.arrays.reasons.data ?? [])
  let expected = Float32Array.from(from?.arrays.expected.data ?? [])

  const take = (fresh: readonly Scores[], last: boolean): Scores => {
    const results = fresh.map((scores, m) =>
      ahead[m].score.length === 0 ? scores : joinScores([ahead[m], scores]),
    )
    const n = Math.min(...results.map(({ score }) => score.length))
    ahead = results.map(scores =>
      scores.score.length === n ? none : joinScores([sliceScores(scores, n, scores.score.length)]),
    )
    const reason = new Uint8Array(n)
    const smoothed = smoothing.push(memberRows(results, powers, channels, reason), last)
    const done = smoothed.length / columns
    const known = joined(reasons, reason, Uint8Array)
    reasons = known.slice(done)
    const scores = combineRows(smoothed, known.subarray(0, done), usual, channels)
    if (!withExpected) return scores
    const expectations = joined(expected, medianExpected(results, reason, channels), Float32Array)
    expected = expectations.slice(done * channels)
    return { ...scores, expected: expectations.slice(0, done * channels) }
  }
  return {
    push: frame =>
      take(
        scorers.map(scorer => scorer.push(frame)),
        false,
      ),
    finish: () =>
      take(
        scorers.map(scorer => scorer.finish()),
        true,
      ),
    state() {
      const parts: Record<string, State | undefined> = { smoothing: smoothing.state() }
      scorers.forEach((scorer, m) => {
        parts[`member${m}`] = scorer.state()
        if (ahead[m].score.length > 0) parts[`ahead${m}`] = scoresState(ahead[m])
      })
      const nested = nestStates(parts)
      return {
        kind: KIND,
        version: 1,
        options: { ...settings, ...nested.options },
        arrays: {
          ...nested.arrays,
          reasons: vector(Float32Array.from(reasons)),
          expected: vector(expected.slice()),
        },
      }
    },
  }
}

function requirePart(state: State, name: string): State {
  const part = nestedState(state, name)
  if (part === undefined)
    throw createError('state-unfit', { got: `${KIND} without ${name}`, wanted: `${KIND} with ${name}` })
  return part
}

function joined<A extends Uint8Array | Float32Array>(before: A, after: A, make: new (n: number) => A): A {
  if (before.length === 0) return after
  const all = new make(before.length + after.length)
  all.set(before)
  all.set(after, before.length)
  return all
}
