import type { OnlineOptions, OnlineScorer, Scores } from '../core/contracts.js'
import { sampleCount, sliceFrame } from '../core/frame.js'
import { nestedState, nestStates, type State } from '../core/state.js'
import { joinScores } from '../detect/index.js'
import type { Model } from '../model/index.js'
import type { PreparedSamples } from '../validate/index.js'

/** Scores the stretches of a prepared series, each as a series of its own, so that no window spans a gap. */
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
  /** Of the stretch that is open. */
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

/** Scores that follow one another; empty ones, which may lack a column, do not count. */
export function joinPieces(parts: readonly Scores[]): Scores {
  const filled = parts.filter(({ score }) => score.length > 0)
  return filled.length === 1 ? filled[0] : joinScores(filled)
}
