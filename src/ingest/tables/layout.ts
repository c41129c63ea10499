import { counted } from '../../core/counted.js'
import { isClockText, scanTime } from '../../core/time-text.js'
import { splitRecord } from '../rows/records.js'
import { datumShare, isDatum } from './datum.js'
import { DELIMITERS } from './delimiters.js'
import { commonWidth, findHeaderRows, type HeaderRows, isRule, type Row } from './header-rows.js'

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

const MOST_PREAMBLE = 256
const LAST_LINES = 10
const FOOTER =
  /^(?:grand )?(?:total|totals|sum|summe|gesamt|average|avg|mean|mittelwert|minimum|maximum|min|max|count|anzahl|end|end of (?:file|data|report)|eof|ende|fin|fine|\$rt_\w+\$?)\b:?/i

/** `(120 rows affected)`, `120 rows in set (0.01 sec)` */
const ROW_COUNT = /^\(?\d+ rows?(?: affected| in set)?\)?(?: \([\d.]+ sec\))?$/i

/** Cells of one line, or of one record with line ends inside of quotes; `blanks` parts cells by runs of blanks or tabs. */
export function cellsOf(line: string, delimiter: string): readonly string[] {
  if (delimiter === 'blanks') return line.trim() === '' ? [] : line.trim().split(/[ \t]+/)
  return splitRecord(line, delimiter).cells
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
  const texts = rows.map(({ line }) => line)
  // Under a long preamble the last lines alone show the table.
  const delimiter = given ?? chooseDelimiter(texts) ?? chooseDelimiter(texts.slice(-LAST_LINES))
  if (delimiter === undefined) return undefined
  const cut = rows.map(({ line, at }): Row => {
    const all = cellsOf(line, delimiter)
    return { at, cells: trimEnd(all), width: all.length }
  })
  const table = delimiter === 'blanks' ? withClock(cut) : cut
  const width = commonWidth(table.map(({ cells }) => cells.length))
  const gaps = new Set(rows.flatMap(({ at }) => (at > start && lines[at - 1]!.trim() === '' ? [at] : [])))
  const above = findHeaderRows(table, gaps)
  const first = above?.data ?? headerAt(table, width, commonWidth(table.map(row => row.width)))
  if (first === undefined) return undefined
  const { header, data, isCommented, isMissing } =
    above?.names === undefined
      ? withComment(table, first, lines, comment, delimiter)
      : { header: above.names, data: first, isCommented: false, isMissing: false }
  const preamble = above?.before ?? first
  if (isMissing && isCutAtDecimals(table, first, delimiter)) return undefined
  if (preamble === 0 && table[0]!.at > start && comment === undefined)
    oddities.push('blank lines before the header')
  oddities.push(...oddRows(above, preamble))
  if (comment !== undefined) oddities.push('comment lines that start with #')
  if (isCommented) oddities.push('a header in a comment line')
  if (isMissing) oddities.push('no header: the columns are named column1, column2, ...')
  if (delimiter === 'blanks') oddities.push('columns parted by blanks')
  const units = above?.units
  const found = finish({ table, header, data, units, width, delimiter, comment, oddities, lines, isMissing })
  return numbers === undefined || found.firstLine >= numbers.length
    ? found
    : { ...found, firstLine: numbers[found.firstLine]! - 1 }
}

/** Whether decimal commas that are not quoted cut the numbers under a header: it names half as many columns as there are cells, time and texts apart. */
function isCutAtDecimals(table: readonly Row[], data: number, delimiter: string): boolean {
  const names = table[data - 1]?.cells ?? []
  const isHeader = names.length > 1 && names.every(name => name.trim() !== '' && Number.isNaN(Number(name)))
  if (delimiter !== ',' || !isHeader) return false
  return table.slice(data).every(({ cells }) => {
    const numbers = cells.filter(cell => /^[+-]?\d+$/.test(cell.trim())).length
    return numbers > 0 && numbers % 2 === 0 && cells.length - numbers / 2 === names.length
  })
}

/** What is odd about the rows above the data, as sentences. */
function oddRows(above: HeaderRows | undefined, preamble: number): string[] {
  const lines = (count: number) => counted(count, 'line')
  return [
    ...(preamble > 0 ? [`${lines(preamble)} before the header`] : []),
    ...(above?.isJoined ? ['a header of several rows: groups, and what belongs to them'] : []),
    ...(above?.units ? ['a row of units under the header'] : []),
    ...(above !== undefined && above.under > 0
      ? [`${lines(above.under)} of properties under the header, such as ${quotedRow(above.firstUnder!)}`]
      : []),
  ]
}

const LONGEST_QUOTE = 60
const quotedRow = ({ cells }: Row) => JSON.stringify(cells.join(' ').slice(0, LONGEST_QUOTE))

function finish(found: {
  table: readonly Row[]
  header: readonly string[]
  data: number
  units: readonly string[] | undefined
  width: number
  delimiter: string
  comment: string | undefined
  oddities: string[]
  lines: readonly string[]
  isMissing: boolean
}): Layout {
  const { table, header, data, units, delimiter, comment, oddities, lines, isMissing } = found
  const rows = () => table.slice(data)
  const width = Math.max(found.width, header.length)
  // A name at the end under which no line has a cell, not even an empty one, is that of a column that is left out.
  const longest = Math.max(...rows().map(row => row.width))
  const isEmpty = (i: number) =>
    ((header[i] ?? '').trim() === '' || (rows().length > 0 && i >= longest)) &&
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
  if (unnamed > 0 && !isMissing) oddities.push(`${counted(unnamed, 'column')} without a name`)
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

/** The blank within a time cuts it in two, which a header names as one. */
function withClock(table: readonly Row[]): readonly Row[] {
  const isCut = ({ cells }: Row) => scanTime(cells[0]!) !== undefined && isClockText(cells[1] ?? '')
  const cut = table.filter(isCut)
  if (cut.length * 2 <= table.length - 1) return table
  const width = commonWidth(cut.map(({ cells }) => cells.length))
  return table.map(row => {
    const [first, ...others] = row.cells
    return row.cells.length === width - 1 && !isDatum(first!)
      ? { ...row, cells: [first!, `${first} of day`, ...others], width }
      : row
  })
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
  for (const delimiter of [...DELIMITERS, 'blanks']) {
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

/** The row of the header: the first that is as wide as the data, with the empty cells at their ends or without, followed by data; that of data itself where there is none. */
function headerAt(table: readonly Row[], width: number, whole: number): number | undefined {
  const last = Math.min(table.length, MOST_PREAMBLE)
  for (let i = 0; i < last; i++) {
    const { cells } = table[i]!
    const isWide = cells.length >= Math.max(2, width - 1) && cells.length <= Math.max(width + 1, whole)
    const named = cells.filter(cell => cell.trim() !== '')
    if (isWide && named.length > 0) {
      return named.length * 2 < Math.min(width, cells.length) && i > 0 ? undefined : i
    }
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

/** Whether a line of a table is none of its rows: the header once more, a sum under the data, a line drawn under it, the number of rows, or nothing but delimiters. */
export function isStructural(cells: readonly string[], names: readonly string[]): boolean {
  const filled = cells.filter(cell => cell.trim() !== '')
  if (filled.length === 0) return cells.length > 2
  if (names.length > 1 && names.every((name, i) => (cells[i] ?? '').trim() === name)) return true
  if (isRule(cells)) return true
  const first = cells[0]!.trim()
  return FOOTER.test(first) || /^\/\/END\b/i.test(first) || ROW_COUNT.test(filled.join(' ').trim())
}
