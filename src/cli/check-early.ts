import type { ParseTimeOptions } from '../core/parse-time.js'
import { parseMaintenance } from '../events/index.js'
import { checkExclusions } from '../pipeline/index.js'
import { resolveThreshold, type ThresholdOptions } from '../threshold/index.js'

/** Options of commands with a table whose values have a grammar of their own. */
export interface EarlyOptions extends ThresholdOptions {
  readonly threshold?: number
  readonly maintenance?: readonly string[]
  readonly exclude?: string
}

/**
 * Refuses what is wrong with options by themselves, so that a mistake does not cost the time of reading a table.
 *
 * @throws OptionError `option-invalid`, `option-conflict`
 */
export function checkEarly(options: EarlyOptions, times: ParseTimeOptions): void {
  resolveThreshold(options)
  for (const text of options.maintenance ?? []) parseMaintenance(text, times.timeZone)
  if (options.exclude !== undefined) checkExclusions(options.exclude, times)
}
