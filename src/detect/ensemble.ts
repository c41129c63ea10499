import type { FitContext, OnlineDetector, OnlineScorer, ScoreOptions, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, sampleCount } from '../core/frame.js'
import type { State, Tensor } from '../core/state.js'
import { quantile } from '../stats/index.js'
import type { CrossFitted } from './cross-fit.js'
import { joinScores, sliceScores, unscored } from './scores.js'
import { type Smoother, type SmoothingOptions, smoother, smoothOnline } from './smoothing.js'

/** A detector that takes part, and how its channels are averaged. */
export interface Member {
  readonly name: string
  /** Why it is there; shown beside its name. */
  readonly reason: string
  readonly detector: {
    fit(
      train: Frame,
      context: FitContext,
    ): Promise<OnlineDetector & Partial<Pick<CrossFitted, 'heldBack' | 'judge'>>>
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

/** How large the logarithm of a member's smooth score usually is. */
export interface Usual {
  readonly median: number
  /** Distance of its 1 % and 99 % quantiles. */
  readonly spread: number
}

/** A member as it is in a fitted ensemble. */
export interface FittedMember {
  readonly name: string
  readonly reason: string
  readonly power: number
  readonly detector: OnlineDetector
  readonly usual: Usual
}

export interface FittedEnsemble extends OnlineDetector {
  readonly members: readonly FittedMember[]
}

/** An ensemble that was just fitted. */
export interface CrossFittedEnsemble extends FittedEnsemble {
  /** Scores of the training frame by fits that had not seen the sample, when every member has them: a threshold can be set from these. */
  readonly heldBack?: Scores
  /**
   * Smooth scores `[N]` of each member over the training samples with other readings, by fits that had not seen the sample; none of a member
   * that cannot tell. See `CrossFitted.judge`.
   */
  judgeMembers(frame: Frame): readonly (Float64Array | undefined)[]
}

/** Keeps the logarithm of a score of 0 finite. */
const LEAST_SCORE = 1e-3
/** Keeps a member whose scores hardly vary from drowning the others. */
const LEAST_SPREAD = 0.1

/**
 * Combines detectors: the score of each is smoothed, its logarithm standardised by the median and the 1-99 % range it has on samples that
 * the member has not learnt from, and the score is the exponential of the mean over members. Taking the logarithm after smoothing (and not
 * before) is what keeps one member's outburst from deciding alone.
 *
 * The residual divides the score among the channels as the members' residuals, added up and smoothed in the same way, are divided.
 *
 * Frames are scaled. A sample is scored when every member scores it. Cost: that of the members and of smoothing (members + C) columns.
 */
export function ensemble(members: readonly Member[], smoothing: SmoothingOptions) {
  return {
    async fit(train: Frame, context: FitContext): Promise<CrossFittedEnsemble> {
      const smooth = smoother(smoothing)
      const fitted: FittedMember[] = []
      const held: Scores[] = []
      const judges: ((frame: Frame) => Float64Array | undefined)[] = []
      for (const { name, reason, power, detector } of members) {
        const learnt = await detector.fit(train, context)
        if (learnt.heldBack) held.push(learnt.heldBack)
        // A member without held-back scores of its own is judged on the later part of the history.
        const scores = learnt.heldBack ?? (await learnt.score(context.validation))
        fitted.push({ name, reason, power, detector: learnt, usual: usualScore(scores, power, smooth) })
        judges.push(frame => learnt.judge && smoothScore(learnt.judge(frame), power, smooth))
      }
      const judgeMembers = (frame: Frame) => judges.map(judge => judge(frame))
      const { combined, detector } = fittedEnsemble(fitted, train.channels.length, smoothing)
      return {
        ...detector,
        judgeMembers,
        ...(held.length === members.length && { heldBack: combined(held) }),
      }
    },
  }
}

/** Brings a saved ensemble back; `load` knows the kinds of its members. */
export function loadEnsemble(state: State, load: (state: State) => OnlineDetector): FittedEnsemble {
  const { smoothing, channels, members } = state.options as unknown as StoredEnsemble
  const restored = members.map((member, m) => {
    const arrays: Record<string, Tensor> = {}
    const prefix = `member${m}.`
    for (const [name, tensor] of Object.entries(state.arrays))
      if (name.startsWith(prefix)) arrays[name.slice(prefix.length)] = tensor
    const { name, reason, power, usual } = member
    return { name, reason, power, usual, detector: load({ ...member.state, arrays }) }
  })
  return fittedEnsemble(restored, channels, smoothing).detector
}

interface StoredEnsemble {
  readonly smoothing: SmoothingOptions
  readonly channels: number
  readonly members: readonly (Omit<FittedMember, 'detector'> & { readonly state: Omit<State, 'arrays'> })[]
}

function fittedEnsemble(
  members: readonly FittedMember[],
  channels: number,
  smoothing: SmoothingOptions,
): { readonly detector: FittedEnsemble; combined(results: readonly Scores[]): Scores } {
  const smooth = smoother(smoothing)
  const columns = members.length + channels
  const memberContext = Math.max(...members.map(({ detector }) => detector.contextLength))
  const memberLookahead = Math.max(...members.map(({ detector }) => detector.lookahead))

  /** The scores of samples whose smooth columns are known. */
  function combine(rows: Float64Array, reason: Uint8Array): Scores {
    const n = reason.length
    const scores = unscored(n, channels)
    scores.reason.set(reason)
    for (let i = 0; i < n; i++) {
      if (reason[i] !== 0) continue
      const row = rows.subarray(i * columns, (i + 1) * columns)
      let sum = 0
      members.forEach(({ usual }, m) => {
        sum += (Math.log(row[m] + LEAST_SCORE) - usual.median) / (usual.spread + LEAST_SPREAD)
      })
      const score = Math.exp(sum / members.length)
      let parts = 0
      for (let c = 0; c < channels; c++) parts += row[members.length + c]
      for (let c = 0; c < channels; c++)
        scores.residual[i * channels + c] =
          score * (parts > 0 ? (row[members.length + c] / parts) * channels : 1)
      scores.score[i] = score
    }
    return scores
  }

  /** Columns before smoothing: the mean of each member's residuals, then the sum of the members' residuals of each channel. */
  function toRows(results: readonly Scores[], n: number, reason: Uint8Array): Float64Array {
    const rows = new Float64Array(n * columns)
    for (let i = 0; i < n; i++) {
      const row = rows.subarray(i * columns, (i + 1) * columns)
      reason[i] = results.find(result => result.reason[i] !== 0)?.reason[i] ?? 0
      if (reason[i] !== 0) {
        row.fill(Number.NaN)
        continue
      }
      results.forEach(({ residual }, m) => {
        for (let c = 0; c < channels; c++) {
          const part = residual[i * channels + c] ** members[m].power
          row[m] += part / channels
          row[members.length + c] += part
        }
      })
    }
    return rows
  }

  /** The ensemble's scores of a whole series, from those of its members. */
  function combined(results: readonly Scores[]): Scores {
    const reason = new Uint8Array(results[0].score.length)
    const rows = toRows(results, reason.length, reason)
    const smoothed = new Float64Array(rows.length)
    smooth.apply(rows, columns, { start: 0, end: reason.length }, smoothed)
    return combine(smoothed, reason)
  }

  function online(options?: ScoreOptions): OnlineScorer {
    const scorers = members.map(({ detector }) => detector.online(options))
    const smoothing = smoothOnline(smooth, columns)
    let waiting = members.map(() => unscored(0, channels))
    let reasons = new Uint8Array(0)
    const take = (fresh: readonly Scores[], last: boolean): Scores => {
      waiting = waiting.map((scores, m) => joinScores([scores, fresh[m]]))
      const n = Math.min(...waiting.map(({ score }) => score.length))
      const reason = new Uint8Array(n)
      const rows = toRows(waiting, n, reason)
      waiting = waiting.map(scores => sliceScores(scores, n, scores.score.length))
      const smoothed = [smoothing.push(rows)]
      if (last) smoothed.push(smoothing.finish())
      const known = new Uint8Array(reasons.length + n)
      known.set(reasons)
      known.set(reason, reasons.length)
      const parts: Scores[] = []
      let at = 0
      for (const part of smoothed) {
        const end = at + part.length / columns
        parts.push(combine(part, known.subarray(at, end)))
        at = end
      }
      reasons = known.slice(at)
      return joinScores(parts)
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
    }
  }

  const detector: FittedEnsemble = {
    members,
    contextLength: memberContext + smooth.reach,
    fewestSamples: Math.max(
      ...members.map(({ detector }) => detector.fewestSamples ?? detector.contextLength),
    ),
    lookahead: memberLookahead + smooth.lookahead,
    async score(frame, options = {}) {
      const n = sampleCount(frame)
      const results: Scores[] = []
      for (const member of members) {
        results.push(await member.detector.score(frame, { ...options, onProgress: undefined }))
        if (options.signal?.aborted) throw createError('interrupted', { what: 'scoring' })
        options.onProgress?.(Math.floor((n * results.length) / (members.length + 1)), n)
      }
      const scores = combined(results)
      options.onProgress?.(n, n)
      return scores
    },
    online,
    state() {
      const arrays: Record<string, Tensor> = {}
      const stored = members.map(({ name, reason, power, usual, detector: own }, m) => {
        const { arrays: tensors, ...state } = own.state()
        for (const [key, tensor] of Object.entries(tensors)) arrays[`member${m}.${key}`] = tensor
        return { name, reason, power, usual: { ...usual }, state }
      })
      return {
        kind: 'detector:ensemble',
        version: 1,
        options: { channels, smoothing: { ...smoothing }, members: stored },
        arrays,
      }
    },
  }
  return { detector, combined }
}

/** The mean over channels of a member's residuals, smoothed. */
function smoothScore({ score, residual }: Scores, power: number, smooth: Smoother): Float64Array {
  const channels = residual.length / score.length
  const rows = Float64Array.from(score, (_, i) => {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += residual[i * channels + c] ** power
    return sum / channels
  })
  const smoothed = new Float64Array(rows.length)
  smooth.apply(rows, 1, { start: 0, end: rows.length }, smoothed)
  return smoothed
}

/** Median and 1-99 % range of the logarithm of the smooth score, over the samples that have one. */
function usualScore(scores: Scores, power: number, smooth: Smoother): Usual {
  const logs = smoothScore(scores, power, smooth).map(value => Math.log(value + LEAST_SCORE))
  return { median: quantile(logs, 0.5), spread: quantile(logs, 0.99) - quantile(logs, 0.01) }
}
