import type { Readable, Writable } from 'node:stream'
import type { Metrics } from '../observe/index.js'
import type { TrustedKey } from '../store/index.js'

/** The streams, clock and signal of the process; tests pass their own. */
export interface ProcessIo {
  /** Results. */
  stdout(text: string): void
  /** The stream behind `stdout`, for what is too large for one text. */
  readonly stream: Writable
  /** What is piped in; default that of the process. */
  readonly stdin?: Readable
  /** Progress, logs and errors. */
  stderr(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Whether stderr is a terminal: only there a progress bar and colours are shown. */
  readonly isTerminal: boolean
  /** Whether stdout is a terminal: only there small plots are printed. */
  readonly isStdoutTerminal: boolean
  /** Characters per line of the terminal. */
  readonly columns: number
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  /** Calls the listener with each SIGHUP, which no longer ends the process. @returns ends that */
  onHangup?(listener: () => void): () => void
  /** Milliseconds of a monotonic clock. */
  now(): number
}

/** What a command has of the process, and the metrics of its run: they cost nothing unless an option asks for them. */
export interface Io extends ProcessIo {
  readonly metrics: Metrics
  /** The public keys of --require-signed: models that none of them signed are refused. Undefined without it. */
  readonly trusted?: readonly TrustedKey[]
}
