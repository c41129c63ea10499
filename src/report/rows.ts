import { csvCell, markdownText, oneLine } from '../core/safe-text.js'

/** How rows of results are printed. */
export const RESULT_FORMATS = ['table', 'json', 'jsonl', 'csv', 'md'] as const
export type ResultFormat = (typeof RESULT_FORMATS)[number]

export type Cell = string | number | boolean | null
export type Row = Readonly<Record<string, Cell>>

/**
 * Rows as an aligned table, a JSON array, one JSON object per line, CSV, or a table in Markdown. Columns are by default the keys of the first row.
 *
 * Numbers stand right in a table. Without rows: `[]` as JSON, the header (if columns are given) as CSV and Markdown, else the empty string.
 *
 * @example
 * import { formatRows } from './rows.js'
 * formatRows([{ channel: 'flow', score: 1.5 }], 'csv') // => 'channel,score\nflow,1.5\n'
 */
export function formatRows(
  rows: readonly Row[],
  format: ResultFormat,
  columns: readonly string[] = Object.keys(rows[0] ?? {}),
): string {
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`
  if (format === 'jsonl') return rows.map(row => `${JSON.stringify(row)}\n`).join('')
  if (columns.length === 0 || (format === 'table' && rows.length === 0)) return ''
  const cells = rows.map(row => columns.map(column => cellText(row[column])))
  if (format === 'csv') return [columns, ...cells].map(line => `${line.map(csvCell).join(',')}\n`).join('')
  const isNumber = columns.map(
    column => rows.length > 0 && rows.every(row => typeof row[column] === 'number'),
  )
  if (format === 'md') return markdownTable(columns, cells, isNumber)
  const plain = (line: readonly string[]) => line.map(oneLine)
  return alignTable(plain(columns), cells.map(plain), isNumber)
}

/** A table in Markdown; text from the data is escaped. */
export function markdownTable(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  right: readonly boolean[] = [],
): string {
  const lineOf = (line: readonly string[]) => `| ${line.join(' | ')} |\n`
  const rule = columns.map((_, j) => (right[j] ? '---:' : '---'))
  return [columns.map(markdownText), rule, ...cells.map(line => line.map(markdownText))].map(lineOf).join('')
}

function cellText(cell: Cell): string {
  return cell === null ? '' : String(cell)
}

function alignTable(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  right: readonly boolean[],
): string {
  const widths = columns.map((column, j) => Math.max(column.length, ...cells.map(line => line[j].length)))
  const lineOf = (line: readonly string[]) =>
    `${line
      .map((text, j) => (right[j] ? text.padStart(widths[j]) : text.padEnd(widths[j])))
      .join('  ')
      .trimEnd()}\n`
  return [columns, widths.map(width => '-'.repeat(width)), ...cells].map(lineOf).join('')
}

/**
 * Facts as lines `name  value`, the values one below the other.
 *
 * @example
 * import { formatFacts } from './rows.js'
 * formatFacts([['rows', 3], ['channels', 'a, b']]) // => 'rows      3\nchannels  a, b\n'
 */
export function formatFacts(facts: readonly (readonly [name: string, value: Cell])[]): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length))
  return facts
    .map(([name, value]) => `${name.padEnd(width)}  ${oneLine(cellText(value))}`.trimEnd())
    .join('\n')
    .concat(facts.length > 0 ? '\n' : '')
}
