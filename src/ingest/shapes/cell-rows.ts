import { isCell } from './row.js'

/** The rows of an array of arrays of cells as text; undefined for other JSON. */
export function cellRows(document: unknown): string[][] | undefined {
  if (!Array.isArray(document) || document.length === 0) return undefined
  if (!document.every(row => Array.isArray(row) && row.every(isCell))) return undefined
  return document.map(row => row.map((cell: unknown) => (cell === null ? '' : String(cell))))
}
