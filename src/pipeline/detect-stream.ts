import { REASONS, type Reason, type Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import type { Adaptation } from '../threshold/index.js'
import { channelPolicies, type MissingPolicy, prepareFrame } from '../validate/index.js'
import { type DetectSettings, fittedThreshold, settingOf } from './detect.js'
import { eventRulesOf } from './event-rules.js'
import { eventsOnline, type TimedEvent } from './event-times.js'
import { alignChannels } from './frames.js'
import type { Model } from './model.js'
import { checkThresholdOptions } from './options.js'
import { scorePublisher } from './publish.js'
import { regimeLevelling } from './regimes.js'
import { missingOf } from './segments.js'
import { segmentsOnline } from './segments-online.js'

/** Consecutive scored samples, and the events that closed with them. */
export interface ScoredPiece {
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
  /** How the level has followed the scores so far; null when it does not adapt. */
  readonly adaptation: Adaptation | null
}

export interface DetectStreamHooks {
  readonly signal?: AbortSignal
}

/**
 * Scores a series that is larger than memory: joined, the pieces are what `detect` says about the whole series, bit for bit, and the events are
 * the same. The next chunk is asked for when the piece before it was taken, so that memory depends on the chunk, never on the number of samples.
 *
 * Missing readings: `error`, `drop` and `hold` (which waits for at most `maxGap` samples). A gap in time is judged by the cadence of the history, because
 * that of the whole series is not known yet. The ranges, frozen runs and drift that `detect` compares with the history are not judged.
 *
 * @param chunks consecutive samples; the model's channels in any order
 * @throws OptionError `stream-unsupported`; DataError as `detect`, without `data-invalid`; `interrupted` when the signal aborts
 */
export async function* detectStream(
  model: Model,
  chunks: AsyncIterable<Frame> | Iterable<Frame>,
  options: DetectSettings = {},
  hooks: DetectStreamHooks = {},
): AsyncGenerator<ScoredPiece, void, undefined> {
  checkThresholdOptions(options)
  const refused = notInStream(model, options)
  if (refused) throw createError('stream-unsupported', refused)
  const { channels, schema } = model.info
  const missing = missingOf(options, model.info.options)
  const holding = channelPolicies(channels, missing).flatMap((policy, c) => (policy === 'hold' ? [c] : []))
  const scorer = segmentsOnline(model.detector, frame => model.scaler.transform(frame), channels.length)
  const level = regimeLevelling(model.regimes)
  const publisher = scorePublisher(model, fittedThreshold(model, options), settingOf(model, options), options)
  const rules = eventRulesOf(options, model.info.options)
  let events: ReturnType<typeof eventsOnline> | undefined
  /** Samples that are not decided yet, after those before them that decide how a run of missing readings is filled. */
  let open: Frame | undefined
  let decided = 0
  /** Samples that were handed to the scorer and have no score yet. */
  let waiting: Frame | undefined
  let total = 0

  const pieceOf = ({ score, residual, reason }: Scores): ScoredPiece => {
    const n = score.length
    const frame = sliceFrame(waiting!, 0, n)
    waiting = sliceFrame(waiting!, n)
    level(frame, { score, residual })
    const flag = publisher.publish({ score, residual }, channels.length)
    const closed = events!.push({ frame, score, flag, residual })
    const adaptation = publisher.adaptation()
    return { frame, score, flag, residual, reason: i => REASONS[reason[i]], events: closed, adaptation }
  }

  for await (const chunk of chunks) {
    if (hooks.signal?.aborted) throw createError('interrupted', { what: 'scoring' })
    const aligned = alignChannels(chunk, channels)
    events ??= eventsOnline(channels, aligned.timeKind, rules)
    total += sampleCount(aligned)
    waiting = joined(waiting, aligned)
    open = joined(open, aligned)
    const end = sampleCount(open) - undecided(open, holding, missing.maxGap)
    yield* decide(end)
  }
  if (open) yield* decide(sampleCount(open))
  const wanted = model.detector.fewestSamples ?? model.detector.contextLength
  if (total < wanted)
    throw createError('data-too-short', { rows: total, purpose: 'detection', wanted, window: wanted })
  for (const scores of scorer.finish()) if (scores.score.length > 0) yield pieceOf(scores)
  const last = events?.finish() ?? []
  if (last.length > 0) yield { ...emptyPiece(waiting!), events: last, adaptation: publisher.adaptation() }

  function* decide(end: number): Generator<ScoredPiece> {
    if (open === undefined || end <= decided) return
    const prepared = prepareFrame(open, missing, undefined, schema?.cadenceMs ?? Number.NaN)
    for (const scores of scorer.push(prepared, decided, end))
      if (scores.score.length > 0) yield pieceOf(scores)
    // As many samples as tell whether a run of missing readings is longer than maxGap, and the reading before it.
    const kept = Math.min(end, missing.maxGap + 1)
    open = copyOf(sliceFrame(open, end - kept))
    decided = kept
  }
}

/** What cannot be scored in a stream, if anything; as the facts of `stream-unsupported`. */
export function notInStream(
  model: Model,
  options: DetectSettings,
): { what: string; reason: string; remedy: string } | undefined {
  const policies = channelPolicies(model.info.channels, missingOf(options, model.info.options))
  const later = policies.find((policy: MissingPolicy) => policy === 'linear' || policy === 'mask')
  if (later !== undefined)
    return {
      what: `missing readings with the policy ${later}`,
      reason: 'it needs the next reading, however late that comes',
      remedy: 'Use --missing hold, drop or error',
    }
  if ((options.stride ?? 1) > 1)
    return {
      what: `a stride of ${options.stride}`,
      reason: 'a scorer of arriving samples scores every window',
      remedy: 'Use --stride 1',
    }
  return undefined
}

/** Samples at the end whose missing readings may still turn out to be a run that is filled. */
function undecided({ values, channels, timeMs }: Frame, holding: readonly number[], maxGap: number): number {
  const width = channels.length
  const runs = holding.map(c => {
    let run = 0
    while (run < timeMs.length && !Number.isFinite(values[(timeMs.length - 1 - run) * width + c])) run++
    return run > maxGap ? 0 : run
  })
  return Math.max(0, ...runs)
}

function joined(before: Frame | undefined, after: Frame): Frame {
  if (before === undefined || sampleCount(before) === 0) return after
  const timeMs = new Float64Array(before.timeMs.length + after.timeMs.length)
  const values = new Float64Array(before.values.length + after.values.length)
  timeMs.set(before.timeMs)
  timeMs.set(after.timeMs, before.timeMs.length)
  values.set(before.values)
  values.set(after.values, before.values.length)
  return { ...after, timeMs, values }
}

/** So that a few samples do not keep the chunk alive from which they were cut. */
const copyOf = (frame: Frame): Frame => ({
  ...frame,
  timeMs: frame.timeMs.slice(),
  values: frame.values.slice(),
})

const emptyPiece = (frame: Frame): Omit<ScoredPiece, 'events' | 'adaptation'> => ({
  frame: sliceFrame(frame, 0, 0),
  score: new Float32Array(0),
  flag: new Uint8Array(0),
  residual: new Float32Array(0),
  reason: () => '',
})
