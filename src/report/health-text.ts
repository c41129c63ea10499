import type { HealthView } from './health.js'
import { formatFacts, formatRows } from './rows.js'
import { sparkline } from './sparkline.js'

const SPARK_WIDTH = 20

/** A health report for a terminal. */
export function healthText(view: HealthView): string {
  const parts = [
    `${view.title}: ${view.verdict}\n`,
    formatFacts(view.facts),
    formatRows(
      view.channels.map(({ name, missing, min, median, max, sd, longestRun, outline }) => ({
        channel: name,
        shape: sparkline(outline, SPARK_WIDTH),
        missing,
        min,
        median,
        max,
        sd,
        'longest run': longestRun,
      })),
      'table',
    ),
    view.issues
      .map(({ severity, code, channel, place, message, remedy }) => {
        const where = [channel, place].filter(Boolean).join(', ')
        return `${severity} [${code}] ${where === '' ? '' : `${where}: `}${message}\n    ${remedy}\n`
      })
      .join(''),
    view.changes.length > 0
      ? `repaired before checking:\n${view.changes.map(line => `  ${line}\n`).join('')}`
      : '',
    view.config ? `suggested configuration:\n${view.config.replace(/^/gm, '  ').trimEnd()}\n` : '',
  ]
  return parts.filter(part => part !== '').join('\n')
}
