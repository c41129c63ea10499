import { oneLine } from '../core/safe-text.js'
import { type Issue, issueLines } from '../validate/index.js'
import type { Io } from './io.js'

/** Prints notes on stderr: what was assumed or noticed. */
export function printNotes(io: Io, notes: readonly string[]): void {
  for (const note of notes) io.stderr(`note: ${oneLine(note)}\n`)
}

const MOST_ISSUES = 5

/** Prints warnings of validation on stderr. */
export function printIssues(io: Io, issues: readonly Issue[]): void {
  const lines = issueLines(issues)
  const more = lines.length - MOST_ISSUES
  const last = more > 0 ? [`${more} more; \`telltale validate\` shows all`] : []
  printNotes(io, [...lines.slice(0, MOST_ISSUES), ...last])
}
