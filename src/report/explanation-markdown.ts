import type { Frame } from '../core/frame.js'
import { markdownText as text } from '../core/safe-text.js'
import type { Explanation } from '../explain/index.js'
import { type Clock, clockOf } from './clock.js'
import { bandText } from './expected.js'
import { comparisonLines, kindText, repairText, timesText } from './explanation.js'
import { markdownTable } from './rows.js'
import { formatNumber, formatPercent } from './units.js'

/** Channels of an event that are listed. */
const MOST_LISTED = 8

/**
 * Explained events as Markdown: a section for each. Text from the data is escaped, so that a channel name cannot become markup.
 *
 * @param zone time zone of the times, which the text names
 */
export function explanationMarkdown(
  explanations: readonly Explanation[],
  timeKind: Frame['timeKind'],
  zone?: string,
): string {
  if (explanations.length === 0) return 'No events: there is nothing to explain.\n'
  const clock = clockOf(timeKind, zone)
  return explanations.map(explanation => eventMarkdown(explanation, clock)).join('\n')
}

function eventMarkdown(explanation: Explanation, clock: Clock): string {
  const { event, kind, verdict, reason, sentence, channels, repair, pairs, courses } = explanation
  const facts = [
    `${text(kindText(kind, verdict))}: ${text(reason)}`,
    text(timesText(explanation, clock)),
    ...(repair ? [text(repairText(explanation))] : []),
    ...pairs.map(
      ({ first, second, usual, now }) =>
        `correlation of ${text(courses[first].name)} and ${text(courses[second].name)}: ${usual.toFixed(2)} before, ${now.toFixed(2)} over the event`,
    ),
    ...comparisonLines(explanation, clock).map(text),
  ]
  const rows = channels
    .slice(0, MOST_LISTED)
    .map(channel => [
      channel.label,
      channel.explains ? 'yes' : '',
      `${formatNumber(channel.reading)}${channel.unit ? ` ${channel.unit}` : ''}`,
      bandText(channel),
      channel.leftMs === null ? '' : `${channel.wasOutside ? 'before ' : ''}${clock.text(channel.leftMs)}`,
      formatPercent(channel.share),
    ])
  const table = markdownTable(['channel', 'explains', 'reading', 'expected', 'left its band', 'share'], rows)
  const head = `## ${text(event.id)}, score ${formatNumber(event.score, 3)}\n\n**${text(sentence)}**\n\n`
  return `${head}${facts.map(fact => `- ${fact}\n`).join('')}\n${table}`
}
