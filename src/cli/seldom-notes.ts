import type { OnTrouble } from '../sources/index.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'

const AGAIN_MS = 60_000
/** Kinds whose time is known; with more all are printed again. */
const MOST_KINDS = 1000

/** Prints notes, each kind at most once in a minute. */
export function createSeldomNotes(io: Io): (kind: string, text: string) => void {
  const toldMs = new Map<string, number>()
  return (kind, text) => {
    if (io.now() - (toldMs.get(kind) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return
    if (toldMs.size >= MOST_KINDS) toldMs.clear()
    toldMs.set(kind, io.now())
    printNotes(io, [text])
  }
}

/** Prints why a connection fails, each reason once in a minute, and that it works again. */
export function createTroubleNotes(io: Io, name: string): OnTrouble {
  const note = createSeldomNotes(io)
  let isTold = false
  return reason => {
    if (reason === undefined && isTold) printNotes(io, [`${name}: connected again`])
    if (reason !== undefined) note(reason, `${name}: ${reason}; it is tried again`)
    isTold = reason !== undefined
  }
}
