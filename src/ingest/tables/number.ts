import { asciiDigits } from '../../core/digits.js'
import { trimCell } from './cell.js'
import { BRACKETED, type Decimal, type NumberForm } from './number-form.js'

/** As most numbers are written: nothing of them has to be looked at again. */
const PLAIN = { '.': /^[+-]?\d+(?:\.\d+)?$/, ',': /^[+-]?\d+$/ }
const LONGEST_PLAIN = 32
const NUMBER = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The number that a cell holds; NaN when it holds none, or none that is finite. */
export function parseNumber(cell: string, decimal: Decimal = '.'): number {
  if (cell.length < LONGEST_PLAIN && PLAIN[decimal].test(cell)) return Number(cell)
  const trimmed = trimCell(cell)
  const plain = ORDINARY.test(trimmed)
    ? trimmed
    : inLatin(withoutSpaces(withoutApostrophes(asPlain(trimmed))))
  const text = decimal === '.' ? withoutGroups(plain) : withPoint(plain)
  if (!NUMBER.test(text)) return Number.NaN
  const number = Number(text.replaceAll('_', ''))
  return Number.isFinite(number) ? number : Number.NaN
}

/** Nothing in it that is written in another way. */
const ORDINARY = /^[\d+\-.,eE_]*[\d.,eE_+]$/
const MINUS = /^[\u2212\u2013](?=[\d.,])/

/** Digits in ASCII, and the exponent of Fortran, `1.5D+03`, as that of others. */
function inLatin(text: string): string {
  return asciiDigits(text).replace(/^([+-]?(?:\d+\.\d*|\.\d+|\d+(?=.[+-])))[dD]([+-]?\d+)$/, '$1e$2')
}

/** `="1.5"` of spreadsheets, and a minus that is not that of ASCII. */
export function asPlain(text: string): string {
  const inner = text.startsWith('="') && text.endsWith('"') ? trimCell(text.slice(2, -1)) : text
  // A minus behind the number is that of SAP.
  if (/^[\d.,]*\d-$/.test(inner)) return `-${inner.slice(0, -1)}`
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
  { decimal, suffixes, bracketed }: NumberForm,
  column: number,
): number {
  if (bracketed?.has(column) && BRACKETED.test(trimCell(cell)))
    return -parseNumber(trimCell(cell).slice(1, -1), decimal)
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

/** `1,234.5`, `1,234,500`, and `1,23,456` as India groups; `1,234` alone may be either and is no number. */
function withoutGroups(text: string): string {
  if (!text.includes(',')) return text
  return /^[+-]?\d{1,3}(?:,\d{3})+\.\d+$|^[+-]?\d{1,3}(?:,\d{3}){2,}$|^[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?$/.test(
    text,
  )
    ? text.replaceAll(',', '')
    : text
}

/** Whether a cell holds a finite decimal number. */
export function isNumber(cell: string, decimal: Decimal = '.'): boolean {
  return !Number.isNaN(parseNumber(cell, decimal))
}
