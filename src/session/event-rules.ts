import { createError } from '../core/errors.js'
import type { EventRules } from '../events/index.js'
import type { Model } from '../model/index.js'

/**
 * `[C]` what the rules of channels measure deviations from: the median of each channel in the history; undefined when no channel has a rule.
 *
 * @throws OptionError `option-combination` when a model does not keep it
 */
export function usualReadings({ info }: Model, rules: EventRules): number[] | undefined {
  if (Object.keys(rules.channels).length === 0) return undefined
  if (info.schema === undefined)
    throw createError('option-combination', {
      section: 'events',
      reason: 'rules of channels need the usual readings, which a model of this age does not keep',
    })
  return info.schema.channels.map(({ median }) => median ?? Number.NaN)
}
