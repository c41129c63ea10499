import { oneLine } from '../core/safe-text.js'
import type { Issue } from '../validate/index.js'
import type { Io } from './io.js'

/** Prints notes on stderr: what was assumed or noticed. */
export function printNotes(io: Io, notes: readonly string[]): void {
  for (const note of notes) io.stderr(`note: ${oneLine(note)}\n`)
}

const MOST_ISSUES = 5

/** Prints warnings of validation on stderr, with the device where there are several. */
export function printIssues(io: Io, issues: readonly Issue[], device?: string): void {
  const notable = issues.filter(({ severity }) => severity !== 'info')
  const lines = notable
    .slice(0, MOST_ISSUES)
    .map(({ channel, message }) => (channel === undefined ? message : `${channel}: ${message}`))
  const more = notable.length - lines.length
  const notes = more > 0 ? [...lines, `${more} more; \`telltale validate\` shows all`] : lines
  printNotes(io, device === undefined ? notes : notes.map(note => `${device}: ${note}`))
}
