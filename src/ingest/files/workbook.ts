import { readFile } from 'node:fs/promises'
import { createError } from '../../core/errors.js'
import type { InputFile } from './locate.js'

type Cell = string | number | boolean | Date | null | undefined
/** What is used of the library. */
type ReadSheets = (
  input: Buffer,
) => Promise<readonly { readonly sheet: string; readonly data: readonly (readonly Cell[])[] }[]>

const MOST_BYTES = 100 * 1024 * 1024

/**
 * The first sheet of an Excel workbook that is not empty, as rows of text; times are ISO 8601. The library is loaded when a workbook is read.
 * Errors: `reader-missing`, `limit-memory`, `data-not-a-table`. Memory: all of the workbook.
 */
export async function readWorkbook({
  file,
  path,
  sizeBytes,
}: InputFile): Promise<{ sheet: string; rows: string[][] }> {
  if (sizeBytes > MOST_BYTES) {
    throw createError('limit-memory', {
      what: `the workbook ${file}`,
      got: `${sizeBytes} bytes`,
      wanted: MOST_BYTES,
    })
  }
  const readSheets = await loadReader(file)
  try {
    const sheets = await readSheets(await readFile(path))
    const { sheet, data } = sheets.find(one => one.data.length > 0) ?? {
      sheet: sheets[0]?.sheet ?? '',
      data: [],
    }
    return { sheet, rows: data.map(row => row.map(textOf)) }
  } catch (error) {
    throw createError(
      'data-not-a-table',
      { file, reason: `it is no Excel workbook (${(error as Error).message})` },
      error,
    )
  }
}

async function loadReader(file: string): Promise<ReadSheets> {
  try {
    const name = 'read-excel-file/node'
    const { default: readSheets } = (await import(name)) as { default: ReadSheets }
    return readSheets
  } catch (error) {
    throw createError('reader-missing', { file, name: 'read-excel-file' }, error)
  }
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return cell.toISOString().replace('Z', '')
  return String(cell)
}
