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
import { honestExponent, LEAST_SCORE, memberRows, type Usual } from './combine.js'
import { type CrossFitted, SCORED_AT_ONCE } from './cross-fit.js'
import { createCombiner, type EnsembleParts } from './ensemble-online.js'
import {
  type Combination,
  type FittedEnsemble,
  type FittedMember,
  fittedEnsemble,
  partsOf,
} from './fitted-ensemble.js'
import { scoreSeries } from './score-series.js'
import { joinScores, sliceScores } from './scores.js'
import { type EchoRule, memorylessMembers, sameSamples, sharpLevels } from './sharp.js'
import { smoother, smoothWhole } from './smoothing.js'
import { heldStill, stillChannels, stillScores, stillStep } from './still.js'

/** A detector that takes part, and how its channels are averaged. */
export interface Member {
  readonly name: string
  /** Why it is there; shown beside its name. */
  readonly reason: string
  readonly detector: {
    fit(
      train: ScaledFrame,
      context: FitContext,
    ): Promise<FittedDetector & Partial<Pick<CrossFitted, 'heldBack' | 'scoreHeldBack'>>>
  }
  /**
   * Exponent of the residuals before their mean over channels is taken: 1 follows the channel with the largest error, 1/2 asks for many
   * channels to agree.
   */
  readonly power: number
  /** false: its errors last as long as its windows, so that it does not say when an event begins and ends. */
  readonly places?: false
  /** With more channels than this it takes no part. Default: any number. */
  readonly mostChannels?: number
  /**
   * A shorter form of a detector whose time goes into learning rather than into samples: it learns `share` of what the whole one does. For
   * those who want to know what it takes before they start.
   */
  readonly rehearsal?: { readonly share: number; readonly detector: Member['detector'] }
}

/** Those that take part in a series of `channels` channels. */
export function takingPart(candidates: readonly Member[], channels: number): Member[] {
  return candidates.filter(({ mostChannels = channels }) => channels <= mostChannels)
}

/** An ensemble that was just fitted. */
export interface CrossFittedEnsemble extends FittedEnsemble {
  /** Scores of the training frame by fits that had not seen the sample, when every member has them: a threshold can be set from these. */
  heldBack?(alignment: Alignment, pauses?: Pauses): Promise<Scores>
  /**
   * Two-sided scores `[N]` of each member, smoothed at the middle scale, over the training samples with other readings, by fits that had not seen the sample; none of a member
   * that has none. See `CrossFitted.scoreHeldBack`.
   */
  scoreMembersHeldBack(frame: ScaledFrame, pauses?: Pauses): Promise<readonly (Float64Array | undefined)[]>
}

/**
 * Combines detectors: the score of each is smoothed at several scales, the logarithm of each smooth score standardised by the median and the 1-99 %
 * range it has on samples that the member has not learnt from, and the score is the exponential of the mean over members and scales, to a power that
 * makes it proportional to the errors (`honestExponent`). Taking the logarithm after smoothing (and not
 * before) is what keeps one member's outburst from deciding alone.
 *
 * A channel that never moved in training is kept from the members: where it moves, by any amount and in any unit, it adds the same bounded step to the
 * score; a normal score is then its own, and that of a fault beside it is the fault's.
 *
 * The residual divides the score among the channels as the members' residuals, added up and smoothed at the first scale, are divided. Expected is the median
 * over the members that know.
 *
 * Frames are scaled. Fitted once, for both alignments. A sample is scored when every member scores it. Cost: that of the members and of smoothing
 * (members + C) columns.
 *
 * @param scales bandwidths of the smoothing, samples, ascending
 */
export function ensemble(candidates: readonly Member[], { scales }: Pick<Combination, 'scales'>) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFittedEnsemble> {
      const members = takingPart(candidates, train.channels.length)
      const fitted: FittedMember[] = []
      const held: Scores[] = []
      const memberScores: Scores[] = []
      const scorers: (CrossFitted['scoreHeldBack'] | undefined)[] = []
      for (const { name, reason, power, detector } of members) {
        const learnt = await detector.fit(train, context)
        if (learnt.heldBack) held.push(learnt.heldBack)
        scorers.push(learnt.scoreHeldBack)
        const usual: Partial<Record<Alignment, Usual[]>> = {}
        for (const alignment of ALIGNMENTS) {
          // A member without held-back scores of its own is memberScores on the later part of the history.
          const scores =
            learnt.heldBack ??
            (await scoreSeries(learnt, context.validation, {
              alignment,
              signal: context.signal,
              pause: () => context.pause?.(),
            }))
          const own: Usual[] = []
          for (const bandwidth of scales)
            own.push(usualScore(await smoothScore(scores, power, { bandwidth, alignment }, context)))
          usual[alignment] = own
          if (alignment === 'causal') memberScores.push(scores)
        }
        fitted.push({ name, reason, power, detector: learnt, usual })
      }
      const channels = train.channels.length
      const powers = members.map(({ power }) => power)
      const exponentOf = (alignment: Alignment) =>
        honestExponent(
          fitted.map(({ usual }) => usual[alignment] ?? []),
          powers,
        )
      const still = stillChannels(train)
      const exponents = { causal: exponentOf('causal'), 'two-sided': exponentOf('two-sided') }
      const steps: Partial<Record<Alignment, number>> = {}
      for (const alignment of still && sameSamples(memberScores) !== undefined ? ALIGNMENTS : []) {
        const parts = partsOf(fitted, channels, { scales, exponents }, alignment)
        steps[alignment] = stillStep((await combineHeld(memberScores, parts, context)).score)
      }
      const placing = members.flatMap(({ places }, m) => (places === false ? [] : [m]))
      const sharp = await levelsOf(
        ofMembers(placing, memberScores),
        ofMembers(placing, powers),
        channels,
        context,
      )
      const alone = memorylessMembers(
        fitted.map(({ detector }) => detector.contextLength),
        channels,
      )
      const echo = await echoOf(alone, placing, memberScores, powers, channels, context)
      const combination: Combination = {
        scales,
        ...(sharp && { sharp }),
        ...(sharp && placing.length < members.length && { placing }),
        ...(sharp && echo && { echo }),
        ...(still && { still, steps }),
        exponents,
      }
      const middle = scales[scales.length >> 1]
      const heldBack = (alignment: Alignment, pauses: Pauses = {}) =>
        combineHeld(held, partsOf(fitted, channels, combination, alignment), pauses)
      return {
        ...fittedEnsemble(fitted, channels, combination),
        async scoreMembersHeldBack(frame, pauses = {}) {
          const smooth = { bandwidth: middle, alignment: 'two-sided' } as const
          const found: (Float64Array | undefined)[] = []
          for (const [m, scoreHeldBack] of scorers.entries())
            found.push(
              scoreHeldBack &&
                (await smoothScore(
                  await scoreHeldBack(still ? heldStill(frame, still) : frame, pauses),
                  members[m].power,
                  smooth,
                  pauses,
                )),
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
  for (let start = 0; start < n; start += SCORED_AT_ONCE) {
    const end = Math.min(n, start + SCORED_AT_ONCE)
    const members = held.map(scores => sliceScores(scores, start, end))
    const still = parts.standard.still?.values
    const all = still ? [...members, stillScores(still, undefined, end - start)] : members
    pieces.push(combiner.push(all, end === n))
    await breathe(pauses)
  }
  return joinScores(pieces)
}

const ofMembers = <T>(chosen: readonly number[], all: readonly T[]): T[] => chosen.map(m => all[m])

/** What takes the echo of a fault out; undefined where every member has a memory, or none has. */
async function echoOf(
  alone: readonly number[],
  placing: readonly number[],
  scores: readonly Scores[],
  powers: readonly number[],
  channels: number,
  pauses: Pauses,
): Promise<EchoRule | undefined> {
  if (alone.length === 0 || alone.length === placing.length) return undefined
  const levels = await levelsOf(ofMembers(alone, scores), ofMembers(alone, powers), channels, pauses)
  return levels && { members: alone, levels }
}

/** What single samples are memberScores by; undefined when the members were memberScores on different samples. */
async function levelsOf(
  memberScores: readonly Scores[],
  powers: readonly number[],
  channels: number,
  pauses: Pauses,
): Promise<Float64Array | undefined> {
  const n = sameSamples(memberScores)
  if (n === undefined) return undefined
  await breathe(pauses)
  return sharpLevels(
    memberRows(memberScores, powers, channels, new Uint8Array(n)),
    memberScores.length,
    channels,
    pauses,
  )
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
