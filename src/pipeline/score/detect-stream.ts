import { alignChannels } from '../../core/channels.js'
import { REASONS, type Reason, type Scores } from '../../core/contracts.js'
import { createError } from '../../core/errors.js'
import { appendFrame, type Frame, sampleCount, sliceFrame } from '../../core/frame.js'
import type { Suppressed } from '../../events/index.js'
import type { Model } from '../../model/index.js'
import {
  eventRulesOf,
  eventsOnline,
  leaveOutMasked,
  missingOf,
  type PublishedColumns,
  publishedScale,
  refuseErrors,
  regimeLevelling,
  scorePublisher,
  segmentsOnline,
  type TimedEvent,
  usualReadings,
} from '../../session/index.js'
import type { Adaptation } from '../../threshold/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import {
  channelPolicies,
  type Issue,
  type OnlineValidation,
  type PreparedPart,
  prepareOnline,
  validateOnline,
} from '../../validate/index.js'
import { type DetectSettings, fittedThreshold, settingOf } from './detect.js'

/** Consecutive scored samples, and the events that closed with them. */
export interface ScoredPiece extends PublishedColumns {
  /** Channels in the model's order; readings as they came. */
  readonly frame: Frame
  /** `[N]` 1.0 = threshold; NaN where not scored. */
  readonly score: Float32Array
  /** `[N]` 1 where the score is above 1. */
  readonly flag: Uint8Array
  /** `[N * C]` */
  readonly residual: Float32Array
  /** Why sample i of the piece has no score; empty when it has one. */
  reason(i: number): Reason
  readonly events: readonly TimedEvent[]
  /** Flagged samples of the series so far that opened no event because of maintenance or the cool-down. */
  readonly suppressed: Suppressed
  /** How the level has followed the scores so far; null when it does not adapt. */
  readonly adaptation: Adaptation | null
  /** How the samples differ from what the history looked like: known, and told, with the last piece. */
  readonly issues: readonly Issue[]
  /** No event that is still to come has a sample before this one, counted from the first of the series. */
  readonly settled: number
}

export interface DetectStreamHooks {
  readonly signal?: AbortSignal
}

/**
 * Scores a series that is larger than memory: joined, the pieces are what `detect` says about the whole series, bit for bit, and the events are
 * the same. The next chunk is asked for when the piece before it was taken, so that memory depends on the chunk, never on the number of samples.
 *
 * Missing readings are treated as in `detect`: `hold` and `linear` wait for the next reading for at most `maxGap` samples, `mask` for as long as it
 * takes. A gap in time is judged by the cadence of the history, because that of the whole series is not known yet. Data that are invalid are refused
 * when the series has ended, or at the first chunk after which nothing could mend them: keep no piece before the last one is there.
 *
 * @param chunks consecutive samples; the model's channels in any order
 * @throws OptionError `stream-unsupported` when `mask` would have to wait for more than fits in 64 MB; DataError as `detect`; `interrupted` when the signal aborts
 */
export async function* detectStream(
  model: Model,
  chunks: AsyncIterable<Frame> | Iterable<Frame>,
  options: DetectSettings = {},
  hooks: DetectStreamHooks = {},
): AsyncGenerator<ScoredPiece, void, undefined> {
  checkThresholdOptions(options)
  const { channels, schema } = model.info
  const width = channels.length
  const missing = missingOf(options, model.info.options)
  const cadenceMs = schema?.cadenceMs ?? Number.NaN
  const fallback = schema?.channels.map(({ median }) => median ?? 0)
  const preparation = prepareOnline(channels, missing, fallback, cadenceMs)
  const isMasking = channelPolicies(channels, missing).includes('mask')
  const transform = (frame: Frame) => model.scaler.transform(frame)
  const scorer = segmentsOnline(model.detector, transform, width, options)
  const toRegime = regimeLevelling(model.regimes)
  const threshold = fittedThreshold(model, options)
  const publisher = scorePublisher(model, threshold, settingOf(model, options), options)
  const scale = publishedScale(model.calibrationScores, threshold.level)
  const rules = eventRulesOf(options, model.info.options, channels)
  const usual = usualReadings(model, rules)
  const validationLevel = options.validationLevel ?? 'moderate'
  let events: ReturnType<typeof eventsOnline> | undefined
  let validation: OnlineValidation | undefined
  /** Samples that have no score yet, and which readings of those handed to the scorer do not count. */
  let waiting: Frame | undefined
  let masked = new Uint8Array(0)
  let total = 0

  const withPValue = (timed: TimedEvent): TimedEvent => ({
    ...timed,
    event: { ...timed.event, pValue: scale.pValue(timed.event.score) },
  })
  const progress = () => ({ suppressed: events!.suppressed(), adaptation: publisher.adaptation() })
  const pieceOf = (scores: Scores): ScoredPiece => {
    const { score, residual, reason } = scores
    const n = score.length
    const frame = sliceFrame(waiting!, 0, n)
    waiting = sliceFrame(waiting!, n)
    if (isMasking) {
      leaveOutMasked(scores, masked.subarray(0, n * width), width)
      masked = masked.slice(n * width)
    }
    toRegime(frame, scores)
    const flag = publisher.publish(scores, width)
    const closed = events!.push({ frame, score, flag, residual }).map(withPValue)
    const settled = events!.settled()
    return {
      frame,
      score,
      ...scale.columns(score),
      flag,
      residual,
      reason: i => REASONS[reason[i]],
      events: closed,
      ...progress(),
      issues: [],
      settled,
    }
  }

  function* score(part: PreparedPart | undefined): Generator<ScoredPiece> {
    if (part === undefined) return
    if (isMasking) masked = withMasks(masked, part, width)
    for (const scores of scorer.push(part, part.from, part.to))
      if (scores.score.length > 0) yield pieceOf(scores)
  }

  for await (const chunk of chunks) {
    if (hooks.signal?.aborted) throw createError('interrupted', { what: 'scoring' })
    const aligned = alignChannels(chunk, channels)
    const { timeKind } = aligned
    events ??= eventsOnline(channels, timeKind, rules, usual)
    if (schema) {
      validation ??= validateOnline(channels, timeKind, schema, validationLevel)
      refuseErrors(validation.push(aligned), 'detection', validationLevel)
    }
    total += sampleCount(aligned)
    waiting = waiting === undefined ? aligned : appendFrame(waiting, aligned)
    yield* score(preparation.push(aligned))
  }
  const issues = validation?.finish() ?? []
  refuseErrors(issues, 'detection', validationLevel)
  yield* score(preparation.finish())
  const wanted = model.detector.fewestSamples ?? model.detector.contextLength
  if (total < wanted)
    throw createError('data-too-short', { rows: total, purpose: 'detection', wanted, window: wanted })
  for (const scores of scorer.finish()) if (scores.score.length > 0) yield pieceOf(scores)
  const last = events?.finish().map(withPValue) ?? []
  yield { ...emptyPiece(waiting!), events: last, ...progress(), issues, settled: total }
}

/** Which readings of the samples that wait for their scores do not count, with those of the next part. */
function withMasks(before: Uint8Array, { from, to, masked }: PreparedPart, width: number) {
  const longer = new Uint8Array(before.length + (to - from) * width)
  longer.set(before)
  if (masked) longer.set(masked.subarray(from * width, to * width), before.length)
  return longer
}

const emptyPiece = (
  frame: Frame,
): Omit<ScoredPiece, 'events' | 'suppressed' | 'adaptation' | 'issues' | 'settled'> => ({
  frame: sliceFrame(frame, 0, 0),
  score: new Float32Array(0),
  pValue: new Float32Array(0),
  severity: new Float32Array(0),
  flag: new Uint8Array(0),
  residual: new Float32Array(0),
  reason: () => '',
})
