/** What the last alert was about. */
export interface DriftAlert {
  /** When it was given, ms since the epoch. */
  readonly atMs: number
  /** What it said: another one is news. */
  readonly about: string
}

/**
 * Whether a drift is to be reported now. The same one is reported again only when the cool-down has passed since the last report; another verdict, or other channels, at
 * once. A clock that went backwards delays nothing.
 *
 * @param last the last alert; undefined before the first
 * @param coolDownMs time in which the same drift is not reported again
 * @example
 * import { isAlertDue } from './alert.js'
 * const last = { atMs: 0, about: 'check sensor: flow' }
 * const due = (about, nowMs) => isAlertDue(last, { atMs: nowMs, about }, 60_000)
 * [due('check sensor: flow', 59_999), due('check sensor: flow', 60_000), due('retrain: flow', 1)] // => [false, true, true]
 */
export function isAlertDue(last: DriftAlert | undefined, next: DriftAlert, coolDownMs: number): boolean {
  if (last === undefined || last.about !== next.about || next.atMs < last.atMs) return true
  return next.atMs - last.atMs >= coolDownMs
}
