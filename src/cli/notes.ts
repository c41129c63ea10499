import type { Io } from './io.js'

/** Tells the user on stderr what was assumed or noticed. */
export function printNotes(io: Io, notes: readonly string[]): void {
  for (const note of notes) io.stderr(`note: ${note}\n`)
}
