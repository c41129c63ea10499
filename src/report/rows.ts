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

/** Characters of the lines of `formatNarrow`. */
const LINE_WIDTH = 100

/**
 * Rows as `formatRows`, but a table is 100 characters wide at most: long texts take several lines, and numbers have six digits where they still differ.
 */
export function formatNarrow(rows: readonly Row[], format: ResultFormat): string {
  const columns = Object.keys(rows[0] ?? {})
  if (format !== 'table' || columns.length === 0) return formatRows(rows, format)
  const cells = rows.map(row => shorterNumbers(columns.map(column => oneLine(cellText(row[column])))))
  const needed = columns.map((column, j) => Math.max(column.length, ...cells.map(line => line[j].length)))
  const widths = fairWidths(needed, LINE_WIDTH - 2 * (columns.length - 1))
  const lines = cells.flatMap(line => {
    const wrapped = line.map((text, j) => wrap(text, widths[j]))
    const height = Math.max(...wrapped.map(parts => parts.length))
    return Array.from({ length: height }, (_, k) => wrapped.map(parts => parts[k] ?? ''))
  })
  return alignTable(columns.map(oneLine), lines, [])
}

/** Cells whose long numbers have six digits, unless two cells that differ would look alike. */
function shorterNumbers(line: readonly string[]): readonly string[] {
  const shorter = line.map(text =>
    text.replace(/-?\d+\.\d{4,}(?:e[+-]?\d+)?/g, n => `${Number(Number(n).toPrecision(6))}`),
  )
  return new Set(shorter).size === new Set(line).size ? shorter : line
}

/** Columns that need little have it; those that need more share the rest evenly. */
function fairWidths(needed: readonly number[], total: number): number[] {
  const widths = needed.map(() => 0)
  const rising = needed.map((need, j) => ({ need, j })).sort((a, b) => a.need - b.need)
  let left = total
  for (const [k, { need, j }] of rising.entries()) {
    widths[j] = Math.min(need, Math.max(1, Math.floor(left / (needed.length - k))))
    left -= widths[j]
  }
  return widths
}

/** The parts of a text that fit a width, cut at its spaces, or after the dots of a path. */
function wrap(text: string, width: number): string[] {
  const isPath = !text.includes(' ')
  const parts: string[] = []
  let rest = text
  while (rest.length > width) {
    const at = isPath ? rest.lastIndexOf('.', width - 1) + 1 : rest.lastIndexOf(' ', width)
    const cut = at > 0 ? at : width
    parts.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
  }
  return [...parts, rest]
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
