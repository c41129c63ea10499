import { z } from 'zod'
import { createError } from '../core/errors.js'
import { kebabCase, option } from '../core/options.js'

const samples = () => z.number().int().min(0)

/** How scores are judged. */
export const evaluateOptions = z.object({
  buffer: option(
    samples().max(100_000).default(100),
    'Widest zone around an event within which VUS counts a score in part, samples. About the period of the machine; state it with the number.',
    { value: 'N' },
  ),
  mergeGap: option(
    samples().default(0),
    'Flags at most this many samples apart are one alarm when false alarms are counted.',
    { value: 'N' },
  ),
  paK: option(
    z.number().gt(0).max(100).default(20),
    'Share of an event that PA%K wants flagged before it counts the whole event, percent.',
    { value: 'K' },
  ),
  rangeAlpha: option(
    z.number().min(0).max(1).default(0),
    'Range-based recall: weight of having touched an event at all.',
    { value: 'X' },
  ),
  rangeBias: option(
    z.enum(['flat', 'front', 'back']).default('flat'),
    'Range-based recall and precision: which end of an event weighs more.',
  ),
  rangeCardinality: option(
    z.enum(['reciprocal', 'one']).default('reciprocal'),
    'Range-based recall and precision: k fragments over one event count 1 / k, or in full.',
  ),
  ucrTolerance: option(
    samples().default(100),
    'Distance from the event at which the highest score still hits it, samples.',
    { value: 'N' },
  ),
  inflated: option(
    z.boolean().default(false),
    'Also report figures that flatter: point-adjusted F1 and the best F1 over thresholds. Only to read tables that use them.',
  ),
})

export type EvaluateOptions = z.infer<typeof evaluateOptions>

/** Checked options with every default filled in. Errors: `option-invalid`. */
export function resolveOptions(options: Partial<EvaluateOptions>): EvaluateOptions {
  const result = evaluateOptions.safeParse(options)
  if (result.success) return result.data
  const [{ path, message }] = result.error.issues
  const key = String(path[0]) as keyof EvaluateOptions
  const wanted = `${message[0].toLowerCase()}${message.slice(1)}`
  const got = JSON.stringify(options[key]) ?? 'not given'
  throw createError('option-invalid', { name: kebabCase(key), got, where: 'the evaluation', wanted })
}
