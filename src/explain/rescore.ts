import { type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import type { State } from '../core/state.js'
import { fewestSamplesOf } from '../detect/index.js'
import type { Model } from '../model/index.js'
import { onlyScores, openSession, resolveSettings, type SessionSettings } from '../session/index.js'
import type { ScoredSeries } from './reference.js'

/** Readings that stand in for those of channels: by number of the channel, `[n]` over the samples that a rescorer replaces. */
export type Replacement = ReadonlyMap<number, ArrayLike<number>>

/** Scores an event again with other readings. */
export interface Rescorer {
  /** The event and a window before it, in which a fault that began before it was detected shows. */
  readonly range: Interval
  /** Samples that are replaced: the range, and of a longer event what lies around it of all that is scored. */
  readonly replaced: Interval
  /** The highest score of the event as it is. Errors as `score`. */
  before(): Promise<number>
  /** The highest score of the event, 1.0 = threshold; NaN where nothing is scored. Errors: `interrupted`. */
  score(changed: Replacement): Promise<number>
  /** Calls of `score` so far. */
  evaluations(): number
}

/** Samples before the range that a detector that never forgets is given. */
const LONGEST_CONTEXT = 2000
/** A longer event is scored again in the part of this length that is nearest to its peak. */
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
  const centre = centreOf(score, { start, end, peak })
  const first = Math.max(start, Math.min(centre - MOST_SAMPLES / 2, end - MOST_SAMPLES))
  const last = Math.min(n, end, first + MOST_SAMPLES)
  const range = { start: Math.max(0, first - info.window), end: last }
  const lookahead = resolved.alignment === 'causal' ? 0 : detector.lookahead
  const until = Math.min(n, last + Math.min(lookahead, MOST_LOOKAHEAD))
  // Readings that change in the middle of an event would be a fault of their own.
  const earlier =
    first > start ? Math.max(0, start - info.window, range.start - contextOf(detector)) : range.start
  const replaced = { start: Math.min(range.start, earlier), end: Math.min(until, end) }
  const from = Math.max(0, replaced.start - contextOf(detector))
  let opened: { readonly given: number; readonly state: State } | undefined
  /** The session just before what is replaced, once an evaluation needs it. */
  const begin = () => {
    const before = openSession(model, resolved)
    const given =
      from < replaced.start ? before.push(sliceFrame(frame, from, replaced.start)).scored.score.length : 0
    opened = { given, state: before.state() }
    return opened
  }
  const width = frame.channels.length
  let evaluations = 0
  const rescorer: Rescorer = {
    range,
    replaced,
    evaluations: () => evaluations,
    // An adaptive level differs from the fixed one of an evaluation.
    before: async () => (settings.adapt ? rescorer.score(new Map()) : highestOf(score.subarray(first, last))),
    async score(changed) {
      await breathe(pauses, 'explaining')
      evaluations++
      const piece = sliceFrame(frame, replaced.start, until)
      const values = new Float64Array(piece.values)
      const count = replaced.end - replaced.start
      for (const [c, readings] of changed)
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
export function contextOf(detector: Model['detector']): number {
  const { contextLength } = detector
  if (!Number.isFinite(contextLength)) return LONGEST_CONTEXT
  return Math.min(contextLength, fewestSamplesOf(detector) + MOST_LOOKAHEAD)
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
