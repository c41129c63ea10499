import { isClockText, scanTime } from '../../core/time-text.js'
import { splitRecord } from '../rows/records.js'
import { isMissingText } from './cell.js'
import { parseNumber } from './number.js'
import { isUnit } from './unit-text.js'

/** Where the table lies in a delimited text, and what around it is none of it. */
export interface Layout {
  /** `blanks` for columns that runs of blanks or tabs part. */
  readonly delimiter: string
  readonly names: readonly string[]
  /** Position in its line of each column. */
  readonly columns: readonly number[]
  /** Cells of a line at most. */
  readonly width: number
  /** Number of the first line of data, 0 = the first line. */
  readonly firstLine: number
  /** Text of the units row by column, where there is one. */
  readonly units?: readonly string[]
  /** What a line starts with that is a comment. */
  readonly comment?: string
  /** What was found that a table with a header in its first line does not have, as sentences for the user. */
  readonly oddities: readonly string[]
}

const DELIMITERS = [',', ';', '\t', '|', 'blanks']
const MOST_PREAMBLE = 64
const FOOTER =
  /^(?:grand )?(?:total|totals|sum|summe|gesamt|average|avg|mean|mittelwert|minimum|maximum|min|max|count|anzahl|end|end of (?:file|data|report)|eof|ende|\$rt_\w+\$?)\b:?/i

/** Cells of one line, or of one record with line ends inside of quotes; `blanks` parts cells by runs of blanks or tabs. */
export function cellsOf(line: string, delimiter: string): readonly string[] {
  if (delimiter === 'blanks') return line.trim() === '' ? [] : line.trim().split(/[ \t]+/)
  return splitRecord(line, delimiter).cells
}

/** Whether a cell holds what data hold: a number, with either decimal sign, or a time. */
function isDatum(cell: string): boolean {
  const text = cell.trim()
  return (
    !Number.isNaN(parseNumber(text)) ||
    !Number.isNaN(parseNumber(text, ',')) ||
    scanTime(text) !== undefined ||
    isClockText(text)
  )
}

/** The share of the filled cells under the first line that hold data: it decides between delimiters that cut all lines alike. */
export function datumShare(rows: readonly (readonly string[])[]): number {
  const filled = rows.slice(1).flatMap(cells => cells.filter(cell => cell.trim() !== ''))
  return filled.length === 0 ? 0 : filled.filter(isDatum).length / filled.length
}

/** Whether a line is a comment: it starts with #, and not with an error of Excel. */
export function isComment(line: string): boolean {
  return line.startsWith('#') && !/^#(?:N\/A|REF!|DIV\/0!|VALUE!|NAME\?|NULL!|NUM!)/.test(line)
}

/** Finds the table in the first records of a text, which begin on the lines `numbers`. Undefined where no table is seen in them. */
export function findLayout(lines: readonly string[], numbers?: readonly number[]): Layout | undefined {
  const oddities: string[] = []
  let start = 0
  let given: string | undefined
  const separator = /^"?sep=(.)"?[,;\t|]*$/i.exec(lines[0] ?? '')
  if (separator !== null) {
    given = separator[1]!
    start = 1
    oddities.push(`line 1 names the delimiter ${JSON.stringify(given)}`)
  }
  const comment = lines.slice(start).some(isComment) ? '#' : undefined
  const isText = (line: string) => line.trim() !== '' && !isComment(line)
  const rows = lines.map((line, at) => ({ line, at })).filter(({ line, at }) => at >= start && isText(line))
  if (rows.length === 0) return undefined
  const delimiter = given ?? chooseDelimiter(rows.map(({ line }) => line))
  if (delimiter === undefined) return undefined
  const table = rows.map(({ line, at }) => ({ at, cells: trimEnd(cellsOf(line, delimiter)) }))
  const width = commonWidth(table.map(({ cells }) => cells.length))
  const first = headerAt(table, width)
  if (first === undefined) return undefined
  const { header, data, isCommented, isMissing } = withComment(table, first, lines, comment, delimiter)
  const preamble = first === 0 ? 0 : table.slice(0, first).length
  if (first === 0 && table[0]!.at > start && comment === undefined)
    oddities.push('blank lines before the header')
  if (preamble > 0) oddities.push(`${preamble} ${preamble === 1 ? 'line' : 'lines'} before the header`)
  if (comment !== undefined) oddities.push('comment lines that start with #')
  if (isCommented) oddities.push('a header in a comment line')
  if (isMissing) oddities.push('no header: the columns are named column1, column2, ...')
  if (delimiter === 'blanks') oddities.push('columns parted by blanks')
  const found = finish({ table, header, data, width, delimiter, comment, oddities, lines, isMissing })
  return numbers === undefined || found.firstLine >= numbers.length
    ? found
    : { ...found, firstLine: numbers[found.firstLine]! - 1 }
}

type Row = { readonly at: number; readonly cells: readonly string[] }

function finish(found: {
  table: readonly Row[]
  header: readonly string[]
  data: number
  width: number
  delimiter: string
  comment: string | undefined
  oddities: string[]
  lines: readonly string[]
  isMissing: boolean
}): Layout {
  const { table, delimiter, comment, oddities, lines, isMissing } = found
  let { data, header } = found
  const grouped = isMissing ? undefined : groupedHeader(header, table, data)
  if (grouped !== undefined) {
    oddities.push('a header of two rows: groups, and what belongs to them')
    header = grouped
    data++
  }
  const rows = () => table.slice(data)
  const units = isMissing ? undefined : unitsOf(table, data)
  if (units !== undefined) {
    oddities.push('a row of units under the header')
    data++
  }
  // Campbell loggers put a row that says how each value was computed under that of the units.
  if (units !== undefined && unitsOf(table, data) !== undefined) data++
  const width = Math.max(found.width, header.length)
  const isEmpty = (i: number) =>
    (header[i] ?? '').trim() === '' &&
    rows().every(({ cells }) => (cells[i] ?? '').trim() === '' || isStructural(cells, []))
  const columns = Array.from({ length: width }, (_, i) => i).filter(i => !isEmpty(i))
  const rawWidth = Math.max(width, ...lines.slice(0, 50).map(line => cellsOf(line, delimiter).length))
  const dropped = width - columns.length
  if (dropped > 0) oddities.push(`${dropped} empty ${dropped === 1 ? 'column' : 'columns'} without a name`)
  else if (
    cellsOf(lines[table[Math.max(0, data - 1)]!.at]!, delimiter).length > width &&
    header.length < rawWidth
  )
    oddities.push('empty cells at the ends of the lines')
  const names = columns.map(i => (header[i] ?? '').trim() || `column${i + 1}`)
  const unnamed = columns.filter(i => (header[i] ?? '').trim() === '').length
  if (unnamed > 0 && !isMissing)
    oddities.push(`${unnamed} ${unnamed === 1 ? 'column' : 'columns'} without a name`)
  return {
    delimiter,
    names,
    columns,
    width: rawWidth,
    firstLine: table[data]?.at ?? lines.length,
    oddities,
    ...(units && { units: columns.map(i => (units[i] ?? '').trim()) }),
    ...(comment && { comment }),
  }
}

/** The names of a header whose first row holds groups that span several columns, and whose second one, at `at`, the columns of each. */
function groupedHeader(header: readonly string[], table: readonly Row[], at: number): string[] | undefined {
  const columns = table[at]?.cells ?? []
  const below = table.slice(at + 1, at + 20)
  const isNamed = (i: number) => (columns[i] ?? '').trim() !== ''
  const isData = (i: number) => below.filter(({ cells }) => isDatum(cells[i] ?? '')).length * 2 > below.length
  const named = columns.map((_, i) => i).filter(isNamed)
  if (below.length === 0 || named.length < 2) return undefined
  if (named.some(i => isDatum(columns[i]!) || !isData(i))) return undefined
  let group = ''
  const names = Array.from({ length: Math.max(header.length, columns.length) }, (_, i) => {
    const own = (header[i] ?? '').trim()
    if (own !== '' || !isNamed(i)) group = own
    return [group, (columns[i] ?? '').trim()].filter(part => part !== '').join(' ')
  })
  const groups = named.map(i => (header[i] ?? '').trim())
  const spans = groups.some((own, k) => k > 0 && (own === '' || own === groups[k - 1]))
  return spans && new Set(names).size === names.length ? names : undefined
}

function trimEnd(cells: readonly string[]): string[] {
  let end = cells.length
  while (end > 1 && cells[end - 1]!.trim() === '') end--
  return cells.slice(0, end)
}

/** The delimiter under which most lines have the commonest number of cells, two or more; then the one under which most cells are data, then that with most cells. */
function chooseDelimiter(lines: readonly string[]): string | undefined {
  let best: { delimiter: string; matching: number; width: number } | undefined
  const share = (delimiter: string) => datumShare(lines.map(line => cellsOf(line, delimiter)))
  for (const delimiter of DELIMITERS) {
    if (delimiter === 'blanks' && best !== undefined) break
    const widths = lines.map(line => trimEnd(cellsOf(line, delimiter)).length)
    const width = commonWidth(widths)
    if (width < 2) continue
    const matching = widths.filter(other => other === width).length
    if (matching < 2) continue
    if (delimiter === 'blanks' && (matching < 2 || matching < 0.8 * lines.length || !looksNumeric(lines)))
      continue
    const isBetter = (than: NonNullable<typeof best>) =>
      matching !== than.matching
        ? matching > than.matching
        : (share(delimiter) - share(than.delimiter) || width - than.width) > 0
    if (best === undefined || isBetter(best)) best = { delimiter, matching, width }
  }
  return best?.delimiter
}

/** Text with blanks is prose but where nearly every word is a number. */
function looksNumeric(lines: readonly string[]): boolean {
  const words = lines.slice(1).flatMap(line => cellsOf(line, 'blanks'))
  return words.filter(isDatum).length > 0.7 * words.length
}

/** The number of cells that most lines have; of equally many the larger. */
function commonWidth(widths: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1)
  return [...counts].reduce((best, next) =>
    next[1] > best[1] || (next[1] === best[1] && next[0] > best[0]) ? next : best,
  )[0]
}

/** The row of the header: the first that is as wide as the data, followed by data; that of data itself where there is none. */
function headerAt(table: readonly Row[], width: number): number | undefined {
  if (/^"?TOA5"?$/.test(table[0]!.cells[0] ?? '') && table.length > 1) return 1
  const last = Math.min(table.length, MOST_PREAMBLE)
  for (let i = 0; i < last; i++) {
    const { cells } = table[i]!
    const isWide = cells.length >= Math.max(2, width - 1) && cells.length <= width + 1
    const named = cells.filter(cell => cell.trim() !== '')
    if (isWide && named.length > 0) {
      if (named.length * 2 < Math.min(width, cells.length) && i > 0) return undefined
      return cells.length !== width || cells.some(isDatum) ? (laterHeader(table, i, width) ?? i) : i
    }
  }
  return undefined
}

/** A row of names alone, as wide as the data and directly above them, below a row that is no header of them. */
function laterHeader(table: readonly Row[], after: number, width: number): number | undefined {
  const isData = ({ cells }: Row) =>
    cells.length >= width - 1 && cells.filter(isDatum).length * 2 > cells.length
  const last = Math.min(table.length - 1, MOST_PREAMBLE)
  for (let i = after; i < last; i++) {
    if (isData(table[i]!)) return undefined
    const { cells } = table[i]!
    const isHeader =
      i > after && cells.length === width && !cells.some(isDatum) && new Set(cells).size === width
    const next = table.slice(i + 1, i + 3)
    if (isHeader && unitsOf(table, i) === undefined && next.some(isData)) return i
  }
  return undefined
}

/** A first row of data has no header, or one in the last comment above it. */
function withComment(
  table: readonly Row[],
  first: number,
  lines: readonly string[],
  comment: string | undefined,
  delimiter: string,
): { header: readonly string[]; data: number; isCommented: boolean; isMissing: boolean } {
  const { cells, at } = table[first]!
  const named = cells.filter(cell => cell.trim() !== '')
  const isData =
    named.filter(isDatum).length * 2 > named.length || (named.length > 1 && scanTime(named[0]!) !== undefined)
  if (!isData) return { header: cells, data: first + 1, isCommented: false, isMissing: false }
  const above = lines[at - 1]
  if (comment !== undefined && above?.startsWith(comment)) {
    const header = trimEnd(cellsOf(above.slice(comment.length).trim(), delimiter))
    if (header.length === cells.length && !header.some(isDatum))
      return { header, data: first, isCommented: true, isMissing: false }
  }
  return { header: cells.map((_, i) => `column${i + 1}`), data: first, isCommented: false, isMissing: true }
}

/** The cells of row `at` when they are units: none is a datum where the rows below hold data, and they read like units. */
function unitsOf(table: readonly Row[], at: number): readonly string[] | undefined {
  const row = table[at]
  const below = table.slice(at + 1, at + 20)
  if (row === undefined || below.length === 0) return undefined
  const numeric = row.cells.map(
    (_, i) => below.filter(({ cells }) => isDatum(cells[i] ?? '')).length * 2 > below.length,
  )
  if (!numeric.some(Boolean)) return undefined
  const filled = row.cells.map(cell => cell.trim()).filter(cell => cell !== '' && !isMissingText(cell, true))
  if (filled.length === 0 || row.cells.some((cell, i) => numeric[i] && isDatum(cell))) return undefined
  return filled.filter(isUnit).length * 2 >= filled.length ? row.cells : undefined
}

/** Whether a line of a table is none of its rows: the header once more, a sum under the data, a line drawn under it, the number of rows, or nothing but delimiters. */
export function isStructural(cells: readonly string[], names: readonly string[]): boolean {
  const filled = cells.filter(cell => cell.trim() !== '')
  if (filled.length === 0) return cells.length > 2
  if (names.length > 1 && names.every((name, i) => (cells[i] ?? '').trim() === name)) return true
  // The line under the header of consoles and of Markdown, and the number of rows below.
  if (filled.every(cell => /^[+:]?-{3,}:?(?:\+-{3,})*\+?$/.test(cell.trim()))) return true
  const first = cells[0]!.trim()
  return FOOTER.test(first) || /^\(\d+ rows?(?: affected)?\)$/i.test(first)
}
