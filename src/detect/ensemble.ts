import {
  ALIGNMENTS,
  type Alignment,
  type FitContext,
  type FittedDetector,
  type Scores,
} from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { quantileOfSorted, sortFinite } from '../stats/index.js'
import { LEAST_SCORE, type Usual } from './combine.js'
import { type CrossFitted, JUDGED_AT_ONCE } from './cross-fit.js'
import { createCombiner, type EnsembleParts } from './ensemble-online.js'
import { type FittedEnsemble, type FittedMember, fittedEnsemble, partsOf } from './fitted-ensemble.js'
import { scoreSeries } from './score-series.js'
import { joinScores, sliceScores } from './scores.js'
import { smoother, smoothWhole } from './smoothing.js'

/** A detector that takes part, and how its channels are averaged. */
export interface Member {
  readonly name: string
  /** Why it is there; shown beside its name. */
  readonly reason: string
  readonly detector: {
    fit(
      train: ScaledFrame,
      context: FitContext,
    ): Promise<FittedDetector & Partial<Pick<CrossFitted, 'heldBack' | 'judge'>>>
  }
  /**
   * Exponent of the residuals before their mean over channels is taken: 1 follows the channel with the largest error, 1/2 asks for many
   * channels to agree.
   */
  readonly power: number
  /**
   * A shorter form of a detector whose time goes into learning rather than into samples: it learns `share` of what the whole one does. For
   * those who want to know what it takes before they start.
   */
  readonly rehearsal?: { readonly share: number; readonly detector: Member['detector'] }
}

/** An ensemble that was just fitted. */
export interface CrossFittedEnsemble extends FittedEnsemble {
  /** Scores of the training frame by fits that had not seen the sample, when every member has them: a threshold can be set from these. */
  heldBack?(alignment: Alignment, pauses?: Pauses): Promise<Scores>
  /**
   * Smooth two-sided scores `[N]` of each member over the training samples with other readings, by fits that had not seen the sample; none of a member
   * that cannot tell. See `CrossFitted.judge`.
   */
  judgeMembers(frame: ScaledFrame, pauses?: Pauses): Promise<readonly (Float64Array | undefined)[]>
}

/**
 * Combines detectors: the score of each is smoothed, its logarithm standardised by the median and the 1-99 % range it has on samples that
 * the member has not learnt from, and the score is the exponential of the mean over members. Taking the logarithm after smoothing (and not
 * before) is what keeps one member's outburst from deciding alone.
 *
 * The residual divides the score among the channels as the members' residuals, added up and smoothed in the same way, are divided. Expected is the median
 * over the members that know.
 *
 * Frames are scaled. Fitted once, for both alignments. A sample is scored when every member scores it. Cost: that of the members and of smoothing
 * (members + C) columns.
 *
 * @param bandwidth of the smoothing, samples
 */
export function ensemble(members: readonly Member[], { bandwidth }: { readonly bandwidth: number }) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFittedEnsemble> {
      const fitted: FittedMember[] = []
      const held: Scores[] = []
      const judges: (CrossFitted['judge'] | undefined)[] = []
      for (const { name, reason, power, detector } of members) {
        const learnt = await detector.fit(train, context)
        if (learnt.heldBack) held.push(learnt.heldBack)
        judges.push(learnt.judge)
        const usual: Partial<Record<Alignment, Usual>> = {}
        for (const alignment of ALIGNMENTS) {
          // A member without held-back scores of its own is judged on the later part of the history.
          const scores =
            learnt.heldBack ??
            (await scoreSeries(learnt, context.validation, {
              alignment,
              signal: context.signal,
              pause: () => context.pause?.(),
            }))
          const smooth = await smoothScore(scores, power, { bandwidth, alignment }, context)
          usual[alignment] = usualScore(smooth)
        }
        fitted.push({ name, reason, power, detector: learnt, usual })
      }
      const channels = train.channels.length
      const heldBack = (alignment: Alignment, pauses: Pauses = {}) =>
        combineHeld(held, partsOf(fitted, channels, bandwidth, alignment), pauses)
      return {
        ...fittedEnsemble(fitted, channels, bandwidth),
        async judgeMembers(frame, pauses = {}) {
          const smooth = { bandwidth, alignment: 'two-sided' } as const
          const found: (Float64Array | undefined)[] = []
          for (const [m, judge] of judges.entries())
            found.push(
              judge && (await smoothScore(await judge(frame, pauses), members[m].power, smooth, pauses)),
            )
          return found
        },
        ...(held.length === members.length && { heldBack }),
      }
    },
  }
}

/** The ensemble's scores of a series from those of its members, by the way that live ones go. */
async function combineHeld(held: readonly Scores[], parts: EnsembleParts, pauses: Pauses): Promise<Scores> {
  const combiner = createCombiner(parts, false)
  const n = held[0].score.length
  const pieces: Scores[] = []
  for (let start = 0; start < n; start += JUDGED_AT_ONCE) {
    const end = Math.min(n, start + JUDGED_AT_ONCE)
    const members = held.map(scores => sliceScores(scores, start, end))
    pieces.push(combiner.push(members, end === n))
    await breathe(pauses)
  }
  return joinScores(pieces)
}

/** The mean over channels of a member's residuals, smoothed. */
function smoothScore(
  { score, residual }: Scores,
  power: number,
  smoothing: Parameters<typeof smoother>[0],
  pauses: Pauses,
): Promise<Float64Array> {
  const channels = residual.length / score.length
  const rows = new Float64Array(score.length)
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let c = 0; c < channels; c++, at++) rows[i] += power === 1 ? residual[at] : residual[at] ** power
    rows[i] /= channels
  }
  return smoothWhole(smoother(smoothing), rows, 1, pauses)
}

/** Median and 1-99 % range of the logarithm of the smooth score, over the samples that have one. */
function usualScore(smooth: Float64Array): Usual {
  const logs = sortFinite(smooth.map(value => Math.log(value + LEAST_SCORE)))
  const at = (share: number) => quantileOfSorted(logs, share)
  return { median: at(0.5), spread: at(0.99) - at(0.01) }
}
