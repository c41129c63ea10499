import { trimCell } from './cell.js'

/** Decimal separator of a number. */
export type Decimal = '.' | ','

/** As most numbers are written: nothing of them has to be looked at again. */
const PLAIN = { '.': /^[+-]?\d+(?:\.\d+)?$/, ',': /^[+-]?\d+$/ }
const LONGEST_PLAIN = 32
const NUMBER = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The number that a cell holds; NaN when it holds none, or none that is finite. */
export function parseNumber(cell: string, decimal: Decimal = '.'): number {
  if (cell.length < LONGEST_PLAIN && PLAIN[decimal].test(cell)) return Number(cell)
  const trimmed = trimCell(cell)
  const plain = ORDINARY.test(trimmed) ? trimmed : withoutSpaces(withoutApostrophes(asPlain(trimmed)))
  const text = decimal === '.' ? withoutGroups(plain) : withPoint(plain)
  if (!NUMBER.test(text)) return Number.NaN
  const number = Number(text.replaceAll('_', ''))
  return Number.isFinite(number) ? number : Number.NaN
}

/** Nothing in it that is written in another way. */
const ORDINARY = /^[\d+\-.,eE_]*$/
const MINUS = /^[\u2212\u2013](?=[\d.,])/

/** `="1.5"` of spreadsheets, and a minus that is not that of ASCII. */
export function asPlain(text: string): string {
  const inner = text.startsWith('="') && text.endsWith('"') ? trimCell(text.slice(2, -1)) : text
  return MINUS.test(inner) ? `-${inner.slice(1)}` : inner
}

/** `1 234,5`, as much of Europe groups thousands, with blanks of any width. */
function withoutSpaces(text: string): string {
  return /^[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?$/.test(text)
    ? text.replace(/[ \u00a0\u2009\u202f]/g, '')
    : text
}

/** `1'234.5`, as Switzerland groups thousands: nothing else is written so. */
function withoutApostrophes(text: string): string {
  if (!text.includes("'") && !text.includes('\u2019')) return text
  return /^[+-]?\d{1,3}(?:['\u2019]\d{3})+(?:[.,]\d+)?$/.test(text) ? text.replace(/['\u2019]/g, '') : text
}

/** The number that a cell of a column holds: in a column of numbers with a unit, `50 %` is 50, and a number without the unit is none. */
export function numberOfCell(
  cell: string,
  { decimal, suffixes }: { readonly decimal?: Decimal; readonly suffixes?: ReadonlyMap<number, string> },
  column: number,
): number {
  const suffix = suffixes?.get(column)
  if (suffix === undefined) return parseNumber(cell, decimal)
  const text = trimCell(cell)
  return text.endsWith(suffix) ? parseNumber(text.slice(0, -suffix.length).trimEnd(), decimal) : Number.NaN
}

/** `1.450,3` and `1.450.300` are grouped by thousands; `1.450` alone may be either and is no number. */
function withPoint(text: string): string {
  if (/^[+-]?\d{1,3}(?:\.\d{3})+,\d+$|^[+-]?\d{1,3}(?:\.\d{3}){2,}$/.test(text))
    return text.replaceAll('.', '').replace(',', '.')
  return text.includes('.') ? '' : text.replace(',', '.')
}

/** `1,234.5` and `1,234,500`; `1,234` alone may be either and is no number. */
function withoutGroups(text: string): string {
  if (!text.includes(',')) return text
  return /^[+-]?\d{1,3}(?:,\d{3})+\.\d+$|^[+-]?\d{1,3}(?:,\d{3}){2,}$/.test(text)
    ? text.replaceAll(',', '')
    : text
}

/** Whether a cell holds a finite decimal number. */
export function isNumber(cell: string, decimal: Decimal = '.'): boolean {
  return !Number.isNaN(parseNumber(cell, decimal))
}
