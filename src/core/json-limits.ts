/** What a JSON text from outside may hold before a parser sees it. */
export interface JsonLimits {
  /** Levels of nested arrays and objects. */
  readonly depth: number
  /** Commas outside of texts: one less than the values of each array and object. */
  readonly commas: number
}

/** Follows a JSON text piece by piece. */
export interface JsonScanner {
  /** Takes the next bytes (UTF-8). @returns how the text so far goes beyond the limits, if it does */
  push(bytes: Uint8Array): string | undefined
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c

/**
 * Counts the levels and values of a JSON text before it is parsed: parsers recurse, and make objects of many times the size of the text. What is not JSON
 * is left to the parser. Cost O(bytes), no memory.
 */
export function createJsonScanner({ depth: deepest, commas: most }: JsonLimits): JsonScanner {
  let depth = 0
  let commas = 0
  let isText = false
  let isEscaped = false
  let reason: string | undefined
  return {
    push(bytes) {
      for (let i = 0; i < bytes.length && reason === undefined; i++) {
        const byte = bytes[i]!
        if (isText) {
          if (isEscaped) isEscaped = false
          else if (byte === BACKSLASH) isEscaped = true
          else if (byte === QUOTE) isText = false
          continue
        }
        if (byte === QUOTE) isText = true
        // The brackets `[` and `{`, `]` and `}` differ in one bit.
        else if ((byte & 0xdf) === 0x5b) {
          if (++depth > deepest) reason = `it is nested deeper than ${deepest} levels`
        } else if ((byte & 0xdf) === 0x5d) depth--
        else if (byte === COMMA && ++commas > most) reason = `it has more than ${most} values`
      }
      return reason
    },
  }
}

/**
 * How a JSON text goes beyond limits, if it does.
 *
 * @example
 * import { beyondLimits } from './json-limits.js'
 * beyondLimits('[["[[["]]', { depth: 2, commas: 10 }) // => undefined
 * beyondLimits('[[[]]]', { depth: 2, commas: 10 }) // => 'it is nested deeper than 2 levels'
 */
export function beyondLimits(text: string | Uint8Array, limits: JsonLimits): string | undefined {
  return createJsonScanner(limits).push(typeof text === 'string' ? new TextEncoder().encode(text) : text)
}
