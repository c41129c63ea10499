import { readFile } from 'node:fs/promises'
import { createError, TelltaleError } from '../../core/errors.js'
import { listNames } from '../../core/list-names.js'
import { similarName } from '../../core/nearest.js'
import { datumShare } from '../tables/datum.js'
import { withPlaces } from './cell-places.js'
import type { InputFile } from './locate.js'

/** Which sheet of a workbook is read. */
export interface SheetChoice {
  /** Its name. Default: the first that holds more numbers and times than texts below its first row, else the first that is not empty. */
  readonly wanted?: string | undefined
  /** That of the training: read where no other is asked for, and where it is missing a workbook of several sheets leaves it open. */
  readonly trained?: string | undefined
}

type Cell = string | number | boolean | Date | null | undefined
/** What is used of the library. */
type ReadSheets = (
  input: Buffer,
) => Promise<readonly { readonly sheet: string; readonly data: readonly (readonly Cell[])[] }[]>

/** Rows at the end of a sheet that say whether it holds data. */
const SAMPLED = 40
const MOST_BYTES = 100 * 1024 * 1024

/** A sheet of a workbook, and the names of the others that are not empty. */
interface Sheet {
  readonly sheet: string
  readonly rows: string[][]
  readonly others: readonly string[]
}

/**
 * One sheet of an Excel workbook as rows of text; times are ISO 8601. The library is loaded when a workbook is read. Errors: `reader-missing`,
 * `limit-memory`, `data-not-a-table`, `option-invalid`. Memory: all of the workbook.
 */
export async function readWorkbook(
  { file, path, sizeBytes }: InputFile,
  { wanted, trained }: SheetChoice = {},
): Promise<Sheet> {
  if (sizeBytes > MOST_BYTES) {
    throw createError('limit-memory', {
      what: `the workbook ${file}`,
      got: `${sizeBytes} bytes`,
      wanted: MOST_BYTES,
    })
  }
  const readSheets = await loadReader(file)
  try {
    const sheets = await sheetsOf(await readFile(path), readSheets)
    const all = sheets.map(({ sheet, data }) => ({ sheet, rows: data.map(row => row.map(textOf)) }))
    const filled = all.filter(({ rows }) => rows.length > 0)
    const asked = wanted ?? trained
    const named = all.find(({ sheet }) => sheet === asked)
    const isOpen = wanted !== undefined || filled.length > 1
    if (named === undefined && asked !== undefined && isOpen)
      throw createError('option-invalid', {
        name: '--sheet',
        got: JSON.stringify(asked),
        where: wanted === undefined ? 'the model' : 'the command',
        wanted: `${file} has ${sheetList(
          all.map(({ sheet }) => sheet),
          asked,
        )}`,
      })
    const found = named ?? tableAmong(filled)
    const { sheet, rows } = found ?? { sheet: all[0]?.sheet ?? '', rows: [] }
    return { sheet, rows, others: filled.map(one => one.sheet).filter(name => name !== sheet) }
  } catch (error) {
    if (error instanceof TelltaleError) throw error
    throw createError(
      'data-not-a-table',
      { file, reason: isFault(error) ? UNUSUAL : `it is no Excel workbook (${(error as Error).message})` },
      error,
    )
  }
}

/** The sheets; where the library fails on cells that do not say their place, of a workbook in which they do. */
async function sheetsOf(book: Buffer, readSheets: ReadSheets): ReturnType<ReadSheets> {
  try {
    return await readSheets(book)
  } catch (error) {
    if (!isFault(error)) throw error
    return readSheets(withPlaces(book))
  }
}

function sheetList(sheets: readonly string[], asked: string): string {
  const nearest = similarName(asked, sheets)
  const hint = nearest === '' || sheets.length <= MOST_LISTED ? '' : `; the nearest is ${nearest}`
  return `the sheets ${listNames(sheets, MOST_LISTED)}${hint}`
}

/** Sheets that a message lists. */
export const MOST_LISTED = 10

/** Whether an error is a fault of the library, whose text is about its code and not about the file. */
const isFault = (error: unknown) =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError

const UNUSUAL =
  'the workbook is damaged, or written in an unusual way; a spreadsheet program that opens it can save it in the usual way, or as CSV'

/** The first sheet that holds data; a cover and a list of remarks hold texts. */
function tableAmong<T extends { readonly rows: readonly (readonly string[])[] }>(
  sheets: readonly T[],
): T | undefined {
  return sheets.find(({ rows }) => rows.length > 2 && datumShare(rows.slice(-SAMPLED)) > 0.5) ?? sheets[0]
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
