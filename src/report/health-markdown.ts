import { markdownText as text } from '../core/safe-text.js'
import type { HealthView } from './health.js'
import { markdownTable as table } from './rows.js'
import { sparkline } from './sparkline.js'

/** A health report as Markdown. Text from the data is escaped, so that a column name cannot become markup. */
export function healthMarkdown(view: HealthView): string {
  const problems = view.issues.map(({ severity, code, channel, place, message, remedy }) => [
    severity,
    code,
    channel,
    place,
    message,
    remedy,
  ])
  const sections = [
    `# Health of ${text(view.title)}\n`,
    `${view.valid ? '✅' : '❌'} **${view.verdict}**\n`,
    view.facts.map(([name, value]) => `- ${name}: ${text(value)}\n`).join(''),
    view.issues.length === 0
      ? ''
      : `## Issues\n\n${table(['severity', 'code', 'channel', 'place', 'message', 'remedy'], problems)}`,
    view.changes.length === 0
      ? ''
      : `## Repaired before checking\n\n${view.changes.map(line => `- ${text(line)}\n`).join('')}`,
    view.channels.length === 0
      ? ''
      : `## Channels\n\n${table(
          ['channel', 'shape', 'missing', 'min', 'median', 'max', 'sd', 'longest run'],
          view.channels.map(({ name, outline, missing, min, median, max, sd, longestRun }) => [
            name,
            sparkline(outline, 30),
            missing,
            min,
            median,
            max,
            sd,
            String(longestRun),
          ]),
        )}`,
    view.gaps.length === 0
      ? ''
      : `## Gaps\n\n${table(
          ['from', 'to', 'samples missing'],
          view.gaps.map(({ from, to, missing }) => [from, to, String(missing)]),
        )}${view.moreGaps > 0 ? `\nand ${view.moreGaps} more, none longer than these\n` : ''}`,
    view.config === undefined ? '' : `## Suggested configuration\n\n\`\`\`yaml\n${view.config}\`\`\`\n`,
  ]
  return sections.filter(section => section !== '').join('\n')
}
