import { z } from 'zod'

/**
 * Options are data: one zod object per command or stage gives type, default, range, YAML key, environment name,
 * flag and documentation row. A key is written in camelCase; everywhere a user sees it, it is `kebab-case`.
 */
export interface OptionMeta {
  /** One sentence: meaning, unit, consequence. */
  readonly description: string
  /** What stands for the value in help, such as `FILE` or `N`. */
  readonly value?: string
  /** Never printed or logged. */
  readonly secret?: boolean
  /** The option takes false as well: what `--no-` before its name means. */
  readonly without?: string
}

/** Attaches the documentation of an option to its schema. */
export function option<S extends z.ZodType>(
  schema: S,
  description: string,
  more: Omit<OptionMeta, 'description'> = {},
): S {
  return schema.meta({ description, ...more }) as S
}

/**
 * `batchSize` -> `batch-size`: the one spelling rule between code and users.
 *
 * @example
 * import { kebabCase } from 'telltale'
 * kebabCase('batchSize') // => 'batch-size'
 */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/** Parts of schemas that many options share. */
export const positiveInteger = () => z.number().int().positive()
export const fraction = () => z.number().gt(0).lt(1)
