import type { z } from 'zod'
import { kebabCase, type OptionMeta } from '../core/options.js'
import { choicesOf, metaOf, type OptionType, shapeOf, typeOf, wantedOf } from './schema.js'

/** One option, for its flag, its row in docs/cli.md and its line of `telltale config`. */
export interface OptionRow {
  /** Name in code: `batchSize`. */
  readonly key: string
  /** Name on the command line: `--batch-size`; without the dashes it is the key in the YAML file. */
  readonly flag: string
  /** Name in the environment, when the section is known: `TELLTALE_TRAIN_BATCH_SIZE`. */
  readonly env?: string
  readonly type: OptionType
  /** What a value must be, range included: `an integer >= 1`. */
  readonly wanted: string
  /** Undefined when there is none. */
  readonly default: unknown
  /** The values of a `choice`, or of the elements of a list of choices. */
  readonly choices?: readonly string[]
  readonly description: string
  /** What stands for the value in help: `FILE`; by default `N`, `X`, `TEXT` or `LIST` by type, and empty for a boolean. */
  readonly value: string
  /** Required: without default and not optional. */
  readonly required: boolean
  /** Never printed or logged. */
  readonly secret: boolean
  /** What it says of the file system, see `OptionMeta`. */
  readonly path?: NonNullable<OptionMeta['path']>
  /** The detectors that it counts for; without them it counts for all. */
  readonly detectors?: readonly string[]
  /** Its heading in the help. */
  readonly group?: string
  /** What `--no-` before the name means, for an option that takes a value or false. */
  readonly without?: string
}

const PLACEHOLDERS: Record<OptionType, string> = {
  integer: 'N',
  number: 'X',
  boolean: '',
  text: 'TEXT',
  choice: 'NAME',
  list: 'LIST',
  mixed: 'VALUE',
}

/**
 * One row per option of a schema, in the order of its properties: the single source of flags, docs and `telltale config`.
 * Optional, default and nullable wrappers, and refinements of the object, are looked through.
 *
 * @param section names the environment variables; without it rows have no `env`
 */
export function describeOptions(schema: z.ZodType, section?: string): OptionRow[] {
  return Object.entries(shapeOf(schema)).map(([key, property]) => {
    const meta = metaOf(property)
    const type = typeOf(property)
    const absent = property.safeParse(undefined)
    const choices = choicesOf(property)
    return {
      key,
      flag: `--${kebabCase(key)}`,
      ...(section === undefined ? {} : { env: envName(section, key) }),
      type,
      wanted: wantedOf(property),
      default: absent.success && absent.data !== undefined ? absent.data : meta?.standard,
      ...(choices === undefined ? {} : { choices }),
      description: meta?.description ?? '',
      value: meta?.value ?? PLACEHOLDERS[type],
      required: !absent.success,
      secret: meta?.secret === true,
      ...(meta?.path === undefined ? {} : { path: meta.path }),
      ...(meta?.detectors === undefined ? {} : { detectors: meta.detectors }),
      ...(meta?.without === undefined ? {} : { without: meta.without }),
      ...groupOf(property),
    }
  })
}

/** That of `grouped`; options of some detectors stand together, too: these are networks. */
function groupOf(property: z.ZodType): Pick<OptionRow, 'group'> {
  const { group } = (property.meta() ?? {}) as { group?: string }
  if (group !== undefined) return { group }
  return metaOf(property)?.detectors === undefined ? {} : { group: 'Networks' }
}

/** The options of a schema that say something of the file system, without the cost of describing them all. */
export function pathOptions(schema: z.ZodType): Required<Pick<OptionRow, 'key' | 'flag' | 'path'>>[] {
  return Object.entries(shapeOf(schema)).flatMap(([key, property]) => {
    const path = metaOf(property)?.path
    return path === undefined ? [] : [{ key, flag: `--${kebabCase(key)}`, path }]
  })
}

/** `train`, `batchSize` -> `TELLTALE_TRAIN_BATCH_SIZE`. */
export function envName(section: string, key: string): string {
  return `TELLTALE_${kebabCase(section)}_${kebabCase(key)}`.replace(/-/g, '_').toUpperCase()
}
