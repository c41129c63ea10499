import { z } from 'zod'
import {
  ALIGNMENTS,
  type Alignment,
  type FitContext,
  type FittedDetector,
  type Scores,
} from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { nestedState, nestStates, type State } from '../core/state.js'
import { quantileOfSorted, sortFinite } from '../stats/index.js'
import { combineRows, LEAST_SCORE, memberRows, type Usual } from './combine.js'
import { type CrossFitted, JUDGED_AT_ONCE } from './cross-fit.js'
import { createCombiner, type EnsembleParts, ensembleOnline } from './ensemble-online.js'
import { scoreSeries } from './score-series.js'
import { joinScores, sliceScores } from './scores.js'
import { smoother, smoothWhole } from './smoothing.js'
import { windowFrame } from './windows.js'

/** A detector that takes part, and how its channels are averaged. */
export interface Member {
  readonly name: string
  /** Why it is there; shown beside its name. */
  readonly reason: string
  readonly detector: {
    fit(
      train: Frame,
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

/** A member as it is in a fitted ensemble. */
export interface FittedMember {
  readonly name: string
  readonly reason: string
  readonly power: number
  readonly detector: FittedDetector
  /** Of each alignment that the ensemble was calibrated for. */
  readonly usual: Readonly<Partial<Record<Alignment, Usual>>>
}

export interface FittedEnsemble extends FittedDetector {
  readonly members: readonly FittedMember[]
  /** Those that it can score with: both, or for an ensemble of telltale 0.1 the one that it was trained for. */
  readonly alignments: readonly Alignment[]
}

/** An ensemble that was just fitted. */
export interface CrossFittedEnsemble extends FittedEnsemble {
  /** Scores of the training frame by fits that had not seen the sample, when every member has them: a threshold can be set from these. */
  heldBack?(alignment: Alignment, pauses?: Pauses): Promise<Scores>
  /**
   * Smooth two-sided scores `[N]` of each member over the training samples with other readings, by fits that had not seen the sample; none of a member
   * that cannot tell. See `CrossFitted.judge`.
   */
  judgeMembers(frame: Frame, pauses?: Pauses): Promise<readonly (Float64Array | undefined)[]>
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
    async fit(train: Frame, context: FitContext): Promise<CrossFittedEnsemble> {
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
      const heldBack = async (alignment: Alignment, pauses: Pauses = {}) => {
        const combiner = createCombiner(partsOf(fitted, channels, bandwidth, alignment), false)
        const n = held[0].score.length
        const parts: Scores[] = []
        for (let start = 0; start < n; start += JUDGED_AT_ONCE) {
          const end = Math.min(n, start + JUDGED_AT_ONCE)
          parts.push(
            combiner.push(
              held.map(scores => sliceScores(scores, start, end)),
              end === n,
            ),
          )
          await breathe(pauses)
        }
        return joinScores(parts)
      }
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

const USUAL = z.object({ median: z.number(), spread: z.number() })
const MEMBER = { name: z.string(), reason: z.string(), power: z.number() }
/** The shape of `State.options`: a manifest comes from outside. */
const STORED = z.object({
  channels: z.number().int().positive(),
  bandwidth: z.number().nonnegative(),
  members: z.array(z.object({ ...MEMBER, usual: z.partialRecord(z.enum(ALIGNMENTS), USUAL) })).min(1),
})
/** Of version 1, of telltale 0.1: calibrated for one alignment, each member with its own state. */
const STORED_1 = z.object({
  channels: z.number().int().positive(),
  smoothing: z.object({ bandwidth: z.number().nonnegative(), mode: z.enum(['centred', 'causal']) }),
  members: z
    .array(
      z.object({
        ...MEMBER,
        usual: USUAL,
        state: z.object({ kind: z.string(), version: z.number(), options: z.json() }),
      }),
    )
    .min(1),
})

/**
 * Brings a saved ensemble back.
 *
 * @param load a member by its state, given what it is called in errors
 * @throws ArtefactError `artefact-damaged`, and what `load` throws
 */
export function loadEnsemble(
  state: State,
  load: (state: State, called: string) => FittedDetector,
): FittedEnsemble {
  const current = state.version === 1 ? upgraded(state) : state
  const { channels, bandwidth, members } = parsed(STORED, current)
  const restored = members.map((member, m): FittedMember => {
    const own = nestedState(current, prefixOf(m))
    if (own === undefined) throw damaged(`the member ${member.name} is missing`)
    return { ...member, detector: load(own, `the member ${member.name} of the model`) }
  })
  return fittedEnsemble(restored, channels, bandwidth)
}

const prefixOf = (member: number) => `member${member}`

function damaged(reason: string) {
  return createError('artefact-damaged', { path: 'the model', file: 'manifest.json', reason })
}

function parsed<T>(schema: z.ZodType<T>, { options }: State): T {
  const found = schema.safeParse(options)
  if (found.success) return found.data
  const [{ path, message }] = found.error.issues
  throw damaged(`the ensemble, ${path.join('.')}: ${message}`)
}

/** Version 1 as version 2. */
function upgraded(state: State): State {
  const { channels, smoothing, members } = parsed(STORED_1, state)
  const alignment = smoothing.mode === 'centred' ? 'two-sided' : 'causal'
  const parts = Object.fromEntries(members.map(({ state }, m) => [prefixOf(m), state]))
  const own = members.map(({ state: _, usual, ...member }) => ({ ...member, usual: { [alignment]: usual } }))
  const options = { channels, bandwidth: smoothing.bandwidth, members: own, parts }
  return { ...state, version: 2, options }
}

/** What the ensemble scores by for one alignment. Throws `alignment-missing` when it was not calibrated for it. */
function partsOf(
  members: readonly FittedMember[],
  channels: number,
  bandwidth: number,
  alignment: Alignment,
): EnsembleParts {
  return {
    detectors: members.map(({ detector }) => detector),
    powers: members.map(({ power }) => power),
    usual: members.map(({ usual }) => {
      const own = usual[alignment]
      if (own === undefined)
        throw createError('alignment-missing', { known: Object.keys(usual).join(', '), wanted: alignment })
      return own
    }),
    channels,
    smooth: smoother({ bandwidth, alignment }),
  }
}

function fittedEnsemble(
  members: readonly FittedMember[],
  channels: number,
  bandwidth: number,
): FittedEnsemble {
  const { reach } = smoother({ bandwidth, alignment: 'causal' })
  const largest = (of: (detector: FittedDetector) => number) =>
    Math.max(...members.map(({ detector }) => of(detector)))
  const alignments = ALIGNMENTS.filter(alignment => members.every(({ usual }) => usual[alignment]))
  const partsFor = new Map<Alignment, EnsembleParts>()
  const parts = (alignment: Alignment): EnsembleParts => {
    const known = partsFor.get(alignment) ?? partsOf(members, channels, bandwidth, alignment)
    partsFor.set(alignment, known)
    return known
  }
  const windowLength = largest(detector => detector.windowLength) + reach
  return {
    members,
    alignments,
    contextLength: largest(detector => detector.contextLength) + reach,
    fewestSamples: largest(detector => detector.fewestSamples ?? detector.contextLength),
    lookahead: alignments.includes('two-sided') ? largest(detector => detector.lookahead) + reach : 0,
    windowLength,
    online: (options = {}, from) => ensembleOnline(parts(options.alignment ?? 'causal'), options, from),
    scoreWindows: (values, count, out) => windowScores(parts('causal'), windowLength, values, count, out),
    state() {
      const nested = nestStates(
        Object.fromEntries(members.map(({ detector }, m) => [prefixOf(m), detector.state()])),
      )
      const own = members.map(({ name, reason, power, usual }) => ({
        ...{ name, reason, power },
        usual: Object.fromEntries(Object.entries(usual).map(([alignment, one]) => [alignment, { ...one }])),
      }))
      return {
        kind: 'detector:ensemble',
        version: 2,
        options: { channels, bandwidth, members: own, ...nested.options },
        arrays: nested.arrays,
      }
    },
  }
}

/** The score of the last sample of each window: only its row is smoothed. */
function windowScores(
  { detectors, powers, usual, channels, smooth }: EnsembleParts,
  length: number,
  values: Float32Array,
  count: number,
  out: Float32Array,
): void {
  const columns = detectors.length + channels
  const last = { start: length - 1, end: length }
  const smoothed = new Float64Array(columns)
  const frame = windowFrame(length, channels)
  for (let w = 0; w < count; w++) {
    const window = frame(values, w)
    const reason = new Uint8Array(length)
    const results = detectors.map(detector => detector.online().push(window))
    smooth.apply(memberRows(results, powers, channels, reason), columns, last, smoothed)
    out[w] = combineRows(smoothed, reason.subarray(length - 1), usual, channels).score[0]
  }
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
