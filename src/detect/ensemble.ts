import {
  ALIGNMENTS,
  type Alignment,
  type FitContext,
  type FittedDetector,
  type Scores,
} from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { mean, quantileOfSorted, sortFinite } from '../stats/index.js'
import { type BaselineLengths, singleScores, singleWeights } from './baseline.js'
import { findCycle, withoutCycle } from './calendar-cycle.js'
import { memberRows } from './combine.js'
import { type CrossFitted, SCORED_AT_ONCE } from './cross-fit.js'
import { crossRegression } from './cross-regression.js'
import { createCombiner, type EnsembleParts } from './ensemble-online.js'
import {
  type Baseline,
  type Combination,
  type FittedEnsemble,
  type FittedMember,
  fittedEnsemble,
  type LimitRules,
  partsOf,
} from './fitted-ensemble.js'
import { frozenLimits } from './frozen.js'
import { highestScore, type LimitRule } from './limit-rule.js'
import { scoreSeries } from './score-series.js'
import { joinScores, sliceScores } from './scores.js'
import { type EchoRule, evidenceRows, memorylessMembers, sameSamples, sharpLevels } from './sharp.js'
import { smoother, smoothWhole } from './smoothing.js'
import { stillChannels, stillScores, stillStep } from './still.js'
import { readingCounts, switchChannels, switchLimits } from './switches.js'
import { honestExponent, LEAST_SCORE, type Usual } from './usual.js'
import { hiddenChannels, memberViews, relationsView, withHidden } from './views.js'

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
  /** true: it sees measurements alone, and nothing of switches, see `switchChannels`. */
  readonly measurements?: true
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

export interface EnsembleOptions {
  /** Bandwidths of the smoothing, samples, ascending. */
  readonly scales: readonly number[]
  /** How recent scores count, see `baselineLengths`; undefined = not at all. */
  readonly recent?: BaselineLengths
  /** Whether the daily or weekly cycle of a single channel is taken out, see `findCycle`. Default false. */
  readonly cycle?: boolean
  /** Whether relations between channels place events beside the members, see `crossRegression`. Default false. */
  readonly relations?: boolean
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
 * Channels with two readings in training, see `switchChannels`, are no part of the mean of a member, and hidden from members that look at measurements alone. One whose own error is more than twice as high as it ever was raises the
 * score above the highest normal one, and so does a channel whose readings are frozen, see `frozenLimits`. Where the history is short, and with one channel, the score is
 * divided by what recent scores were, see `watchBaseline`.
 *
 * The residual divides the score among the channels as the members' residuals, added up and smoothed at the first scale, are divided. Expected is the median
 * over the members that know.
 *
 * Frames are scaled. Fitted once, for both alignments. A sample is scored when every member scores it. Cost: that of the members and of smoothing
 * (members + C) columns.
 *
 */
export function ensemble(candidates: readonly Member[], options: EnsembleOptions) {
  const { scales, recent, cycle = false } = options
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFittedEnsemble> {
      const members = takingPart(candidates, train.channels.length)
      const counts = readingCounts(train)
      const hidden = hiddenFrom(members, counts)
      const daily = cycle ? onlyCycle(train, context) : undefined
      const fits = await fitMembers(members, train, { hidden, daily }, context)
      const fitted: FittedMember[] = []
      const memberScores = fits.map(({ scores }) => scores.causal)
      const isComparable = sameSamples(memberScores) !== undefined
      const switches = isComparable ? switchChannels(counts) : undefined
      for (const [m, { detector, scores }] of fits.entries()) {
        const { name, reason, power, measurements } = members[m]
        const usual = await usualOf(scores, power, switches, scales, context)
        const seen = hidden && measurements && { measurements }
        fitted.push({ name, reason, power, ...seen, detector, usual })
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
      const { reach } = smoother({ bandwidth: scales[scales.length - 1], alignment: 'causal' })
      const frozen = isComparable ? frozenLimits([train, context.validation], counts, reach) : undefined
      const baseline =
        recent && isComparable ? baselineOf(recent, { fitted, exponents }, memberScores, switches) : undefined
      const combined = { scales, exponents, ...(baseline && { baseline }) }
      const added =
        (still || switches || frozen) && isComparable
          ? await besideMeans(fitted, memberScores, { switches, frozen }, combined, context)
          : { steps: {}, switches: {}, frozen: {} }
      const isHeldBack = fits.every(({ detector }) => detector.heldBack)
      const relations =
        options.relations && channels > 1 && isComparable && isHeldBack
          ? await crossRegression().fit(relationsView(train, { still, hidden: hidden?.rule }), context)
          : undefined
      const placing = members.flatMap(({ places }, m) => (places === false ? [] : [m]))
      const sharp = await levelsOf(
        ofMembers(placing, memberScores),
        ofMembers(placing, powers),
        channels,
        relations?.heldBack,
        context,
      )
      const alone = memorylessMembers(
        fitted.map(({ detector }) => detector.contextLength),
        channels,
      )
      const echo = await echoOf(alone, placing, memberScores, powers, channels, relations?.heldBack, context)
      const combination: Combination = {
        ...combined,
        ...(hidden && { hidden: hidden.numbers }),
        ...(daily && { cycle: daily.cycle }),
        ...(sharp && { sharp }),
        ...(sharp && relations && { relations }),
        ...(sharp && placing.length < members.length && { placing }),
        ...(sharp && echo && { echo }),
        ...(still && { still, steps: added.steps }),
        ...(switches && { switches: added.switches }),
        ...(frozen && { frozen: added.frozen }),
      }
      const middle = scales[scales.length >> 1]
      const held = fits.flatMap(({ detector: { heldBack } }) => heldBack ?? [])
      const heldBack = (alignment: Alignment, pauses: Pauses = {}) =>
        combineHeld(held, partsOf(fitted, channels, combination, alignment), pauses, relations?.heldBack)
      return {
        ...fittedEnsemble(fitted, channels, combination),
        async scoreMembersHeldBack(frame, pauses = {}) {
          const smooth = { bandwidth: middle, alignment: 'two-sided' } as const
          const found: (Float64Array | undefined)[] = []
          const views = memberViews(daily ? outOf(frame, daily) : frame, members.length, {
            still,
            hidden: hidden?.rule,
          })
          for (const [m, { detector }] of fits.entries())
            found.push(
              detector.scoreHeldBack &&
                (await smoothScore(
                  withHidden(await detector.scoreHeldBack(views[m], pauses), m, frame, hidden?.rule),
                  members[m].power,
                  switches,
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
async function combineHeld(
  held: readonly Scores[],
  parts: EnsembleParts,
  pauses: Pauses,
  relations?: Scores,
): Promise<Scores> {
  const combiner = createCombiner(parts, false)
  const n = held[0].score.length
  const pieces: Scores[] = []
  for (let start = 0; start < n; start += SCORED_AT_ONCE) {
    const end = Math.min(n, start + SCORED_AT_ONCE)
    const members = held.map(scores => sliceScores(scores, start, end))
    const still = parts.standard.still?.values
    const all = still ? [...members, stillScores(still, undefined, end - start)] : members
    if (relations) all.push(sliceScores(relations, start, end))
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
  relations: Scores | undefined,
  pauses: Pauses,
): Promise<EchoRule | undefined> {
  if (alone.length === 0 || alone.length === placing.length) return undefined
  const levels = await levelsOf(
    ofMembers(alone, scores),
    ofMembers(alone, powers),
    channels,
    relations,
    pauses,
  )
  return levels && { members: alone, levels }
}

/** What single samples are memberScores by; undefined when the members were memberScores on different samples. */
async function levelsOf(
  memberScores: readonly Scores[],
  powers: readonly number[],
  channels: number,
  relations: Scores | undefined,
  pauses: Pauses,
): Promise<Float64Array | undefined> {
  const n = sameSamples(memberScores)
  if (n === undefined) return undefined
  await breathe(pauses)
  const rows = memberRows(memberScores, powers, channels, new Uint8Array(n))
  const own = await sharpLevels(evidenceRows(rows, memberScores.length, channels), channels, pauses)
  const given = relations && (await sharpLevels(Float64Array.from(relations.residual), channels, pauses))
  return own && given ? Float64Array.of(...own, ...given) : own
}

/** A fitted member, and its scores of normal samples that it has not learnt from. */
interface Fit {
  readonly detector: Awaited<ReturnType<Member['detector']['fit']>>
  readonly scores: Readonly<Record<Alignment, Scores>>
}

/** Channels that the members with `measurements` do not see: switches. Undefined when there are none. */
function hiddenFrom(members: readonly Member[], counts: Uint8Array) {
  const switches = switchChannels(counts)
  const from = members.map(({ measurements = false }) => measurements)
  if (switches === undefined || !from.includes(true)) return undefined
  const numbers = Array.from(switches.keys()).filter(c => switches[c] > 0)
  return { numbers, rule: hiddenChannels(numbers, counts.length, from) }
}

type Daily = NonNullable<ReturnType<typeof findCycle>>

/** The daily or weekly cycle of a history of one channel. With several the others say what time it is. */
const onlyCycle = (train: ScaledFrame, { timeZone }: FitContext) =>
  train.channels.length === 1 ? findCycle(train, timeZone) : undefined

/** Readings of the history without what its other days call for. */
const outOf = (frame: ScaledFrame, { cycle, expected }: Daily) => withoutCycle(frame, expected, cycle)

/** Fits each member to what it sees. */
async function fitMembers(
  members: readonly Member[],
  train: ScaledFrame,
  { hidden, daily }: { readonly hidden: ReturnType<typeof hiddenFrom>; readonly daily: Daily | undefined },
  context: FitContext,
): Promise<Fit[]> {
  const { rule } = hidden ?? {}
  const views = memberViews(daily ? outOf(train, daily) : train, members.length, { hidden: rule })
  const validations = memberViews(context.validation, members.length, { hidden: rule, cycle: daily?.cycle })
  const fits: Fit[] = []
  for (const [m, { detector }] of members.entries()) {
    const seen = { ...context, validation: validations[m] }
    const learnt = await detector.fit(views[m], seen)
    if (learnt.heldBack) withHidden(learnt.heldBack, m, train, hidden?.rule)
    fits.push({ detector: learnt, scores: await notLearntFrom(learnt, seen) })
  }
  return fits
}

/** The scores that it held back; of a member without them, those of the later part of the history. */
async function notLearntFrom(
  learnt: FittedDetector & Partial<Pick<CrossFitted, 'heldBack'>>,
  { validation, signal, pause }: FitContext,
): Promise<Fit['scores']> {
  const { heldBack } = learnt
  if (heldBack) return { causal: heldBack, 'two-sided': heldBack }
  const scored = (alignment: Alignment) =>
    scoreSeries(learnt, validation, { alignment, signal, pause: () => pause?.() })
  return { causal: await scored('causal'), 'two-sided': await scored('two-sided') }
}

/** What a member's smooth score usually is, at each scale, for each alignment. */
async function usualOf(
  scores: Fit['scores'],
  power: number,
  switches: Uint8Array | undefined,
  scales: readonly number[],
  pauses: Pauses,
): Promise<FittedMember['usual']> {
  const usual: Partial<Record<Alignment, Usual[]>> = {}
  for (const alignment of ALIGNMENTS) {
    const own: Usual[] = []
    for (const bandwidth of scales) {
      const smoothing = { bandwidth, alignment }
      own.push(usualScore(await smoothScore(scores[alignment], power, switches, smoothing, pauses)))
    }
    usual[alignment] = own
  }
  return usual
}

/** How recent scores count: the usual logarithm of the score of a single sample, of each alignment. */
function baselineOf(
  recent: BaselineLengths,
  { fitted, exponents }: Pick<Combination, 'exponents'> & { readonly fitted: readonly FittedMember[] },
  scores: readonly Scores[],
  switches: Uint8Array | undefined,
): Baseline {
  const channels = scores[0].residual.length / scores[0].score.length
  const powers = fitted.map(({ power }) => power)
  const rows = memberRows(scores, powers, channels, new Uint8Array(scores[0].score.length), switches)
  const known: Partial<Record<Alignment, number>> = {}
  for (const alignment of ALIGNMENTS) {
    const weights = singleWeights(
      fitted.map(({ usual }) => usual[alignment] ?? []),
      exponents[alignment] ?? 1,
    )
    const logs = singleScores(rows, scores.length + channels, weights).filter(log => !Number.isNaN(log))
    known[alignment] = mean(logs)
  }
  return { ...recent, usual: known }
}

/** What channels add beside the members' means: the step of still ones, and the rules of switches and of frozen ones. */
async function besideMeans(
  fitted: readonly FittedMember[],
  scores: readonly Scores[],
  { switches, frozen }: { readonly switches?: Uint8Array; readonly frozen?: Float64Array },
  combination: Pick<Combination, 'scales' | 'exponents' | 'baseline'>,
  pauses: Pauses,
): Promise<{
  readonly steps: NonNullable<Combination['steps']>
  readonly switches: LimitRules
  readonly frozen: LimitRules
}> {
  const steps: Partial<Record<Alignment, number>> = {}
  const rules: Record<'switches' | 'frozen', Partial<Record<Alignment, LimitRule>>> = {
    switches: {},
    frozen: {},
  }
  const powers = fitted.map(({ power }) => power)
  const channels = scores[0].residual.length / scores[0].score.length
  const [bandwidth] = combination.scales
  for (const alignment of ALIGNMENTS) {
    const limits =
      switches && (await switchLimitsOf(switches, scores, powers, { bandwidth, alignment }, pauses))
    const unraised = limits && { [alignment]: { limits, level: 0 } }
    const parts = partsOf(fitted, channels, { ...combination, switches: unraised }, alignment)
    const { score } = await combineHeld(scores, parts, pauses)
    steps[alignment] = stillStep(score)
    const level = highestScore(score)
    if (limits) rules.switches[alignment] = { limits, level }
    if (frozen) rules.frozen[alignment] = { limits: frozen, level }
  }
  return { steps, ...rules }
}

/** See `switchLimits`. @param smoothing the first scale */
async function switchLimitsOf(
  switches: Uint8Array,
  scores: readonly Scores[],
  powers: readonly number[],
  smoothing: Parameters<typeof smoother>[0],
  pauses: Pauses,
): Promise<Float64Array> {
  const channels = switches.length
  const rows = memberRows(scores, powers, channels, new Uint8Array(scores[0].score.length), switches)
  const smooth = await smoothWhole(smoother(smoothing), rows, scores.length + channels, pauses)
  return switchLimits(switches, smooth, scores.length)
}

/** The mean over channels of a member's residuals, those of switches left out, smoothed. */
function smoothScore(
  { score, residual }: Scores,
  power: number,
  switches: Uint8Array | undefined,
  smoothing: Parameters<typeof smoother>[0],
  pauses: Pauses,
): Promise<Float64Array> {
  const channels = residual.length / score.length
  const rows = new Float64Array(score.length)
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let c = 0; c < channels; c++, at++)
      if (!switches?.[c]) rows[i] += power === 1 ? residual[at] : residual[at] ** power
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
