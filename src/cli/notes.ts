import { oneLine } from '../core/safe-text.js'
import type { Issue } from '../validate/index.js'
import type { Io } from './io.js'

/** Prints notes on stderr: what was assumed or noticed. */
export function printNotes(io: Io, notes: readonly string[]): void {
  for (const note of notes) io.stderr(`note: ${oneLine(note)}\n`)
}

const MOST_ISSUES = 5

/** Prints warnings of validation on stderr. */
export function printIssues(io: Io, issues: readonly Issue[]): void {
  const notable = issues.filter(({ severity }) => severity !== 'info')
  const lines = notable
    .slice(0, MOST_ISSUES)
    .map(({ channel, message }) => (channel === undefined ? message : `${channel}: ${message}`))
  const more = notable.length - lines.length
  printNotes(io, more > 0 ? [...lines, `${more} more; \`telltale validate\` shows all`] : lines)
}
