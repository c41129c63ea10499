import { createError } from '../../core/errors.js'
import { beyondLimits } from '../../core/json-limits.js'

const SPACE = /[ \t\n\r]*/y
const SCALAR =
  /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/iuy
const LONGEST = 1_048_576
const LIMITS = { depth: 100, commas: 100_000 }

/**
 * The value of a JSON text.
 *
 * @throws OptionError `architecture-invalid` with the line at which the text stops being JSON
 */
export function parseJson(text: string, file: string): unknown {
  const beyond =
    text.length > LONGEST ? `it is longer than ${LONGEST} characters` : beyondLimits(text, LIMITS)
  if (beyond !== undefined) throw createError('architecture-invalid', { where: file, reason: beyond })
  try {
    return JSON.parse(text)
  } catch (cause) {
    const offset = endOfJson(text)
    const line = text.slice(0, offset).split('\n').length
    const found =
      offset < text.length ? `unexpected ${JSON.stringify(text[offset])}` : 'the text ends too early'
    throw createError(
      'architecture-invalid',
      { where: `${file}, line ${line}`, reason: `not valid JSON: ${found}` },
      cause,
    )
  }
}

/** Offset at which a text stops being JSON. */
function endOfJson(text: string): number {
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const take = (character: string): boolean => {
    skip(SPACE)
    if (text[at] !== character) return false
    at++
    skip(SPACE)
    return true
  }
  const list = (close: string, entry: () => boolean): boolean => {
    if (take(close)) return true
    do if (!entry()) return false
    while (take(','))
    return take(close)
  }
  const value = (depth: number): boolean => {
    skip(SPACE)
    if (depth > LIMITS.depth) return false
    if (take('[')) return list(']', () => value(depth + 1))
    if (take('{')) return list('}', () => text[at] === '"' && skip(SCALAR) && take(':') && value(depth + 1))
    return skip(SCALAR)
  }
  if (value(0)) skip(SPACE)
  return at
}
