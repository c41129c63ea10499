import { createError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'

/** Characters of a line that a message quotes. */
export const LONGEST_QUOTED = 80

/** The forms that are read, in a message. */
const FORMS =
  'forms of JSON that are read: a list of 0 and 1 or of intervals, each [START, END] or one of objects with start and end (or from and to); an object with one such list in it; or one of these per line'

const ENDS = [
  ['start', 'end'],
  ['from', 'to'],
] as const

type JsonObject = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The lines that a JSON text of labels or of intervals means: a list such as `[[700, 760], ["2024-03-01", "2024-03-02"]]` or `[{"start": 700, "end": 760}]`, an object
 * with one such list in it, or JSON lines of the same. Undefined for a text that does not begin as JSON.
 *
 * @param split the lines of a text
 * @throws `option-invalid` for broken JSON, and for another form
 */
export function linesOfJson(text: string, split: (text: string) => readonly string[]): string[] | undefined {
  if (!/^[\s\uFEFF]*[[{]/.test(text)) return undefined
  const whole = parsed(text)
  if ('value' in whole) return itemsOf(whole.value).map(lineOf)
  const lines = split(text).map(line => ({ line, ...parsed(line) }))
  // Where the first line is not valid JSON, the text is broken JSON and not JSON lines.
  const [first] = lines
  if (!('value' in first)) throw refused(text, `it is no JSON (${whole.reason})`)
  return lines.map(one => {
    if (!('value' in one)) throw refused(one.line, `it is no JSON (${one.reason})`)
    const { value } = one
    return lineOf(Array.isArray(value) && value.length === 1 ? value[0] : value)
  })
}

function parsed(text: string): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { reason: (error as Error).message.slice(0, 200) }
  }
}

/** The labels or intervals of a JSON value. */
function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    const isPair =
      value.length === 2 &&
      value.every(part => typeof part !== 'object') &&
      value.some(part => part !== 0 && part !== 1)
    return isPair ? [value] : value
  }
  if (!isObject(value) || endsOf(value)) return [value]
  const lists = Object.entries(value).filter(([, part]) => Array.isArray(part))
  if (lists.length === 1) return itemsOf(lists[0][1])
  const why =
    lists.length === 0
      ? 'it is an object without a list'
      : `it has several lists: ${listNames(lists.map(([name]) => name))}`
  throw refused(JSON.stringify(value), why)
}

/** One label, or an interval as `START,END`. */
function lineOf(item: unknown): string {
  if (Array.isArray(item)) return item.join(',')
  if (!isObject(item)) return String(item)
  const ends = endsOf(item)
  if (ends?.every(end => typeof end === 'number' || (typeof end === 'string' && end.trim() !== '')))
    return ends.join(',')
  throw refused(JSON.stringify(item), 'it is no interval')
}

/** Start and end of an object that has them. */
function endsOf(item: JsonObject): readonly unknown[] | undefined {
  const byName = new Map(Object.entries(item).map(([name, value]) => [name.trim().toLowerCase(), value]))
  return ENDS.find(names => names.every(name => byName.has(name)))?.map(name => byName.get(name))
}

function refused(got: string, why: string) {
  return createError('option-invalid', {
    name: '--labels',
    got: JSON.stringify(got.trim().slice(0, LONGEST_QUOTED)),
    where: 'the file',
    wanted: `${why}; ${FORMS}`,
  })
}
