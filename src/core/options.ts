import { z } from 'zod'

/**
 * Options are data: one zod object per command or stage gives type, default, range, YAML key, environment name,
 * flag and documentation row. A key is written in camelCase; everywhere a user sees it, it is `kebab-case`.
 */
export interface OptionMeta {
  /** One sentence: meaning, unit, consequence. */
  readonly description: string
  /** Placeholder of the value in help, such as `FILE` or `N`. */
  readonly value?: string
  /** Never printed or logged. */
  readonly secret?: boolean
  /**
   * What the option says of the file system: a path that is read, one that is written (a file, or a folder that is replaced as a whole), the names of the files that are
   * written into a folder, a query over files, or models by patterns of devices.
   */
  readonly path?: 'read' | 'write' | 'query' | 'model' | readonly string[]
  /** What `--no-` before its name means: of a boolean that is true by default, and of an option that takes false as well. */
  readonly without?: string
  /** The detectors that the option counts for. Default: all. */
  readonly detectors?: readonly string[]
  /** The value where none was given, of an option that has no default before the detector is known. */
  readonly standard?: string | number | boolean
}

/** Attaches the documentation of an option to its schema. */
export function option<S extends z.ZodType>(
  schema: S,
  description: string,
  more: Omit<OptionMeta, 'description'> = {},
): S {
  return schema.meta({ description, ...more }) as S
}

/** Attaches the documentation of an option that counts for some detectors alone: a default would hide whether a value was given. */
export function optionOf<S extends z.ZodType>(
  detectors: readonly string[],
  schema: S,
  description: string,
  more: Omit<OptionMeta, 'description' | 'detectors'> = {},
): z.ZodOptional<S> {
  return option(schema.optional(), `${description} For ${detectors.join(' and ')} only.`, {
    ...more,
    detectors,
  })
}

/** Puts options under a heading of the help. */
export function grouped<S extends Readonly<Record<string, z.ZodType>>>(group: string, options: S): S {
  return Object.fromEntries(
    Object.entries(options).map(([key, schema]) => [key, schema.meta({ ...schema.meta(), group })]),
  ) as S
}

/**
 * `batchSize` -> `batch-size`: the one spelling rule between code and users.
 *
 * @example
 * import { kebabCase } from './options.js'
 * kebabCase('batchSize') // => 'batch-size'
 */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/**
 * The key of an option: the inverse of `kebabCase`.
 *
 * @example
 * import { camelCase } from './options.js'
 * camelCase('batch-size') // => 'batchSize'
 */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * The same options without defaults, for values that are taken from the training unless they are given.
 *
 * @example
 * import { z } from 'zod'
 * import { asTrainedAll, option } from './options.js'
 * const { gap } = asTrainedAll({ gap: option(z.number().default(5), 'Gap.') })
 * gap.parse(undefined) // => undefined
 */
export function asTrainedAll<S extends Readonly<Record<string, z.ZodType>>>(
  options: S,
): {
  [K in keyof S]: z.ZodOptional<S[K] extends z.ZodDefault<infer Inner extends z.ZodType> ? Inner : S[K]>
} {
  const made = Object.entries(options).map(([key, schema]) => {
    const { description = '', ...more } = (schema.meta() ?? {}) as unknown as OptionMeta
    const inner = schema instanceof z.ZodDefault ? schema.removeDefault() : schema
    const optional = inner instanceof z.ZodOptional ? inner : (inner as z.ZodType).optional()
    return [key, option(optional, `${description} Default: as trained.`, more)]
  })
  return Object.fromEntries(made)
}

/**
 * The same options where every default has been filled in: one that had a default must be there.
 *
 * @example
 * import { z } from 'zod'
 * import { option, withoutDefaults } from './options.js'
 * withoutDefaults({ gap: option(z.number().default(5), 'Gap.') }).gap.safeParse(undefined).success // => false
 */
export function withoutDefaults<S extends Readonly<Record<string, z.ZodType>>>(
  options: S,
): { [K in keyof S]: S[K] extends z.ZodDefault<infer Inner extends z.ZodType> ? Inner : S[K] } {
  const made = Object.entries(options).map(([key, schema]) => [
    key,
    schema instanceof z.ZodDefault ? schema.removeDefault() : schema,
  ])
  return Object.fromEntries(made)
}

/** Parts of schemas that many options share. */
export const positiveInteger = () => z.number().int().positive()
export const fraction = () => z.number().gt(0).lt(1)
