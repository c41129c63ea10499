import { counted } from '../core/counted.js'
import type { Frame } from '../core/frame.js'
import type { EventRules } from '../events/index.js'
import type { ExplainedSample } from '../explain/index.js'
import { clockOf, inZone } from './clock.js'
import { beyondHistory, expectedText, historyJson, isUnusual } from './expected.js'
import type { Row } from './rows.js'
import { formatInstant, formatNumber, formatPercent, rounded } from './units.js'

/** What an answer about a sample refers to. */
export interface SampleSetting {
  readonly frame: Frame
  readonly rules: EventRules
  /** Samples that the detector needs before it gives a score. */
  readonly needed: number
}

/** How times are written. */
type Instant = (timeMs: number) => string

/** Channels that are shown as text. */
const MOST_SHOWN = 5

/** Why a sample has no score, why it is part of an event, or why not: one sentence. */
function sampleSentence(explained: ExplainedSample, setting: SampleSetting, write: Instant): string {
  const { status, score, event, fate } = explained
  const { frame, rules } = setting
  const instant = (sample: number) => write(frame.timeMs[sample])
  const value = formatNumber(score, 3)
  if (status === 'no-score') return noScore(explained, setting, write)
  if (status === 'normal') return `normal: its score of ${value} is not above the threshold of 1.0`
  if (status === 'event') return `part of the event ${event?.id}; its own score is ${value}`
  if (status === 'beside-event')
    return `its score of ${value} belongs to the event ${event?.id}, which single samples place from ${instant(event?.start ?? 0)} to ${instant((event?.end ?? 1) - 1)}`
  const above = `its score of ${value} is above the threshold of 1.0, but`
  if (status === 'filtered')
    return `no event: ${above} rules of channels leave ${formatNumber(fate.counted, 3)} of it (--direction-by-channel, --min-absolute-by-channel, --min-relative-by-channel)`
  if (status === 'maintenance')
    return score > 1
      ? `no event: ${above} the time lies in a maintenance window (--maintenance)`
      : `normal, and in a maintenance window (--maintenance): its score of ${value} is not above the threshold of 1.0`
  if (status === 'cool-down') {
    const until = fate.until ?? 0
    const end = until < frame.timeMs.length ? instant(until) : 'the end of the table'
    return `no event: ${above} until ${end} no other event opens after the last one (--cool-down ${rules.coolDown}), unless a score is critical`
  }
  const { openCount, openWithin = openCount, minLength } = rules
  const wanted = `an event needs ${openCount} among ${openWithin}${minLength > 1 ? ` and a length of ${minLength}` : ''}`
  return `no event: ${above} only ${fate.flags} flagged ${fate.flags === 1 ? 'sample' : 'samples'} within ${fate.samples} came together; ${wanted} (--open-count, --open-within, --min-length)`
}

function noScore(
  { missingScore }: ExplainedSample,
  { frame, needed }: SampleSetting,
  write: Instant,
): string {
  const instant = (sample: number) => write(frame.timeMs[sample])
  const { reason, since, firstScored, missing } = missingScore as NonNullable<typeof missingScore>
  if (reason === 'missing')
    return `no score (missing): no usable reading of ${missing.length > 0 ? missing.join(', ') : 'some channel'}, and --missing does not fill it`
  if (reason === 'order') return 'no score (order): its time is before that of an earlier sample'
  if (reason === 'stride')
    return 'no score (stride): --stride leaves it out; the scored samples around it have one'
  const start = since === 0 ? 'the start of the table' : `the gap before ${instant(since)}`
  const later =
    firstScored === null
      ? 'no sample of this segment has enough'
      : `the first sample with a score is that of ${instant(firstScored)}`
  return `no score (warm-up): the detector needs ${counted(needed, 'sample')} after ${start}; ${later}`
}

/**
 * The answer about a sample as text: the sentence, and a row for each of the channels that matter.
 *
 * @param zone time zone of the times, which the text names
 */
export function sampleText(explained: ExplainedSample, setting: SampleSetting, zone?: string): string {
  const clock = clockOf(setting.frame.timeKind, zone)
  const lines = explained.channels.slice(0, MOST_SHOWN).map(channel => {
    const { label, reading, unit, share } = channel
    const beyond = beyondHistory(channel)
    const suffix = unit ? ` ${unit}` : ''
    const part = Number.isNaN(share) ? '' : `; ${formatPercent(share)} of the score`
    const read = Number.isNaN(reading) ? 'no reading' : `${formatNumber(reading)}${suffix}`
    return `  ${isUnusual(channel) ? '!' : ' '} ${label}: ${read}, ${expectedText(channel)}${beyond ? `; ${beyond}` : ''}${part}`
  })
  const time = inZone(clock.text(explained.timeMs), clock)
  return `${[`${time}  ${sampleSentence(explained, setting, clock.text)}`, ...lines].join('\n')}\n`
}

/** One row for programs. */
export function sampleRow(explained: ExplainedSample, setting: SampleSetting): Row {
  const { sample, timeMs, score, status, missingScore, event } = explained
  const instant = (time: number) => formatInstant(time, setting.frame.timeKind)
  return {
    time: instant(timeMs),
    sample,
    score: rounded(score),
    status,
    reason: missingScore?.reason ?? '',
    event: event?.id ?? null,
    sentence: sampleSentence(explained, setting, instant),
  }
}

/** Everything about a sample as plain JSON; what is not a number is null. */
export function sampleJson(explained: ExplainedSample, setting: SampleSetting): object {
  const { missingScore, channels, fate } = explained
  const instant = (sample: number | null) =>
    sample === null ? null : formatInstant(setting.frame.timeMs[sample], setting.frame.timeKind)
  return {
    ...sampleRow(explained, setting),
    countedScore: rounded(fate.counted),
    missingScore: missingScore && {
      reason: missingScore.reason,
      since: instant(missingScore.since),
      firstScored: instant(missingScore.firstScored),
      missing: missingScore.missing,
    },
    channels: channels.map(({ label: _, ...channel }) => ({
      ...channel,
      share: rounded(channel.share),
      reading: rounded(channel.reading),
      expected: rounded(channel.expected),
      low: rounded(channel.low),
      high: rounded(channel.high),
      ...historyJson(channel),
    })),
  }
}
