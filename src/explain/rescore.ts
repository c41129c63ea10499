import { type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import type { State } from '../core/state.js'
import type { Model } from '../model/index.js'
import { onlyScores, openSession, resolveSettings, type SessionSettings } from '../session/index.js'
import type { ScoredSeries } from './reference.js'

/** Readings that stand in for those of channels: by number of the channel, `[n]` over the range of the rescorer. */
export type Replacement = ReadonlyMap<number, ArrayLike<number>>

/** Scores an event again with other readings. */
export interface Rescorer {
  /** Samples that may be replaced: the event and a window before it, so that a fault that began before it was detected is covered. */
  readonly range: Interval
  /** The highest score of the event as it is. Errors as `score`. */
  before(): Promise<number>
  /** The highest score of the event, 1.0 = threshold; NaN where nothing is scored. Errors: `interrupted`. */
  score(replaced: Replacement): Promise<number>
  /** Calls of `score` so far. */
  evaluations(): number
}

/** Samples before the range that a detector that never forgets is given. */
const LONGEST_CONTEXT = 2000
/** A longer event is scored again around its peak only. */
export const MOST_SAMPLES = 160
/** Samples after the range that are scored again at most, and scores before it that are smoothed: those further away hardly change a score. */
export const MOST_LOOKAHEAD = 96

/**
 * Opens a session just before an event; each evaluation continues from there, so the samples before it are scored once. The level does not adapt. A
 * detector that never forgets is given the last 2000 samples before the range, others what counts.
 *
 * @param pauses yield to the event loop and can stop the work, at each evaluation
 * Cost of an evaluation: scoring the event, a window before it and the lookahead.
 */
export function openRescorer(
  model: Model,
  settings: SessionSettings,
  { frame, score }: ScoredSeries,
  { start, end, peak }: Interval & { readonly peak: number },
  pauses: Pauses = {},
): Rescorer {
  const n = sampleCount(frame)
  const { detector, info } = model
  const resolved = onlyScores(resolveSettings(model, { ...settings, adapt: false, expected: undefined }))
  const half = MOST_SAMPLES / 2
  const centre = centreOf(score, { start, end, peak })
  const [first, last] = [Math.max(start, centre - half), Math.min(end, centre + half)]
  const range = { start: Math.max(0, first - info.window), end: Math.min(n, last) }
  const lookahead = resolved.alignment === 'causal' ? 0 : detector.lookahead
  const until = Math.min(n, range.end + Math.min(lookahead, MOST_LOOKAHEAD))
  const from = Math.max(0, range.start - contextOf(detector))
  let opened: { readonly given: number; readonly state: State } | undefined
  /** The session just before the range, once an evaluation needs it. */
  const begin = () => {
    const before = openSession(model, resolved)
    const given =
      from < range.start ? before.push(sliceFrame(frame, from, range.start)).scored.score.length : 0
    opened = { given, state: before.state() }
    return opened
  }
  const width = frame.channels.length
  let evaluations = 0
  const rescorer: Rescorer = {
    range,
    evaluations: () => evaluations,
    // An adaptive level differs from the fixed one of an evaluation.
    before: async () => (settings.adapt ? rescorer.score(new Map()) : highestOf(score.subarray(first, last))),
    async score(replaced) {
      await breathe(pauses, 'explaining')
      evaluations++
      const piece = sliceFrame(frame, range.start, until)
      const values = new Float64Array(piece.values)
      const count = range.end - range.start
      for (const [c, readings] of replaced)
        for (let i = 0; i < count; i++) if (Number.isFinite(readings[i])) values[i * width + c] = readings[i]
      const { given, state } = opened ?? begin()
      const session = openSession(model, resolved, state)
      const parts = [session.push({ ...piece, values }), session.finish()]
      let at = from + given
      let highest = Number.NaN
      for (const { scored } of parts) {
        const part = highestOf(scored.score.subarray(Math.max(0, first - at), Math.max(0, last - at)))
        if (!(part <= highest) && !Number.isNaN(part)) highest = part
        at += scored.score.length
      }
      return highest
    },
  }
  return rescorer
}

/** Samples before the range that are given: those that the first score of it needs, and as many scores as are smoothed. */
export function contextOf({ contextLength, fewestSamples }: Model['detector']): number {
  if (!Number.isFinite(contextLength)) return LONGEST_CONTEXT
  return Math.min(contextLength, (fewestSamples ?? contextLength) + MOST_LOOKAHEAD)
}

/** The peak; the highest score where single samples place the peak at less than half of that, such as in the echo of an event before. */
function centreOf(score: Float32Array, { start, end, peak }: Interval & { readonly peak: number }): number {
  let highest = peak
  for (let i = start; i < end; i++) if (score[i] > score[highest] || Number.isNaN(score[highest])) highest = i
  return score[peak] >= score[highest] / 2 ? peak : highest
}

/** The highest score; NaN where there is none. */
function highestOf(scores: Float32Array): number {
  return scores.reduce((most, score) => (score <= most || Number.isNaN(score) ? most : score), Number.NaN)
}
