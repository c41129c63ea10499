import { z } from 'zod'
import { createError } from '../core/errors.js'
import { grouped, option } from '../core/options.js'
import { VALIDATION_LEVELS } from './issue.js'

/** Policies for missing readings. */
export const MISSING_POLICIES = ['error', 'hold', 'linear', 'mask', 'drop'] as const
export type MissingPolicy = (typeof MISSING_POLICIES)[number]

/** `NAME=WHAT`, with the name of a channel before the last equals sign. */
const assignment = (what: RegExp, wanted: string) =>
  z.string().refine(text => {
    const at = text.lastIndexOf('=')
    return at > 0 && what.test(text.slice(at + 1))
  }, wanted)

const POLICY = new RegExp(`^(${MISSING_POLICIES.join('|')})$`)
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i.source
const RANGE = new RegExp(`^(?:${NUMBER})?\\.\\.(?:${NUMBER})?$`, 'i')

/** Options of how missing readings and gaps are treated, for every command that reads a table. */
export const missingOptions = grouped('Table', {
  missing: option(
    z.enum(MISSING_POLICIES).default('error'),
    'Missing readings: error = refuse the data; hold = repeat the previous reading; linear = interpolate between the neighbours in time; ' +
      'mask = fill with what the other channels call for, which raises no score; drop = no window contains them.',
  ),
  missingByChannel: option(
    z.array(assignment(POLICY, `it must be NAME=POLICY, such as flow=hold`)).readonly().default([]),
    'Missing readings: policies of single channels, such as flow=hold,level=mask.',
    { value: 'LIST' },
  ),
  maxGap: option(
    z.number().int().min(0).max(1_000_000).default(5),
    'Longest run of missing samples that is filled or spanned. Longer gaps are kept, and no window spans them.',
    { value: 'N' },
  ),
})

export const validationLevel = option(
  z.enum(VALIDATION_LEVELS).default('moderate'),
  'Strictness of validation: strict also refuses short tables, constant or text channels and outliers; permissive accepts text columns and infinite values.',
  { value: 'LEVEL' },
)

/** A rule of every schema with `fix` and `validationLevel`. */
export const neverRepairsStrictly = [
  (options: { readonly fix: boolean; readonly validationLevel: string }) =>
    !(options.fix && options.validationLevel === 'strict'),
  { path: ['fix'], message: 'must be false at level strict, which reports and never repairs' },
] satisfies [unknown, unknown]

/** Options of validation. */
export const validateOptions = z
  .object({
    validationLevel,
    expectedColumns: option(
      z.array(z.string().min(1)).default([]),
      'Required channels, separated by commas; others are reported. Default: any.',
      { value: 'LIST' },
    ),
    ranges: option(
      z
        .array(assignment(RANGE, 'it must be NAME=LOW..HIGH, such as flow=0..100; either side may be empty'))
        .default([]),
      'Valid ranges of channels in their units, such as flow=0..100,level=..4.5.',
      { value: 'LIST' },
    ),
    fix: option(
      z.boolean().default(false),
      'Repair before checking: infinite and out-of-range readings become missing, short gaps are filled by the policy of --missing. ' +
        'Rows and channels are never removed.',
    ),
    ...missingOptions,
  })
  .refine(...neverRepairsStrictly)
export type ValidateOptions = z.output<typeof validateOptions>

/** How missing readings are treated; `missingOptions` as values. */
export interface MissingOptions {
  readonly missing: MissingPolicy
  readonly missingByChannel?: readonly string[]
  readonly maxGap: number
}

/**
 * The policy of each channel.
 *
 * @throws OptionError `option-invalid` when a channel is named that is not there
 */
export function channelPolicies(
  channels: readonly string[],
  { missing, missingByChannel = [] }: MissingOptions,
): MissingPolicy[] {
  const byName = assignments('--missing-by-channel', channels, missingByChannel)
  return channels.map(name => (byName.get(name) as MissingPolicy | undefined) ?? missing)
}

/** A range of valid readings; an open side is infinite. */
export interface ValidRange {
  readonly low: number
  readonly high: number
}

/**
 * The valid range of each channel, where one is given.
 *
 * @throws OptionError `option-invalid` when a channel is named that is not there, or a range is empty
 */
export function channelRanges(
  channels: readonly string[],
  ranges: readonly string[],
): (ValidRange | undefined)[] {
  const byName = assignments('--ranges', channels, ranges)
  return channels.map(name => {
    const text = byName.get(name)
    if (text === undefined) return undefined
    const [low, high] = text.split('..')
    const range = {
      low: low === '' ? Number.NEGATIVE_INFINITY : Number(low),
      high: high === '' ? Number.POSITIVE_INFINITY : Number(high),
    }
    if (range.low > range.high) {
      throw createError('option-invalid', {
        name: '--ranges',
        got: `${name}=${text}`,
        where: 'the command',
        wanted: 'the lower end must come first',
      })
    }
    return range
  })
}

function assignments(
  flag: string,
  channels: readonly string[],
  list: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const text of list) {
    const at = text.lastIndexOf('=')
    const name = text.slice(0, at)
    if (!channels.includes(name)) {
      throw createError('option-invalid', {
        name: flag,
        got: text,
        where: 'the command',
        wanted: `it must name one of the channels ${channels.slice(0, 20).join(', ')}`,
      })
    }
    found.set(name, text.slice(at + 1))
  }
  return found
}
