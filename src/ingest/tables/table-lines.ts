import { NEVER_CLOSED, splitRecord } from '../rows/records.js'
import { isDatum } from './datum.js'
import { delimiterOf } from './delimiters.js'
import { cellsOf, findLayout, isComment, isStructural, type Layout } from './layout.js'

/** A line of a table, cut. */
export interface CutLine {
  /** One for each column of the table; cells beyond them where they are not empty. */
  readonly cells: readonly string[]
  /** The cells are those of the line, all of them. */
  readonly isWhole: boolean
  /** Why the line breaks the rules of quoting, where it does. */
  readonly problem?: string
}

/**
 * Cuts the lines of a table behind its header into the cells of its columns: empty columns are left out, empty cells at the end of a line added. Undefined
 * for a line that is none of its rows: a comment, the header once more, a sum.
 *
 * @example
 * import { createLineCutter } from './table-lines.js'
 * const cut = createLineCutter({ delimiter: ';', names: ['a', 'b'], columns: [0, 1], width: 2, firstLine: 1, oddities: [] })
 * cut('1;2;')?.cells // => ["1", "2"]
 * cut('a;b') // => undefined
 */
export function createLineCutter(layout: Layout): (text: string) => CutLine | undefined {
  const { delimiter, columns, comment, names } = layout
  const isPlain = delimiter !== 'blanks' && columns.every((column, i) => column === i)
  const last = columns.at(-1)! + 1
  const isDigit = (text: string | undefined) => /^\d/.test(text ?? '')
  // A line that begins with a number is none of those around the rows: most lines need no closer look.
  const isRow = (cells: readonly string[]) => isPlain && isDigit(cells[0]) && !isDigit(names[0])
  return text => {
    if (comment !== undefined && isComment(text)) return undefined
    const { cells, problem }: { cells: readonly string[]; problem?: string } =
      delimiter === 'blanks' ? { cells: cellsOf(text, delimiter) } : splitRecord(text, delimiter)
    if (!isRow(cells) && isStructural(cells, names)) return undefined
    const why = problem === undefined ? undefined : { problem }
    if (isPlain && cells.length === columns.length) return { cells, isWhole: true, ...why }
    const surplus = cells.slice(last)
    const kept = cells.length < last ? padded(cells, last, columns) : columns.map(i => cells[i]!)
    const hasSurplus = surplus.some(cell => cell.trim() !== '')
    return { cells: hasSurplus ? [...kept, ...surplus] : kept, isWhole: false, ...why }
  }
}

/** A line that lacks only empty cells of columns that are left out is whole. */
function padded(cells: readonly string[], last: number, columns: readonly number[]): string[] {
  const there = columns.filter(column => column < cells.length).map(column => cells[column]!)
  return last - cells.length <= last - columns.length
    ? [...there, ...Array(columns.length - there.length).fill('')]
    : there
}

/** Lines, those within quotes joined, and the number of the line that each begins on, from 1. */
export interface FirstLines {
  readonly texts: readonly string[]
  readonly numbers: readonly number[]
}

/** Lines in which a table is looked for, and rows that show a header of which no name is known. */
export const MOST_LINES = 256
const ENOUGH_ROWS = 10

/**
 * Where the table lies in lines that come one by one; undefined while further lines may show another one, or none at all. A header that holds names that
 * are known is clear with its first row of data, so that no message of a live table waits; with lines above it or under it, when there are as many rows.
 *
 * @param known names of columns that are looked for; empty: any
 * @param isLast no more lines come
 */
export function findLiveLayout(
  { texts, numbers }: FirstLines,
  known: ReadonlySet<string>,
  isLast: boolean,
): Layout | undefined {
  const filled = texts.filter(text => text.trim() !== '')
  const [first] = filled
  if (first === undefined) return undefined
  const layout = findLayout(texts, numbers) ?? plainLayout(first, numbers[texts.indexOf(first)]!)
  const cut = createLineCutter(layout)
  const rows = texts.flatMap((text, i) => {
    if (numbers[i]! <= layout.firstLine || text.trim() === '') return []
    return cut(text) ?? []
  })
  const found = layout.names.filter(name => known.has(name)).length
  if (isLast || filled.length >= MOST_LINES) {
    const isTable = known.size === 0 || found > 0 || rows.some(({ cells }) => cells.some(isDatum))
    return isTable ? layout : undefined
  }
  const areData = rows.every(({ cells }) => cells.some(isDatum))
  const isKnown = found >= Math.min(2, known.size)
  const above = filled.length - rows.length
  const isClear = rows.length >= ENOUGH_ROWS ? areData || isKnown : rows.length >= above && areData && isKnown
  return isClear ? layout : undefined
}

/** A table whose header is its first line. */
function plainLayout(header: string, line: number): Layout {
  const delimiter = delimiterOf(header)
  const names = splitRecord(header, delimiter).cells.map(name => name.trim())
  return { delimiter, names, columns: [...names.keys()], width: names.length, firstLine: line, oddities: [] }
}

/** Whether a line continues in the next one: a quote is open at its end. @param delimiter default: the one that the line shows */
export function isOpenLine(text: string, delimiter = delimiterOf(text)): boolean {
  if (!text.includes('"') || delimiter === 'blanks') return false
  return splitRecord(text, delimiter).problem === NEVER_CLOSED
}
