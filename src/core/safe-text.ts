/**
 * What steers a terminal or reorders text that a person reads: control characters, line and paragraph separators, and the marks of writing direction
 * (Boucher and Anderson 2023, Trojan Source).
 */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
const KEPT_IN_BLOCKS = /[^\n\t]/
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escaped = (character: string) =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * Text on one line that cannot steer a terminal or reorder what stands around it: such characters become `\u001b`, `\n` and so on. Cost O(n).
 *
 * @example
 * import { oneLine } from './safe-text.js'
 * oneLine('pump\u001b[31m\n7') // => 'pump\\u001b[31m\\n7'
 */
export function oneLine(text: string): string {
  return text.replace(STEERING, escaped)
}

/**
 * The same for text of several lines: line ends and tabs stay. JSON keeps its meaning, because outside of strings it has no other such character, and
 * inside of them the escape stands for the same character.
 */
export function terminalText(text: string): string {
  return text.replace(STEERING, character =>
    KEPT_IN_BLOCKS.test(character) ? escaped(character) : character,
  )
}

/**
 * A cell of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula gets a leading apostrophe; a number does not.
 *
 * @example
 * import { csvCell } from './safe-text.js'
 * [csvCell('=1+1'), csvCell('-1.5'), csvCell('a,b')] // => ["'=1+1", '-1.5', '"a,b"']
 */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Text of an HTML page or an SVG, in an element or a quoted attribute. */
export function htmlText(text: string): string {
  return terminalText(text).replace(/[&<>"']/g, character => ENTITIES[character])
}

/** Text of a Markdown file on one line, in which nothing is markup. `<`, `>` and `&` are entities: not every program heeds a backslash before them. */
export function markdownText(text: string): string {
  return oneLine(text.replace(/[\r\n]+/g, ' '))
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replace(/[<>&]/g, character => ENTITIES[character])
}

/** The beginning of a text that is longer than `most` characters, and how long it is. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}... (${text.length} characters)`
}
