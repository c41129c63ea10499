import { kolmogorovPValue } from '../stats/index.js'

/** The newest values, oldest first. */
export interface KswinState {
  readonly values: readonly number[]
}

export const KSWIN_START: KswinState = { values: [] }

export interface KswinOptions {
  /** Probability of a false change at each step. Default 0.0001: there is a test for each value. */
  readonly alpha?: number
  /** Values that are kept, and the newest of them that are compared with the others. Default 100 and 30. */
  readonly window?: number
  readonly newest?: number
}

/**
 * One step of KSWIN (Raab, Heusinger and Schleif 2020): do the newest values of a window have another distribution than the older ones (two-sample Kolmogorov-Smirnov test)? All older
 * values are compared, where the paper draws some at random. After a change only the newest are kept. A missing value (NaN) changes nothing. The values are taken to be
 * independent. Cost O(window log window).
 *
 * @returns the next state, and whether the distribution has changed
 * @example
 * import { KSWIN_START, kswinStep } from 'telltale/stats'
 * let state = KSWIN_START
 * const changes = []
 * for (let i = 0; i < 300; i++) {
 *   const step = kswinStep(state, (i < 200 ? 0 : 9) + (i % 7))
 *   state = step.state
 *   if (step.change) changes.push(i)
 * }
 * changes // => [214]
 */
export function kswinStep(
  { values }: KswinState,
  value: number,
  { alpha = 0.0001, window = 100, newest = 30 }: KswinOptions = {},
): { readonly state: KswinState; readonly change: boolean } {
  if (!Number.isFinite(value)) return { state: { values }, change: false }
  const kept = [...values.slice(-(window - 1)), value]
  if (kept.length < window) return { state: { values: kept }, change: false }
  const [older, newer] = [kept.slice(0, -newest), kept.slice(-newest)]
  const effective = (older.length * newer.length) / kept.length
  const change = kolmogorovPValue(largestGap(older, newer), effective) < alpha
  return { state: { values: change ? newer : kept }, change }
}

/** The largest distance between two empirical distributions. */
function largestGap(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)]
  let [i, j, gap] = [0, 0, 0]
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i], y[j])
    while (x[i] === value) i++
    while (y[j] === value) j++
    gap = Math.max(gap, Math.abs(i / x.length - j / y.length))
  }
  return gap
}
