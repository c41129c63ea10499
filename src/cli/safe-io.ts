import { terminalText } from '../core/safe-text.js'
import type { ProcessIo } from './io.js'

/**
 * The gate of all text that a command prints: what could steer a terminal is escaped. JSON keeps its meaning. Bytes for `stream`, and CSV, pass as they
 * are: programs read them.
 */
export function safeIo(io: ProcessIo): ProcessIo {
  return {
    ...io,
    stdout: text => io.stdout(terminalText(text)),
    stderr: text => io.stderr(terminalText(text)),
  }
}
