import { SHAPES } from './index.js'
import type { Row } from './row.js'

/** The rows of JSON of a known shape, and what to say of them. */
export interface ShapedRows {
  readonly rows: readonly Row[]
  readonly notes: readonly string[]
}

/** The first characters of a JSON text without the blanks between its tokens, which say nothing. */
export const headOf = (text: string): string => text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')

/** Whether the first characters may be of a known shape. @param head by `headOf` */
export const mayBeShaped = (head: string): boolean => SHAPES.some(shape => shape.mayBe(head))

/**
 * The rows of documents, of several lines one each; undefined where they are of no known shape. Throws where they are of one and hold no table.
 *
 * @param known columns that are read, where the documents are a part of what they belong to. Default: those that all of it needs
 */
export function shapedRows(
  documents: readonly unknown[],
  file: string,
  known?: ReadonlySet<string>,
): ShapedRows | undefined {
  for (const shape of SHAPES) {
    const notes = [`read as ${shape.name}`]
    const tables = shape.isJoined ? [documents] : documents.map(document => [document])
    const found = tables.map(table => shape.rows(table, note => notes.push(note), file, known))
    const rows = found.flatMap(own => own ?? [])
    if (rows.length > 0 && !found.includes(undefined)) return { rows, notes: [...new Set(notes)] }
  }
  return undefined
}
