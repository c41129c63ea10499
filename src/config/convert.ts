import type { z } from 'zod'
import { unwrap } from './schema.js'

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const BOOLEANS: Record<string, boolean> = { true: true, false: false, 1: true, 0: false }

/**
 * Text of a flag or environment variable as the type that its schema wants: numbers in decimal notation, booleans as
 * true/false/1/0, lists by comma, where an element in double quotes may hold commas. Text that does not fit comes back unchanged, for the schema to refuse.
 */
export function convertText(text: string, schema: z.core.$ZodType): unknown {
  const def = unwrap(schema)._zod.def
  switch (def.type) {
    case 'number':
      return NUMBER.test(text.trim()) ? Number(text) : text
    case 'boolean':
      return Object.hasOwn(BOOLEANS, text.trim()) ? BOOLEANS[text.trim()] : text
    case 'literal':
      return def.values.find(value => String(value) === text) ?? text
    case 'array':
      return text.trim() === '' ? [] : elementsOf(text).map(part => convertText(part, def.element))
    case 'union': {
      for (const choice of def.options) {
        const value = convertText(text, choice)
        if ((choice as z.ZodType).safeParse(value).success) return value
      }
      return text
    }
    default:
      return text
  }
}

/** `a, "b, c"` -> a and b, c; a double quote within double quotes is written twice. */
function elementsOf(text: string): string[] {
  const elements = text.match(/(?:^|,)\s*(?:"(?:[^"]|"")*"\s*(?=,|$)|[^,]*)/g) ?? []
  return elements.map(element => {
    const part = element.replace(/^,/, '').trim()
    return /^".*"$/s.test(part) ? part.slice(1, -1).replaceAll('""', '"') : part
  })
}

/** A flag as the command line gives it: text, several texts for a list, or a value that has its type already. */
export function convertFlag(value: unknown, schema: z.core.$ZodType): unknown {
  if (typeof value === 'string') return convertText(value, schema)
  if (!Array.isArray(value)) return value
  return value.flatMap(part => (typeof part === 'string' ? convertText(part, schema) : [part]))
}
