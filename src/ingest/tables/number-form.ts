import { suffixOf } from './unit-text.js'

/** Decimal separator of a number. */
export type Decimal = '.' | ','

/** How the numbers of a table are written. */
export interface NumberForm {
  readonly decimal?: Decimal
  /** The unit that follows every number of a column. */
  readonly suffixes?: ReadonlyMap<number, string>
  /** Columns in which a number in brackets is negative. */
  readonly bracketed?: ReadonlySet<number>
}

const PLAIN = /^[\d.,]*\d[\d.,]*$/
const MINUS = /^\(?\s*[-\u2212\u2013]\s*[\d.,]/

/** A number in brackets. */
export const BRACKETED = /^\(\s*[\d.,]*\d[\d.,]*\s*\)$/

/** Units behind the numbers, and brackets for a minus, of the columns that the sampled cells show them in. */
export function numberFormOf(
  columns: Iterable<number>,
  cellsOf: (column: number) => readonly string[],
): Required<Omit<NumberForm, 'decimal'>> {
  const suffixes = new Map<number, string>()
  const bracketed = new Set<number>()
  for (const column of columns) {
    const cells = cellsOf(column)
    const suffix = suffixOf(cells)
    if (suffix !== undefined) suffixes.set(column, suffix)
    if (hasBracketedMinus(cells)) bracketed.add(column)
  }
  return { suffixes, bracketed }
}

/** Some numbers are in brackets, others are not, and none has a minus: the brackets are the minus of accountants. */
function hasBracketedMinus(cells: readonly string[]): boolean {
  if (!cells.some(cell => BRACKETED.test(cell.trim()))) return false
  return cells.some(cell => PLAIN.test(cell.trim())) && !cells.some(cell => MINUS.test(cell.trim()))
}
