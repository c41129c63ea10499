import { appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Delivering, Loss } from '../emit/index.js'
import { makeFolderSync, writeError } from '../files/index.js'
import type { Io } from './io.js'
import { pathIn } from './paths.js'
import { createSeldomNotes, createTroubleNotes } from './seldom-notes.js'
import type { StreamCommandOptions } from './stream-options.js'

/** What could not be used or delivered. */
interface DeadLetter {
  readonly reason: string
  readonly detail: string
  /** Where it came from, or the receiver that did not take it. */
  readonly origin: string
  readonly payload: string | null
}

const LONGEST_LETTER = 10_000

/** Appends to the file of `--dead-letters`; nothing without one. @throws SourceError `file-unwritable` */
export function writeDeadLetter(
  io: Io,
  { deadLetters }: Pick<StreamCommandOptions, 'deadLetters'>,
  letter: DeadLetter,
): void {
  if (deadLetters === undefined) return
  const payload = letter.payload?.slice(0, LONGEST_LETTER) ?? null
  const path = pathIn(io, deadLetters)
  try {
    makeFolderSync(dirname(path))
    appendFileSync(path, `${JSON.stringify({ ...letter, payload })}\n`)
  } catch (error) {
    throw writeError(deadLetters, error)
  }
}

const DETAILS: Readonly<Record<Loss, string>> = {
  refused: 'the receiver refused it',
  overflow: 'too many records waited',
  ended: 'the stream ended before it was delivered',
}

/** What becomes of records that are given up, and of a connection that fails. */
export function handlersOf(
  io: Io,
  options: Pick<StreamCommandOptions, 'deadLetters'>,
  origin: string,
): Pick<Delivering, 'onLost' | 'onTrouble'> {
  const note = createSeldomNotes(io)
  return {
    onTrouble: createTroubleNotes(io, origin),
    onLost({ body }, reason) {
      if (reason === 'ended')
        note(reason, `${origin}: the stream has ended, and what waited is lost; --state keeps it`)
      try {
        writeDeadLetter(io, options, { reason, detail: DETAILS[reason], origin, payload: body })
      } catch (error) {
        // A full disk does not stop the delivery.
        io.stderr(`warning: ${(error as Error).message}\n`)
      }
    },
  }
}
