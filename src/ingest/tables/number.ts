import { trimCell } from './cell.js'

/** Decimal separator of a number. */
export type Decimal = '.' | ','

const NUMBER = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The number that a cell holds; NaN when it holds none, or none that is finite. */
export function parseNumber(cell: string, decimal: Decimal = '.'): number {
  const text = decimal === '.' ? withoutGroups(trimCell(cell)) : withPoint(trimCell(cell))
  if (!NUMBER.test(text)) return Number.NaN
  const number = Number(text.replaceAll('_', ''))
  return Number.isFinite(number) ? number : Number.NaN
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
