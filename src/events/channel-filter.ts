import { createError } from '../core/errors.js'
import type { EventRules } from './options.js'
import type { EventSample } from './sample.js'

/**
 * The share of the score of a sample that remains without the channels that break their rule; 1 when no channel has a rule.
 *
 * @throws OptionError `option-combination` when there are rules and the sample has no deviations
 */
export function channelFilter(
  channels: readonly string[],
  rules: EventRules['channels'],
): (sample: EventSample) => number {
  const ruled = channels.flatMap((name, c) => (Object.hasOwn(rules, name) ? [{ c, ...rules[name] }] : []))
  if (ruled.length === 0) return () => 1
  return ({ score, residual, deviation, expected }) => {
    if (Number.isNaN(score)) return 1
    if (deviation === undefined || expected === undefined)
      throw createError('option-combination', {
        section: 'events',
        reason: 'rules of channels need the expected value of each channel',
      })
    let total = 0
    for (let c = 0; c < channels.length; c++) total += positive(residual[c])
    let out = 0
    for (const { c, direction, minAbsolute, minRelative } of ruled) {
      const size = Math.abs(deviation[c])
      const wrongSide = direction === 'above' ? deviation[c] < 0 : direction === 'below' && deviation[c] > 0
      if (wrongSide || size < minAbsolute || size < minRelative * Math.abs(expected[c]))
        out += positive(residual[c])
    }
    return total > 0 ? 1 - out / total : 1
  }
}

function positive(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(0, value)
}
