import { splitRecord } from '../rows/records.js'
import { delimiterOf } from './delimiters.js'

const QUOTED = /^\s*"((?:[^"]|"")*)"\s*$/

/**
 * A line without the quotes around the whole of it.
 *
 * @example
 * import { unquotedLine } from './quoted-lines.js'
 * unquotedLine('"a,""b"",c"') // => 'a,"b",c'
 */
export function unquotedLine(line: string): string {
  return QUOTED.exec(line)?.[1]?.replaceAll('""', '"') ?? line
}

/** Whether each line under the header is one cell in quotes, which holds as many cells as the header. */
export function areQuotedWhole(lines: readonly string[]): boolean {
  const [header = '', ...rows] = lines.filter(line => line.trim() !== '')
  if (rows.length < 2 || !rows.every(row => QUOTED.test(row))) return false
  const delimiter = delimiterOf(unquotedLine(header))
  const widthOf = (line: string) => splitRecord(unquotedLine(line), delimiter).cells.length
  const width = widthOf(header)
  return width > 1 && rows.every(row => widthOf(row) === width)
}
