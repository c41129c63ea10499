import { readText } from '../rows/records.js'
import { parseJson } from './json-document.js'
import { type InputFile, RECORD_SEPARATOR } from './locate.js'

const FIRST = 1 << 16
const COMMA = /,\s*$/
const TOKEN = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\b(?:True|False|None|nan)\b/g
const WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null', nan: 'null' }

/**
 * A line that holds an object of Python, or one behind a record separator (RFC 7464) or before a comma, as JSON.
 *
 * @example
 * import { strictLine } from './loose-json.js'
 * strictLine("{'a': None},") // => '{"a": null}'
 */
export function strictLine(line: string): string {
  return ofPython(line.replace(RECORD_SEPARATOR, '').replace(COMMA, ''))
}

const ofPython = (line: string) =>
  line.replace(TOKEN, (token: string, single: string | undefined) =>
    single === undefined ? (WORDS[token] ?? token) : JSON.stringify(single.replace(/\\(['\\])/g, '$1')),
  )

/** Its lines as JSON, and what makes them none, for a text whose first line is an object but for that; undefined for others. Cost: its first line. */
export async function looseJson(
  input: InputFile,
): Promise<{ readonly form: string; pieces(): AsyncGenerator<string> } | undefined> {
  const first = await firstLine(input)
  if (parseJson(first) !== undefined || !/^\s*\{/.test(strictLine(first))) return undefined
  if (parseJson(strictLine(first)) === undefined) return undefined
  const forms = [
    ...(first.startsWith(RECORD_SEPARATOR) ? ['record separators (RFC 7464)'] : []),
    ...(COMMA.test(first) ? ['a comma behind each object'] : []),
    ...(ofPython(first) === first ? [] : ['objects of Python']),
  ]
  return {
    form: forms.join(' and '),
    async *pieces() {
      let rest = ''
      for await (const piece of readText(input)) {
        const lines = (rest + piece).split('\n')
        rest = lines.pop()!
        for (const line of lines) yield `${strictLine(line.trim())}\n`
      }
      yield strictLine(rest.trim())
    },
  }
}

/** The first line that is not blank; a part of one that is longer than those of such texts are. */
async function firstLine(input: InputFile): Promise<string> {
  let head = ''
  for await (const piece of readText(input)) {
    head = (head + piece).trimStart()
    if (head.includes('\n') || head.length > FIRST) break
  }
  return head.split('\n', 1)[0]!.trim()
}
