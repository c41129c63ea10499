import type { AnomalyEvent } from '../core/contracts.js'
import { formatDuration } from '../core/duration.js'
import type { Frame } from '../core/frame.js'
import { oneLine } from '../core/safe-text.js'
import { clockOf, inZone } from './clock.js'
import { kindText } from './explanation.js'
import type { LabelCounts } from './labels.js'
import type { Row } from './rows.js'
import { sparkline } from './sparkline.js'
import { formatInstant, formatNumber, formatPercent } from './units.js'

type TimeKind = Frame['timeKind']

/** Smaller shares are not shown, but for the channel that comes first. */
const LEAST_SHARE = 0.01

/** The columns of `eventRows`, also when there is no event. */
export const EVENT_COLUMNS = [
  'id',
  'start',
  'last',
  'peak',
  'score',
  'p_value',
  'severity',
  'channels',
  'kind',
  'verdict',
  'reason',
  'sentence',
] as const

/**
 * One row per event for programs: id, start, last and peak time, highest score, its p-value, severity, the channels with the largest shares, and kind, verdict, rule and sentence where it was explained.
 *
 * `last` is the last sample of the event, so that an event that reaches the end of the data has one too.
 *
 * @param most channels named per event; further ones are left out
 */
export function eventRows(events: readonly AnomalyEvent[], timeKind: TimeKind, most = 3): Row[] {
  return events.map(event => ({
    id: event.id,
    start: formatInstant(event.times.startMs, timeKind),
    last: formatInstant(event.times.lastMs, timeKind),
    peak: formatInstant(event.times.peakMs, timeKind),
    score: Number(formatNumber(event.score)),
    p_value: event.pValue === undefined ? null : Number(formatNumber(event.pValue)),
    severity: Number(formatNumber(event.severity, 3)),
    channels: channelShares(event.channels, most),
    kind: event.explanation?.kind ?? null,
    verdict: event.explanation?.verdict ?? null,
    reason: event.explanation?.reason ?? null,
    sentence: event.explanation?.sentence ?? null,
  }))
}

/**
 * One row per event as text: start, duration, highest score with its p-value, severity, the channels to check first and its id.
 *
 * Seconds are shown only where some event needs them. The duration is that of all samples of the event, the last one included.
 *
 * @param zone time zone of the starts, which their column names; UTC without
 * @param stepMs time from sample to sample, 0 = not known
 * @param leastPValue the smallest that the calibration can give: events at it are shown as `<=` it
 */
export function readableEventRows(
  events: readonly AnomalyEvent[],
  timeKind: TimeKind,
  {
    most = 3,
    leastPValue = 0,
    zone,
    stepMs = 0,
  }: {
    readonly most?: number
    readonly leastPValue?: number
    readonly zone?: string
    readonly stepMs?: number
  } = {},
): Row[] {
  const clock = clockOf(timeKind, zone)
  const starts = events.map(({ times }) => clock.text(times.startMs))
  const head = zone === undefined ? 'start' : inZone('start', clock)
  const wholeMinutes = starts.every(text => text.endsWith(':00'))
  return events.map((event, k) => ({
    [head]: wholeMinutes ? starts[k].slice(0, -':00'.length) : starts[k],
    duration: durationText(event, timeKind, stepMs),
    'peak score': Number(formatNumber(event.score)),
    'p-value': event.pValue === undefined ? '' : pValueText(event.pValue, leastPValue),
    severity: Number(formatNumber(event.severity, 3)),
    channels: channelShares(event.channels, most),
    ...(events.some(({ explanation }) => explanation) && { kind: event.explanation?.kind ?? '' }),
    id: event.id,
  }))
}

/** Characters of the plot of an event. */
const PLOT_WIDTH = 24

/**
 * One line per explained event: when, what it looks like and one sentence; with the scores of the series also a plot of those around the event.
 *
 * @param scores `[N]` of all samples
 */
export function eventSentences(
  events: readonly AnomalyEvent[],
  timeKind: TimeKind,
  scores?: Float32Array,
  zone?: string,
): string {
  const clock = clockOf(timeKind, zone)
  const lines = events.flatMap(({ explanation, times, start, end }) => {
    if (explanation === undefined) return []
    const { kind, verdict, sentence } = explanation
    const around = Math.max(PLOT_WIDTH / 2, Math.ceil((end - start) / 2))
    const part = scores?.subarray(Math.max(0, start - around), end + around)
    const values = Array.from(part ?? [], score => (Number.isNaN(score) ? null : score))
    const plot = part ? `${sparkline(values, PLOT_WIDTH)}  ` : ''
    return [`${plot}${clock.text(times.startMs)}  ${kindText(kind, verdict)}: ${oneLine(sentence)}\n`]
  })
  return lines.join('')
}

/**
 * The channels of an event with the largest shares, and how many more have a part of its score; the one that comes first in the event, that of its sentence, is always named.
 *
 * @example
 * import { channelShares } from './events.js'
 * channelShares([{ name: 'a', share: 0.2 }, { name: 'b', share: 0.5 }, { name: 'c', share: 0.3 }], 2) // => 'b 50 %, a 20 % and 1 more'
 */
export function channelShares(channels: AnomalyEvent['channels'], most = 3): string {
  const [first, ...others] = channels
  if (first === undefined) return ''
  const bySize = (all: AnomalyEvent['channels']) => [...all].sort((a, b) => b.share - a.share)
  const parts = bySize(others).filter(({ share }) => share >= LEAST_SHARE)
  const named = bySize([first, ...parts.slice(0, most - 1)])
  const left = parts.length - named.length + 1
  const text = named.map(({ name, share }) => `${name} ${Math.round(share * 100)} %`).join(', ')
  return left > 0 ? `${text} and ${left} more` : text
}

function durationText({ times }: AnomalyEvent, timeKind: TimeKind, stepMs: number): string {
  const length = times.lastMs - times.startMs
  if (timeKind === 'index') return `${length + 1} ${length === 0 ? 'row' : 'rows'}`
  return length === 0 ? 'one sample' : formatDuration(length + stepMs)
}

function pValueText(pValue: number, least: number): string {
  const text = formatNumber(pValue, 2)
  return pValue <= least * (1 + 1e-6) ? `<= ${text}` : text
}

/** The flags against the labels, as sentences. */
export function labelLines(counts: LabelCounts): string[] {
  const { truePositives, falsePositives, falseNegatives } = counts
  return [
    `labelled events found: ${counts.foundEvents} of ${counts.labelledEvents}; false alarms: ${counts.falseAlarms}`,
    `samples: precision ${formatPercent(counts.precision)} (${truePositives} of ${truePositives + falsePositives} flagged), recall ${formatPercent(counts.recall)} (${truePositives} of ${truePositives + falseNegatives} labelled)`,
  ]
}
