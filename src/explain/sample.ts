import { type AnomalyEvent, REASONS, type Reason } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { type SampleFate, sampleFate } from '../events/index.js'
import type { Model } from '../model/index.js'
import {
  expectedReadings,
  resolveSettings,
  type ScoredSamples,
  type SessionSettings,
} from '../session/index.js'
import { median } from '../stats/index.js'
import { descending } from './descending.js'
import { learnExpectation } from './expectation.js'
import type { Explanation } from './explain.js'
import { type HistoryRange, historyRange } from './history-range.js'
import { type Band, bandOf } from './possible.js'
import { findReference } from './reference.js'
import { modelChannels, type NamedChannel } from './units.js'
import { BAND } from './usual-error.js'

/** What one sample says about a channel: its reading, what the other channels call for, and the band around that. */
export interface SampleChannel extends NamedChannel, Band {
  /** As in the data. */
  readonly name: string
  /** Share in the score of the sample, exact; NaN without a score. */
  readonly share: number
  /** NaN where it is missing. */
  readonly reading: number
  /** What it read in the history; absent where the model does not keep it. */
  readonly history?: HistoryRange
}

/** Why a sample has no score: where the segment of samples that it belongs to begins, and the first sample of it that has one. */
export interface MissingScore {
  readonly reason: Reason
  /** First sample of the segment; 0 = the start of the table, else it follows a gap. */
  readonly since: number
  /** Null when no sample of the segment has a score. */
  readonly firstScored: number | null
  /** Channels without a reading at the sample. */
  readonly missing: readonly string[]
}

/** What happened to one sample: its score, and whether it is part of an event and why. */
export interface ExplainedSample {
  /** Number of the sample. */
  readonly sample: number
  readonly timeMs: number
  /** 1.0 = threshold; NaN without a score. */
  readonly score: number
  /**
   * `no-score`; `event`: part of one; `normal`: at or below the threshold; `beside-event`: its interval became an event, whose borders single samples placed
   * elsewhere; `filtered`: rules of channels left too little of its score; else the rule against an event.
   */
  readonly status:
    | 'no-score'
    | 'event'
    | 'beside-event'
    | 'normal'
    | 'filtered'
    | 'cool-down'
    | 'dropped'
    | 'maintenance'
  readonly missingScore: MissingScore | null
  readonly fate: SampleFate
  /** For `event` and `beside-event`. */
  readonly event: AnomalyEvent | null
  /** The largest share first. */
  readonly channels: readonly SampleChannel[]
}

/**
 * The sample nearest to a time; undefined when the time is not in the series: before the first sample, after the last one, or in a gap, more than one usual
 * step from both neighbours. Cost O(N).
 *
 * @param timeMs ms since the epoch, or a row number in a series without times
 */
export function sampleAtTime({ timeMs: times }: Frame, timeMs: number): number | undefined {
  let nearest = 0
  for (let i = 1; i < times.length; i++)
    if (Math.abs(times[i] - timeMs) < Math.abs(times[nearest] - timeMs)) nearest = i
  const steps = Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1] - times[i])
  const step = steps.length > 0 ? median(steps) : 0
  const distance = Math.abs(times[nearest] - timeMs)
  const isEnd = timeMs < times[0] || timeMs > times[times.length - 1]
  return times.length === 0 || distance > (isEnd ? 0 : step) ? undefined : nearest
}

/**
 * Says what happened to one sample of a scored table: why it has no score, why it is part of an event, or why not, and what its channels read beside what
 * the others call for. Cost O(N C).
 *
 * @param scored as `detect` gives it, for the same settings
 * @param events all of the table
 * @param sample its number
 */
export async function explainSample(
  model: Model,
  scored: ScoredSamples,
  events: readonly AnomalyEvent[],
  sample: number,
  session: SessionSettings = {},
  named: readonly NamedChannel[] = modelChannels(model.info),
): Promise<ExplainedSample> {
  const { frame, score } = scored
  const { rules, usual } = resolveSettings(model, session)
  const columns = { ...scored, expected: usual && expectedReadings(model, scored) }
  const fate = sampleFate(frame, columns, rules, sample)
  const event = fate.number === undefined ? null : (events[fate.number] ?? null)
  const missingScore = missingScoreOf(scored, sample)
  return {
    sample,
    timeMs: frame.timeMs[sample],
    score: score[sample],
    status: missingScore ? 'no-score' : statusOf(scored, fate, event, sample),
    missingScore,
    fate,
    event,
    channels: await channelsAt(model, scored, events, sample, named),
  }
}

/**
 * The same sample with the bands of its event, where it lies in what was looked at of it: the channels at fault are no evidence of what the others should read.
 *
 * @param explanation of `explained.event`
 */
export function withEventBands(explained: ExplainedSample, { courses }: Explanation): ExplainedSample {
  const channels = explained.channels.map(channel => {
    const course = courses.find(({ name }) => name === channel.name)
    const expected = course?.expected[explained.sample - course.range.start]
    if (course === undefined || expected === undefined) return channel
    return { ...channel, ...bandOf(expected, course.halfBand, course.possible) }
  })
  return { ...explained, channels }
}

function statusOf(
  { score }: ScoredSamples,
  { kind }: SampleFate,
  event: AnomalyEvent | null,
  sample: number,
): ExplainedSample['status'] {
  if (event) return sample >= event.start && sample < event.end ? 'event' : 'beside-event'
  if (kind !== 'calm') return kind === 'event' ? 'beside-event' : kind
  return score[sample] > 1 ? 'filtered' : 'normal'
}

function missingScoreOf({ frame, reason, score }: ScoredSamples, sample: number): MissingScore | null {
  if (!Number.isNaN(score[sample])) return null
  const why = REASONS[reason[sample]]
  const isWaiting = (i: number) => REASONS[reason[i]] === why
  let since = sample
  while (since > 0 && isWaiting(since - 1)) since--
  let next = sample
  const n = sampleCount(frame)
  while (next < n && isWaiting(next)) next++
  const width = frame.channels.length
  return {
    reason: why,
    since,
    firstScored: next < n && reason[next] === 0 ? next : null,
    missing: frame.channels.filter((_, c) => Number.isNaN(frame.values[sample * width + c])),
  }
}

async function channelsAt(
  model: Model,
  scored: ScoredSamples,
  events: readonly AnomalyEvent[],
  sample: number,
  named: readonly NamedChannel[],
): Promise<SampleChannel[]> {
  const { frame, residual } = scored
  const width = frame.channels.length
  const reference = findReference(model, scored, events)
  const expectation = learnExpectation(model, scored, reference, events)
  const parts = residual.subarray(sample * width, (sample + 1) * width)
  const total = parts.reduce((sum, part) => sum + part, 0)
  const channels: SampleChannel[] = []
  for (const c of descending(parts.map(part => (Number.isNaN(part) ? 0 : part)))) {
    const { values, usualError } = await expectation.of(c, [], { start: sample, end: sample + 1 })
    const history = historyRange(model.info, c)
    channels.push({
      name: frame.channels[c],
      ...named[c],
      share: total > 0 ? parts[c] / total : total === 0 ? 0 : Number.NaN,
      reading: frame.values[sample * width + c],
      ...bandOf(values[0], BAND * usualError, reference.channels[c].possible),
      ...(history && { history }),
    })
  }
  return channels
}
