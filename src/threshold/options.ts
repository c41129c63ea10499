import { z } from 'zod'
import { createError } from '../core/errors.js'
import { fraction, grouped, kebabCase, option } from '../core/options.js'
import { parseAlarmRate } from './alarm-rate.js'
import { parseStep, SENSITIVITIES } from './sensitivity.js'

/** How the threshold is calculated from the calibration scores. */
export const thresholdOptions = grouped('Threshold', {
  quantile: option(
    fraction().optional(),
    'Threshold = this quantile of the calibration scores, between 0 and 1. Default in training: 0.999.',
    { value: 'Q' },
  ),
  thresholdFactor: option(
    z.number().positive().optional(),
    'Threshold = mean + K standard deviations of the calibration scores.',
    { value: 'K' },
  ),
  falseAlarms: option(
    z
      .string()
      .regex(
        /^\s*\d+(\.\d+)?\s*\/\s*(\d+(\.\d+)?)?\s*[a-z]+\s*$/i,
        'it must be alarms per time, such as 1/day, 2/week or 1/30d',
      )
      .optional(),
    'Alarm budget: threshold = the level at which one healthy device raises this many false alarms, such as 1/week or 2/month. Requires times.',
    { value: 'RATE' },
  ),
  sensitivity: option(
    z.array(z.string().min(1)).min(1).readonly().optional(),
    'Sensitivity: low, normal or high (1 in 10,000, 1000 or 100 normal samples above the threshold); or steps that must be found 95 % of the time within 30 samples, in the units of the channels, such as bearing_temp=2,flow=0.5.',
    { value: 'low|normal|high|LIST' },
  ),
  thresholdRule: option(
    z.enum(['mad', 'pot', 'spot', 'dspot', 'conformal', 'dynamic']).optional(),
    'Other rule: mad = median + K MAD (K = --threshold-factor, default 6); pot = peaks over threshold, a fitted tail; spot and dspot = the same, refitted while scoring with --adapt (dspot relative to the recent mean); conformal = block maxima; dynamic = nonparametric dynamic threshold.',
  ),
})

/** How a level adapts while it scores. */
export const adaptOptions = grouped('Threshold', {
  adapt: option(
    z.boolean().default(false),
    'Adaptive threshold: while scoring, it follows the scores of samples that are neither flagged nor near flagged ones, in small steps and within --adapt-limit.',
  ),
  adaptLimit: option(
    z.number().gt(0).max(1).default(0.25),
    'Adaptive threshold: largest change, as a share of the log-scale distance between usual scores and the threshold. A larger fault is detected even when it develops slowly.',
    { value: 'X' },
  ),
  adaptMemory: option(
    z.number().int().min(100).max(1_000_000_000).default(10_000),
    'Adaptive threshold: memory in samples; one sample changes the level by at most a share of 1 / N.',
    { value: 'N' },
  ),
})

/** Defaults of the adaptive threshold. */
export const ADAPT_DEFAULTS = z.object(adaptOptions).parse({})
export type AdaptOptions = typeof ADAPT_DEFAULTS

/** The options of the threshold rule; at most one rule. */
export const thresholdSettings = z.object(thresholdOptions)
export type ThresholdOptions = z.output<typeof thresholdSettings>
export const THRESHOLD_KEYS = [
  'quantile',
  'thresholdFactor',
  'falseAlarms',
  'sensitivity',
  'thresholdRule',
] as const satisfies readonly (keyof ThresholdOptions)[]

/** The rule by which the thresholds of a model were found, as the model keeps it: one rule, with its number. */
export const thresholdChoice = z
  .strictObject(thresholdOptions)
  .refine(options => isValid(() => checkThresholdOptions(options)), 'only one rule may be given')
  .refine(options => THRESHOLD_KEYS.some(key => options[key] !== undefined), 'a rule is expected')
  .refine(({ thresholdRule, thresholdFactor }) => thresholdRule !== 'mad' || thresholdFactor !== undefined, {
    path: ['thresholdFactor'],
    error: 'the rule mad needs it',
  })
  .refine(({ falseAlarms: rate }) => rate === undefined || isValid(() => parseAlarmRate(rate)), {
    path: ['falseAlarms'],
    error: 'alarms per time such as 1/day are expected',
  })

const DEFAULT_MAD_FACTOR = 6

/**
 * The options with the defaults filled in: the quantile 0.999 when no rule is given, the factor 6 for `mad`, the quantile that a word of sensitivity stands
 * for.
 *
 * @throws OptionError `option-conflict` when two rules are given; `option-invalid` for a sensitivity that is neither a word nor steps, or a rate that is none
 * @example
 * import { resolveThreshold } from './options.js'
 * resolveThreshold({}) // => { "quantile": 0.999 }
 * resolveThreshold({ thresholdRule: 'mad' }) // => { "thresholdFactor": 6, "thresholdRule": "mad" }
 */
export function resolveThreshold(options: ThresholdOptions): ThresholdOptions {
  checkThresholdOptions(options)
  const given = Object.fromEntries(
    THRESHOLD_KEYS.filter(key => options[key] !== undefined).map(key => [key, options[key]]),
  )
  if (options.falseAlarms !== undefined) parseAlarmRate(options.falseAlarms)
  if (Object.keys(given).length === 0) return { quantile: SENSITIVITIES.normal }
  if (options.sensitivity !== undefined) return resolveSensitivity(options.sensitivity)
  return given.thresholdRule === 'mad' ? { thresholdFactor: DEFAULT_MAD_FACTOR, ...given } : given
}

/** A word as its quantile; steps as they are. */
function resolveSensitivity(sensitivity: readonly string[]): ThresholdOptions {
  const [word] = sensitivity
  if (sensitivity.length === 1 && Object.hasOwn(SENSITIVITIES, word))
    return { quantile: SENSITIVITIES[word as keyof typeof SENSITIVITIES] }
  for (const text of sensitivity) parseStep(text)
  return { sensitivity }
}

function isValid(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}

/**
 * Refuses more than one threshold rule, before anything is loaded. The rule `mad` takes a factor.
 *
 * @throws OptionError `option-conflict`
 */
export function checkThresholdOptions(options: ThresholdOptions & { threshold?: number }): void {
  const given = (['threshold', ...THRESHOLD_KEYS] as const).filter(
    key => options[key] !== undefined && !(key === 'thresholdFactor' && options.thresholdRule === 'mad'),
  )
  const [first, second] = given.map(key => `--${kebabCase(key)}`)
  if (second !== undefined) throw createError('option-conflict', { first, second })
}
