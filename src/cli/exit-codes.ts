import type { ErrorKind } from '../core/errors.js'

export const EXIT_OK = 0
/** Anomalies were found and `--fail-on-anomaly` was given. */
export const EXIT_ANOMALIES = 10
/** A change was found and `--fail-on-drift` was given. */
export const EXIT_DRIFT = 11
/** A challenger did not pass the gate of `telltale retrain`. */
export const EXIT_NOT_PROMOTED = 12

/** Exit code of an error, by who must act. */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  option: 2,
  data: 3,
  artefact: 4,
  source: 1,
  limit: 1,
  request: 1,
  bug: 1,
  interrupted: 130,
}

/** Every exit code with its meaning, for docs/cli.md. */
export const EXIT_CODE_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT_OK, 'success'],
  [1, 'failure: a file could not be read or written, a limit was reached, or an internal error occurred'],
  [2, 'wrong usage: an option, an argument or the configuration'],
  [3, 'the data cannot be used'],
  [4, 'the stored model cannot be used'],
  [EXIT_ANOMALIES, 'anomalies were found (only with `--fail-on-anomaly`)'],
  [EXIT_DRIFT, 'the data have drifted (only with `--fail-on-drift`)'],
  [EXIT_NOT_PROMOTED, 'the challenger of `telltale retrain` did not pass'],
  [130, 'interrupted (Ctrl-C)'],
]
