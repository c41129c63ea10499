import type { FittedThreshold } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Json, State } from '../core/state.js'
import { sortFinite } from '../stats/index.js'

/** The largest number of single precision: no level is above it. */
const LARGEST = 2 ** 128 - 2 ** 104

/**
 * A level with the rule that found it, always above 0 and finite. One that is not above 0 would flag everything: it becomes the smallest positive float32;
 * one that is infinite becomes the largest.
 *
 * @param version of the state
 */
export function fixedThreshold(
  kind: string,
  level: number,
  rule: Readonly<Record<string, Json>>,
  version = 1,
): FittedThreshold {
  const positive = level > 0 ? Math.min(level, LARGEST) : 2 ** -149
  return {
    level: positive,
    state: (): State => ({ kind, version, options: { ...rule, level: positive }, arrays: {} }),
  }
}

/** The calibration scores a rule can use, ascending, and how many it got and left out because they are NaN. */
export interface Usable {
  readonly sorted: Float64Array
  readonly counts: { readonly used: number; readonly ignored: number }
}

/**
 * @throws DataError `data-calibration-short` when fewer than `wanted` scores are numbers
 */
export function usableScores(scores: ArrayLike<number>, purpose: string, wanted = 1): Usable {
  const sorted = sortFinite(scores)
  if (sorted.length < wanted)
    throw createError('data-calibration-short', { got: sorted.length, purpose, wanted })
  return { sorted, counts: { used: sorted.length, ignored: scores.length - sorted.length } }
}
