import { createError } from '../../core/errors.js'
import { readText } from '../rows/records.js'
import { cellRows } from '../shapes/cell-rows.js'
import { headOf, mayBeShaped, type ShapedRows, shapedRows } from '../shapes/shaped-rows.js'
import { checkDepth } from './json-depth.js'
import type { InputFile } from './locate.js'
import { serverAnswer } from './server-answer.js'

/** The table of a JSON text that is no list of objects: cells with the names first, or rows of named cells and what to say of them. */
export type JsonTable =
  | { readonly cells: readonly (readonly string[])[] }
  | ({ readonly cells?: undefined } & ShapedRows)

const HEAD = 1 << 16
/** A text of such a shape is held in memory whole. */
const LARGEST_BYTES = 1 << 28

/**
 * Reads a JSON text of one of the known shapes whole; undefined for objects, one per line or in a list, which have their own reader. Cost: the first
 * 64 KiB of other texts.
 *
 * @throws DataError `file-too-large`, `data-not-a-table`, `data-log-lines`
 */
export async function readDocument(input: InputFile): Promise<JsonTable | undefined> {
  let text = ''
  let head: string | undefined
  const refused = (documents: readonly unknown[] = []) => {
    const refusal = serverAnswer(input.file, documents)
    if (refusal !== undefined) throw refusal
  }
  for await (const piece of readText(input)) {
    text += piece
    if (head === undefined && text.length >= HEAD) {
      head = text.slice(0, HEAD)
      if (!(await mayBeDocument(input, head))) return undefined
    }
    if (text.length > LARGEST_BYTES)
      throw createError('file-too-large', {
        file: input.file,
        got: `more than ${LARGEST_BYTES}`,
        wanted: LARGEST_BYTES,
      })
  }
  // An answer that holds an error is short.
  if (head === undefined) refused(documentsOf(text))
  if (head === undefined && !(await mayBeDocument(input, text))) return undefined
  const documents = documentsOf(text)
  refused(documents)
  if (documents === undefined) return undefined
  const cells = documents.length === 1 ? cellRows(documents[0]) : undefined
  return cells === undefined ? shapedRows(documents, input.file) : { cells }
}

/** Whether the first characters may be of a shape; of several lines of JSON the first one must be. */
async function mayBeDocument(input: InputFile, text: string): Promise<boolean> {
  const head = headOf(text)
  if (/^\[\[[^{]/.test(head)) return true
  if (!mayBeShaped(head)) return false
  await checkDepth(input)
  const [line = '', ...others] = text.trim().split('\n')
  const first = others.some(other => other.trim() !== '') ? parseJson(line) : undefined
  return first === undefined || shapedRows([first], input.file) !== undefined
}

/** One document, or one per line; undefined for what is not JSON. */
function documentsOf(text: string): unknown[] | undefined {
  const whole = parseJson(text)
  if (whole !== undefined) return [whole]
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const documents = lines.map(parseJson)
  return documents.includes(undefined) ? undefined : documents
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
