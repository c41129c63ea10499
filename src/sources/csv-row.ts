/**
 * The cells of one line of CSV (RFC 4180); a quote that is never closed takes the rest of the line.
 *
 * @example
 * import { splitRow } from './csv-row.js'
 * splitRow('1,"a, ""b""",') // => ["1", "a, \"b\"", ""]
 */
export function splitRow(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]
    if (letter === '"') {
      if (isQuoted && line[i + 1] === '"') {
        cell += '"'
        i++
      } else isQuoted = !isQuoted
    } else if (letter === ',' && !isQuoted) {
      cells.push(cell)
      cell = ''
    } else cell += letter
  }
  cells.push(cell)
  return cells
}
