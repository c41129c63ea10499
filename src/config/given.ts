import type { z } from 'zod'
import { createError } from '../core/errors.js'
import { similarName } from '../core/nearest.js'
import { kebabCase } from '../core/options.js'
import { convertFlag, convertText } from './convert.js'
import { envName } from './describe.js'
import { readSections } from './file.js'

export interface ValueSource {
  readonly source: 'flag' | 'env' | 'file' | 'default'
  /** Such as `--window`, `TELLTALE_TRAIN_WINDOW`, `telltale.yaml:12` or `default`. */
  readonly where: string
}

/** A value that was given, with the texts of an error about it. */
export interface Given {
  readonly section: string
  readonly key: string
  readonly value: unknown
  readonly source: ValueSource
  /** The option as it was spelled, and the place. */
  readonly name: string
  readonly place: string
}

/** Variables that have the prefix and are no options. */
const OTHER_VARIABLES = ['TELLTALE_CONFIG']
/** Short names of variables. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  TELLTALE_REGISTRY: 'TELLTALE_CLI_REGISTRY',
  TELLTALE_REQUIRE_SIGNED: 'TELLTALE_CLI_REQUIRE_SIGNED',
  TELLTALE_CACHE: 'TELLTALE_CLI_CACHE',
}

/** Prefix of the flags of a section, such as `log-` in `--log-level`. Default: none. */
export type FlagPrefixes = Readonly<Record<string, string>>

/** `log`, `maxSizeBytes` -> `--log-max-size-bytes` with the prefix `log-`. */
export function flagName(section: string, key: string, prefixes: FlagPrefixes): string {
  return `--${prefixes[section] ?? ''}${kebabCase(key)}`
}

/** Section -> key -> schema of the option. */
export type Shapes = Record<string, Record<string, z.ZodType>>

/** The values of the YAML file. */
export async function givenByFile(path: string, cwd: string, shapes: Shapes): Promise<Given[]> {
  const all: Given[] = []
  for (const { name: section, where, options } of await readSections(path, cwd)) {
    if (!Object.hasOwn(shapes, section)) throw unknown(section, where, sectionHints(section, shapes))
    const keys = Object.keys(shapes[section])
    for (const { key: name, value, where } of options()) {
      const key = keys.find(key => kebabCase(key) === name)
      if (key === undefined) throw unknown(`${section}.${name}`, where, keys.map(kebabCase), name)
      const source: ValueSource = { source: 'file', where }
      all.push({ section, key, value, source, name: `${section}.${name}`, place: where })
    }
  }
  return all
}

/** The nearest section to an unknown one, or the section that has an option of that name. */
function sectionHints(name: string, shapes: Shapes): string[] {
  const owner = Object.keys(shapes).find(section =>
    Object.keys(shapes[section]).some(key => kebabCase(key) === name),
  )
  return owner === undefined ? Object.keys(shapes) : [`${owner}: {${name}: ...}`]
}

/** The values of the `TELLTALE_*` variables. */
export function givenByEnv(env: Readonly<Record<string, string | undefined>>, shapes: Shapes): Given[] {
  const variables = new Map<string, { section: string; key: string }>()
  for (const section of Object.keys(shapes)) {
    for (const key of Object.keys(shapes[section])) variables.set(envName(section, key), { section, key })
  }
  const all: Given[] = []
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('TELLTALE_') || OTHER_VARIABLES.includes(name) || !text) continue
    const target = variables.get(SHORT_NAMES[name] ?? name)
    const place = 'the environment'
    if (target === undefined) throw unknown(name, place, [...variables.keys(), ...OTHER_VARIABLES])
    const value = convertText(text, shapes[target.section][target.key])
    all.push({ ...target, value, source: { source: 'env', where: name }, name, place })
  }
  return all
}

/** The values of the command line. */
export function givenByFlags(
  flags: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  shapes: Shapes,
  prefixes: FlagPrefixes,
): Given[] {
  const all: Given[] = []
  const place = 'the command line'
  for (const [section, options] of Object.entries(flags)) {
    if (!Object.hasOwn(shapes, section)) throw unknown(section, place, Object.keys(shapes))
    const flagOf = (key: string) => flagName(section, key, prefixes)
    for (const [key, given] of Object.entries(options)) {
      if (given === undefined) continue
      const name = flagOf(key)
      if (!Object.hasOwn(shapes[section], key)) {
        throw unknown(name, place, Object.keys(shapes[section]).map(flagOf))
      }
      const value = convertFlag(given, shapes[section][key])
      all.push({ section, key, value, source: { source: 'flag', where: name }, name, place })
    }
  }
  return all
}

function unknown(name: string, where: string, candidates: readonly string[], bare = name) {
  return createError('option-unknown', { name, where, nearest: similarName(bare, candidates) })
}
