import type { OnlineOptions, OnlineScorer, Scores } from '../core/contracts.js'
import { sampleCount, sliceFrame } from '../core/frame.js'
import { nestedState, nestStates, type State } from '../core/state.js'
import { joinScores } from '../detect/index.js'
import type { Model } from '../model/index.js'
import type { PreparedSamples } from '../validate/index.js'

/** Scores the intervals of a prepared series, each as a series of its own, so that no window spans a gap. */
export interface Scoring {
  /** Raw scores that became final, of the usable samples in order. */
  push(samples: PreparedSamples): Scores
  /** The series has ended. */
  finish(): Scores
  state(): State
}

const KIND = 'online:scoring'

/**
 * @param options of the detector
 * @param from `state()` of another one with the same options
 */
export function createScoring(
  { detector, scaler }: Pick<Model, 'detector' | 'scaler'>,
  options: OnlineOptions,
  from?: State,
): Scoring {
  const saved = from && nestedState(from, 'scorer')
  /** Of the interval that is open. */
  let scorer: OnlineScorer | undefined = saved && detector.online(options, saved)

  const close = (): Scores[] => {
    const rest = scorer ? [scorer.finish()] : []
    scorer = undefined
    return rest
  }
  return {
    push({ frame, begins, usable }) {
      const parts: Scores[] = []
      const n = sampleCount(frame)
      for (let i = 0; i < n; ) {
        if (!usable[i] || begins[i]) parts.push(...close())
        if (!usable[i]) {
          i++
          continue
        }
        const start = i
        i++
        while (i < n && usable[i] && !begins[i]) i++
        scorer ??= detector.online(options)
        parts.push(scorer.push(scaler.transform(sliceFrame(frame, start, i))))
      }
      return joinPieces(parts)
    },
    finish: () => joinPieces(close()),
    state: () => ({ kind: KIND, version: 1, ...nestStates({ scorer: scorer?.state() }) }),
  }
}

/** A raw score, or a part of one, that is larger or overflowed: sums of many stay within single precision. */
const LARGEST = 1e30

/** Gives each sample that is scored a finite score and finite residuals, in place: what is beyond single precision is the largest. */
export function finiteScores({ score, residual, reason }: Scores): void {
  const channels = score.length === 0 ? 0 : residual.length / score.length
  for (let i = 0; i < score.length; i++) {
    if (reason[i] !== 0 || score[i] <= LARGEST) continue
    score[i] = LARGEST
    for (let at = i * channels; at < (i + 1) * channels; at++)
      if (!(residual[at] <= LARGEST)) residual[at] = LARGEST
  }
}

/** Scores that follow one another; empty ones, which may lack a column, do not count. */
export function joinPieces(parts: readonly Scores[]): Scores {
  const filled = parts.filter(({ score }) => score.length > 0)
  const joined = filled.length === 1 ? filled[0] : joinScores(filled)
  finiteScores(joined)
  return joined
}
