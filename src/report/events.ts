import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { LabelCounts } from './labels.js'
import type { Row } from './rows.js'
import { formatNumber, formatPercent, formatTime } from './units.js'

/** The columns of `eventRows`, also when there is no event. */
export const EVENT_COLUMNS = ['id', 'start', 'last', 'peak', 'score', 'severity', 'channels'] as const

/**
 * One row per event: id, start, last and peak time, score, severity and the channels with the largest shares.
 *
 * `last` is the last sample of the event, so that an event that reaches the end of the data has one too.
 *
 * @param most channels named per event; further ones are left out
 */
export function eventRows(frame: Frame, events: readonly AnomalyEvent[], most = 3): Row[] {
  return events.map(event => ({
    id: event.id,
    start: formatTime(frame, event.start),
    last: formatTime(frame, event.end - 1),
    peak: formatTime(frame, event.peak),
    score: Number(formatNumber(event.score)),
    severity: Number(formatNumber(event.severity, 3)),
    channels: event.channels
      .slice(0, most)
      .map(({ name, share }) => `${name} ${Math.round(share * 100)} %`)
      .join(', '),
  }))
}

/** What the labels say about the flags, as sentences. */
export function labelLines(counts: LabelCounts): string[] {
  const { truePositives, falsePositives, falseNegatives } = counts
  return [
    `labelled events found: ${counts.foundEvents} of ${counts.labelledEvents}; false alarms: ${counts.falseAlarms}`,
    `samples: precision ${formatPercent(counts.precision)} (${truePositives} of ${truePositives + falsePositives} flagged), recall ${formatPercent(counts.recall)} (${truePositives} of ${truePositives + falseNegatives} labelled)`,
  ]
}
