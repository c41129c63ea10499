import { isReadingLine, jsonRows } from '../ingest/index.js'

/** Whether a text begins as JSON does; a heading such as [Data] does not. */
export function looksLikeJson(text: string): boolean {
  return /^\s*(?:\{|\[\s*(?:$|[\][{"\d-]))/.test(text)
}

/**
 * Whether a single line shows that each line is a separate message: it is a reading with its name, or whole JSON that holds a name that is read or is of a known
 * shape. A line of JSON that is cut, or that holds something else, shows nothing.
 *
 * @param known names of columns and channels that are read; empty: any
 * @example
 * import { isMessageLine } from './line-form.js'
 * isMessageLine('{"time": 1, "temp": 20}', new Set(['time', 'temp'])) // => true
 * isMessageLine('{"state": "connected"}', new Set(['time', 'temp'])) // => false
 * isMessageLine('mp": 20}', new Set(['time', 'temp'])) // => false
 */
export function isMessageLine(text: string, known: ReadonlySet<string>): boolean {
  if (isReadingLine(text)) return true
  if (!looksLikeJson(text)) return false
  try {
    const json: unknown = JSON.parse(text)
    return known.size === 0 || holdsName(text, known) || jsonRows(text, json, known) !== undefined
  } catch {
    // Cut, or of a shape that cannot be used.
    return false
  }
}

/** Whether a text of JSON has a name as a key or a value, in any case; of a path, its last part. */
function holdsName(text: string, known: ReadonlySet<string>): boolean {
  const plain = text.toLowerCase()
  const held = (name: string) => plain.includes(JSON.stringify(name).toLowerCase())
  return [...known].some(name => held(name) || held(name.slice(name.lastIndexOf('.') + 1)))
}
