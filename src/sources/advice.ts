/** What helps with messages that cannot be read, in the words of those who send them: clauses that stand behind a colon. */
export interface Advice {
  readonly noTime: string
  readonly noDevice: string
  /** Where the readings of a message lie in a field of their own. */
  holder(field: string): string
  readonly timeFormat: string
  readonly timeUnit: string
  readonly decimal: string
}

/** For users of the command line. */
export const COMMAND_ADVICE: Advice = {
  noTime: '--map time=FIELD names the one with the time',
  noDevice: '--map device=FIELD says which one does',
  holder: field => `--map channels=${field} reads those in ${field}`,
  timeFormat: '--time-format says how times are written',
  timeUnit: '--time-unit s reads seconds',
  decimal: '--decimal , reads a decimal comma',
}
