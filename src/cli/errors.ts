import { createError, TelltaleError } from '../core/errors.js'
import { oneLine, terminalText } from '../core/safe-text.js'
import { EXIT_CODES } from './exit-codes.js'
import type { ProcessIo } from './io.js'

/** Prints the error and its remedy; returns the exit code. */
export function printError(error: unknown, io: ProcessIo, debug: boolean): number {
  const known = error instanceof TelltaleError ? error : asBug(error)
  const word = io.isTerminal && !io.env.NO_COLOR ? '\u001b[31merror\u001b[39m' : 'error'
  io.stderr(`${word} [${known.code}]: ${oneLine(known.message)}\n${oneLine(known.remedy)}\n`)
  if (debug) io.stderr(`${terminalText(stackOf(known))}\n`)
  return EXIT_CODES[known.kind]
}

function asBug(error: unknown): TelltaleError {
  const reason = error instanceof Error ? error.message : String(error)
  return createError('bug', { reason }, error)
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
