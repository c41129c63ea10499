import type { Frame } from '../core/frame.js'
import { markdownText as text } from '../core/safe-text.js'
import type { Explanation } from '../explain/index.js'
import { bandText } from './expected.js'
import { comparisonLines, kindText, repairText } from './explanation.js'
import { markdownTable } from './rows.js'
import { formatInstant, formatNumber, formatPercent } from './units.js'

/** Channels of an event that are listed. */
const MOST_LISTED = 8

/** Explained events as Markdown: a section for each. Text from the data is escaped, so that a channel name cannot become markup. */
export function explanationMarkdown(
  explanations: readonly Explanation[],
  timeKind: Frame['timeKind'],
): string {
  if (explanations.length === 0) return 'No events: there is nothing to explain.\n'
  return explanations.map(explanation => eventMarkdown(explanation, timeKind)).join('\n')
}

function eventMarkdown(explanation: Explanation, timeKind: Frame['timeKind']): string {
  const { event, kind, verdict, reason, sentence, detectedMs, channels, repair, pairs, courses } = explanation
  const instant = (time: number) => formatInstant(time, timeKind)
  const { onsetMs, peakMs, lastMs } = event.times
  const facts = [
    `${text(kindText(kind, verdict))}: ${text(reason)}`,
    `onset ${instant(onsetMs)}, detected ${instant(detectedMs)}, peak ${instant(peakMs)}, last ${instant(lastMs)}`,
    ...(repair ? [text(repairText(explanation))] : []),
    ...pairs.map(
      ({ first, second, usual, now }) =>
        `correlation of ${text(courses[first].name)} and ${text(courses[second].name)}: ${usual.toFixed(2)} before, ${now.toFixed(2)} over the event`,
    ),
    ...comparisonLines(explanation).map(text),
  ]
  const rows = channels
    .slice(0, MOST_LISTED)
    .map(channel => [
      channel.label,
      channel.explains ? 'yes' : '',
      `${formatNumber(channel.reading)}${channel.unit ? ` ${channel.unit}` : ''}`,
      bandText(channel),
      channel.leftMs === null ? '' : instant(channel.leftMs),
      formatPercent(channel.share),
    ])
  const table = markdownTable(['channel', 'explains', 'reading', 'expected', 'left its band', 'share'], rows)
  const head = `## ${text(event.id)}, score ${formatNumber(event.score, 3)}\n\n**${text(sentence)}**\n\n`
  return `${head}${facts.map(fact => `- ${fact}\n`).join('')}\n${table}`
}
