// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]/g

/**
 * A text without the escape sequences that colour it in a terminal (ECMA-48, 5.4).
 *
 * @example
 * import { withoutEscapes } from './escapes.js'
 * withoutEscapes('\u001b[31m20.1\u001b[0m') // => '20.1'
 */
export function withoutEscapes(text: string): string {
  return text.includes('\u001b[') ? text.replace(ESCAPES, '') : text
}
