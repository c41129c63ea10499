import { isClockText, scanTime } from '../../core/time-text.js'
import { parseNumber } from './number.js'

/** Whether a cell holds what data hold: a number, with either decimal sign, or a time. */
export function isDatum(cell: string): boolean {
  const text = cell.trim()
  return isNumberText(text) || isMoment(text)
}

/** The share of the filled cells under the first row that hold data. */
export function datumShare(rows: readonly (readonly string[])[]): number {
  const filled = rows.slice(1).flatMap(cells => cells.filter(cell => cell.trim() !== ''))
  return filled.length === 0 ? 0 : filled.filter(isDatum).length / filled.length
}

/** Whether a text is a number with either decimal sign. */
export function isNumberText(text: string): boolean {
  return !Number.isNaN(parseNumber(text)) || !Number.isNaN(parseNumber(text, ','))
}

/** Whether a text is a date, a time or a time of day. */
export function isMoment(text: string): boolean {
  return scanTime(text) !== undefined || isClockText(text)
}
