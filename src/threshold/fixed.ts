import type { FittedThreshold } from '../core/contracts.js'
import type { Json, State } from '../core/state.js'

/** A level with the rule that found it. A level that is not above 0 would flag everything: it becomes the smallest positive float32. */
export function fixedThreshold(
  kind: string,
  level: number,
  rule: Readonly<Record<string, Json>>,
): FittedThreshold {
  const positive = level > 0 ? level : 2 ** -149
  return {
    level: positive,
    state: (): State => ({ kind, version: 1, options: { ...rule, level: positive }, arrays: {} }),
  }
}
