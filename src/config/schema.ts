import type { z } from 'zod'
import { createError } from '../core/errors.js'
import type { OptionMeta } from '../core/options.js'

/** A schema with its definition as a union that is discriminated by `type`. */
type Known = z.core.$ZodTypes

const known = (schema: z.core.$ZodType) => schema as Known

/** What a wrapper such as `optional`, `default`, `nullable` or `pipe` holds, or undefined for anything else. */
function inside(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const def = known(schema)._zod.def
  switch (def.type) {
    case 'optional':
    case 'nonoptional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
      return def.innerType
    case 'pipe':
      return def.in
    default:
      return undefined
  }
}

/** The schema inside every wrapper. */
export function unwrap(schema: z.core.$ZodType): Known {
  let current = schema
  for (let next = inside(current); next !== undefined; next = inside(current)) current = next
  return known(current)
}

/** The properties of an object schema, whatever is wrapped around it. */
export function shapeOf(schema: z.ZodType): Record<string, z.ZodType> {
  const core = unwrap(schema)
  if (core._zod.def.type !== 'object') {
    throw createError('bug', { reason: `the options schema is a ${core._zod.def.type}, not an object` })
  }
  return core._zod.def.shape as Record<string, z.ZodType>
}

/** The documentation of an option: the outermost that is attached to its schema or to a wrapped one. */
export function metaOf(schema: z.ZodType): OptionMeta | undefined {
  let current: z.core.$ZodType | undefined = schema
  while (current !== undefined) {
    const meta = (current as z.ZodType).meta()
    if (meta?.description !== undefined) return meta as unknown as OptionMeta
    current = inside(current)
  }
  return undefined
}

/** What kind of value an option takes. `mixed` is a choice between types, such as `auto` or an integer. */
export type OptionType = 'integer' | 'number' | 'boolean' | 'text' | 'choice' | 'list' | 'mixed'

/** The type of an option, looked for inside its wrappers. */
export function typeOf(schema: z.core.$ZodType): OptionType {
  const core = unwrap(schema)
  switch (core._zod.def.type) {
    case 'number':
      return isInteger(core) ? 'integer' : 'number'
    case 'boolean':
      return 'boolean'
    case 'string':
      return 'text'
    case 'enum':
    case 'literal':
      return 'choice'
    case 'array':
      return 'list'
    case 'union':
      return choicesOf(core) === undefined ? 'mixed' : 'choice'
    default:
      throw createError('bug', { reason: `options of type ${core._zod.def.type} are not supported` })
  }
}

/** The values of an option that has a closed list of them. */
export function choicesOf(schema: z.core.$ZodType): readonly string[] | undefined {
  const def = unwrap(schema)._zod.def
  if (def.type === 'enum') return Object.values(def.entries).map(String)
  if (def.type === 'literal') return def.values.map(String)
  if (def.type === 'array') return choicesOf(def.element)
  if (def.type !== 'union') return undefined
  const parts = def.options.map(choicesOf)
  return parts.every(part => part !== undefined) ? parts.flat() : undefined
}

/** Choices as a list; in quotes where a comma is one of them. */
export const choiceList = (choices: readonly string[]): string =>
  (choices.some(choice => /[,\s]/.test(choice)) ? choices.map(choice => `"${choice}"`) : choices).join(', ')

/** What a value of the option must be, in words that follow "must be". */
export function wantedOf(schema: z.core.$ZodType): string {
  const core = unwrap(schema)
  const def = core._zod.def
  switch (def.type) {
    case 'number':
      return [isInteger(core) ? 'an integer' : 'a number', bounds(core)].filter(Boolean).join(' ')
    case 'boolean':
      return 'true or false'
    case 'string':
      return 'text'
    case 'array':
      return `a list, each element ${wantedOf(def.element)}`
    case 'enum':
    case 'literal': {
      const choices = choicesOf(core) as readonly string[]
      return choices.length === 1 ? choices[0] : `one of ${choiceList(choices)}`
    }
    case 'union':
      return def.options.map(wantedOf).join(' or ')
    default:
      return def.type
  }
}

type CheckDef = { check: string; format?: string; value?: number; inclusive?: boolean }

function checksOf(schema: Known): CheckDef[] {
  const def = schema._zod.def
  const own = def.type === 'number' && 'check' in def ? [def as unknown as CheckDef] : []
  return [...own, ...(def.checks ?? []).map(check => check._zod.def as CheckDef)]
}

const isInteger = (schema: Known) =>
  checksOf(schema).some(def => def.check === 'number_format' && /int/.test(def.format ?? ''))

function bounds(schema: Known): string {
  const parts: string[] = []
  for (const def of checksOf(schema)) {
    if (def.check === 'greater_than') parts.push(`${def.inclusive ? '>=' : '>'} ${def.value}`)
    if (def.check === 'less_than') parts.push(`${def.inclusive ? '<=' : '<'} ${def.value}`)
  }
  return parts.join(' and ')
}
