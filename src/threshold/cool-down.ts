/**
 * Events a day that are left of `perDay` independent ones when each keeps back the others for `days` after it, but not those that are critical
 * (a dead time that critical ones break and prolong). Without critical ones perDay / (1 + perDay days).
 * Source: Feller 1948 (counters of type I), with the critical ones as a second stream.
 *
 * @param criticalPerDay of these, at most `perDay`
 */
export function cooledRate(perDay: number, criticalPerDay: number, days: number): number {
  // In calm 1 / perDay passes on average; then events come at the critical rate until none has come for `days`.
  const x = criticalPerDay * days
  const cooling = x > 0 ? (days * -Math.expm1(-x)) / x : days
  return 1 / (Math.exp(-x) / perDay + cooling)
}

/** Upper bound of the result when the cool-down leaves fewer alarms. */
const MOST = 10

/** The rate before a cool-down that leaves `perDay`; at most ten times as much, for a rate that no cool-down of this length leaves. */
export function uncooledRate(perDay: number, days: number): number {
  return perDay / Math.max(1 / MOST, 1 - perDay * days)
}
