import { resolve } from 'node:path'
import type { z } from 'zod'
import { createError } from '../core/errors.js'
import { similarName } from '../core/nearest.js'
import { findFile } from './find-file.js'
import {
  type FlagPrefixes,
  flagName,
  type Given,
  givenByEnv,
  givenByFile,
  givenByFlags,
  type ValueSource,
} from './given.js'
import { choicesOf, metaOf, shapeOf, wantedOf } from './schema.js'

export interface ConfigInput {
  /** Options schema of each section: the name of a command, or a part shared by all such as `log`. */
  readonly schemas: Readonly<Record<string, z.ZodType>>
  /** A configuration file; false = none; by default TELLTALE_CONFIG, else the one that `findFile` finds. */
  readonly file?: string | false
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Section -> camelCase key -> what was given on the command line, as text or typed; undefined = not given. */
  readonly flags: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Prefix of the flags of a section on the command line: `{ log: 'log-' }` for `--log-level`. */
  readonly flagPrefixes?: FlagPrefixes
  /** The section in use: only there is a missing required option an error. */
  readonly command?: string
}

export interface EffectiveConfig {
  /** Section -> camelCase key -> value; an option without value and default is left out. */
  readonly values: Record<string, Record<string, unknown>>
  /** Where each of `values` comes from. */
  readonly sources: Record<string, Record<string, ValueSource>>
  /** Path of the file that was read. */
  readonly file?: string
}

const DEFAULT: ValueSource = { source: 'default', where: 'default' }

/**
 * One validated configuration of all sections. Precedence: flags, `TELLTALE_<SECTION>_<KEY>`, the YAML file, defaults.
 *
 * Every value that was given is checked, also one that another overrides. A variable without text counts as not set. A schema
 * may be a refined object; the message of a refinement follows the word "but" when its path names an option.
 *
 * Errors: `option-unknown` (with the nearest name), `option-invalid` (with file and line, variable or flag), `option-combination`
 * (a refinement of the object), `option-missing` (only in `command`), and those of reading the file.
 */
export async function loadConfig(input: ConfigInput): Promise<EffectiveConfig> {
  const shapes = mapValues(input.schemas, shapeOf)
  const prefixes = input.flagPrefixes ?? {}
  const named = input.file ?? (input.env.TELLTALE_CONFIG || undefined)
  const file = named === false ? undefined : named ? resolve(input.cwd, named) : await findFile(input.cwd)
  const lowestFirst = [
    ...(file === undefined ? [] : await givenByFile(file, input.cwd, shapes)),
    ...givenByEnv(input.env, shapes),
    ...givenByFlags(input.flags, shapes, prefixes),
  ]
  for (const given of lowestFirst) check(given, shapes[given.section][given.key])

  const values: EffectiveConfig['values'] = {}
  const sources: EffectiveConfig['sources'] = {}
  for (const section of Object.keys(shapes)) {
    const given = new Map(lowestFirst.filter(g => g.section === section).map(g => [g.key, g]))
    const missing = missingOf(shapes[section], given)
    if (missing !== undefined && section === input.command) {
      throw createError('option-missing', { name: flagName(section, missing, prefixes) })
    }
    values[section] = resolveSection(section, input.schemas[section], given, missing !== undefined, prefixes)
    sources[section] = mapValues(values[section], (_, key) => given.get(key)?.source ?? DEFAULT)
  }
  return { values, sources, ...(file === undefined ? {} : { file }) }
}

/** A copy for printing, in which every value of a secret option is `***`. */
export function maskConfig(config: EffectiveConfig, schemas: ConfigInput['schemas']): EffectiveConfig {
  const values = mapValues(config.values, (section, name) => {
    const shape = shapeOf(schemas[name])
    return mapValues(section, (value, key) => (isSecret(shape[key]) ? '***' : value))
  })
  return { ...config, values }
}

/** Refuses a value that its own schema does not take. */
function check(given: Given, schema: z.ZodType): void {
  const result = schema.safeParse(given.value)
  if (result.success) return
  const [issue] = result.error.issues
  const own = issue.code === 'custom' || issue.code === 'invalid_format' ? issue.message : undefined
  const choices = typeof given.value === 'string' ? choicesOf(schema) : undefined
  const similar = similarName(
    String(given.value),
    (choices ?? []).filter(choice => choice.length > 1),
  )
  const hint = similar === '' ? '' : ` (did you mean ${similar}?)`
  const isEmpty = issue.code === 'too_small' && given.value === ''
  throw invalid(given, schema, own ?? (isEmpty ? 'must not be empty' : `must be ${wantedOf(schema)}${hint}`))
}

function invalid(
  { name, value, place }: Pick<Given, 'name' | 'value' | 'place'>,
  schema: z.ZodType,
  wanted: string,
) {
  const got = isSecret(schema) ? '***' : value === null ? 'empty' : show(value)
  return createError('option-invalid', { name, got, where: place, wanted })
}

const show = (value: unknown) =>
  typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value).slice(0, 200) : String(value)

function missingOf(shape: Record<string, z.ZodType>, given: ReadonlyMap<string, Given>): string | undefined {
  return Object.keys(shape).find(key => !given.has(key) && !shape[key].safeParse(undefined).success)
}

/** The given values, converted once and filled up with defaults; refinements across options run when none is missing. */
function resolveSection(
  section: string,
  schema: z.ZodType,
  given: ReadonlyMap<string, Given>,
  incomplete: boolean,
  prefixes: FlagPrefixes,
): Record<string, unknown> {
  const shape = shapeOf(schema)
  const inputs = mapValues(Object.fromEntries(given), g => g.value)
  if (incomplete) {
    const parsed = Object.keys(shape).map(key => [key, shape[key].safeParse(inputs[key]).data] as const)
    return Object.fromEntries(parsed.filter(([, value]) => value !== undefined))
  }
  const result = schema.safeParse(inputs)
  if (result.success) {
    const values = Object.entries(result.data as Record<string, unknown>)
    return Object.fromEntries(values.filter(([, value]) => value !== undefined))
  }
  const [issue] = result.error.issues
  const key = String(issue.path[0])
  if (!Object.hasOwn(shape, key)) throw createError('option-combination', { section, reason: issue.message })
  const value = shape[key].safeParse(undefined).data
  const named = given.get(key) ?? {
    name: flagName(section, key, prefixes),
    value,
    place: `the defaults of ${section}`,
  }
  throw invalid(named, shape[key], issue.message)
}

const isSecret = (schema: z.ZodType | undefined) => schema !== undefined && metaOf(schema)?.secret === true

function mapValues<A, B>(
  object: Readonly<Record<string, A>>,
  f: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, f(value, key)]))
}
