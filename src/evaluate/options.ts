import { z } from 'zod'
import { option } from '../core/options.js'
import { parseOptions } from '../core/parse-options.js'

const samples = () => z.number().int().min(0)

/** Options of the metrics. */
export const evaluateOptions = z.object({
  buffer: option(
    samples().max(100_000).default(100),
    'VUS: largest buffer around an event in which a score counts in part, samples. About the dominant period; report it with the value.',
    { value: 'N' },
  ),
  mergeGap: option(
    samples().default(0),
    'False alarms: flags at most this many samples apart are one alarm.',
    { value: 'N' },
  ),
  paK: option(
    z.number().gt(0).max(100).default(20),
    'PA%K: share of an event that must be flagged before the whole event counts as flagged, percent.',
    { value: 'K' },
  ),
  rangeAlpha: option(
    z.number().min(0).max(1).default(0),
    'Range-based recall: weight of detecting an event at all.',
    { value: 'X' },
  ),
  rangeBias: option(
    z.enum(['flat', 'front', 'back']).default('flat'),
    'Range-based recall and precision: positional bias, the end of an event that weighs more.',
  ),
  rangeCardinality: option(
    z.enum(['reciprocal', 'one']).default('reciprocal'),
    'Range-based recall and precision: cardinality, k fragments over one event count 1 / k or in full.',
  ),
  ucrTolerance: option(
    samples().default(100),
    'UCR accuracy: largest distance from the event at which the highest score still counts, samples.',
    { value: 'N' },
  ),
  inflated: option(
    z.boolean().default(false),
    'Also report optimistic metrics: point-adjusted F1 and the best F1 over thresholds. Only for comparison with tables that use them.',
  ),
})

export type EvaluateOptions = z.infer<typeof evaluateOptions>

/** Checked options with every default filled in. Errors: `option-invalid`. */
export function resolveOptions(options: Partial<EvaluateOptions>): EvaluateOptions {
  return parseOptions(evaluateOptions, options, 'the evaluation')
}
