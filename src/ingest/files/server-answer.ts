import { createError, type TelltaleError } from '../../core/errors.js'
import { isRow, rowsOf } from '../shapes/row.js'
import { cellsOf } from '../tables/layout.js'

/** What an answer holds beside its error: an object with any other key is a row of a table. */
const ENVELOPE = new Set(
  'error errors errorType status statusCode code message reason type title detail instance results data warnings infos path timestamp took traceId traceID messageId requestId request_id statement_id op line err'.split(
    ' ',
  ),
)
/** Keys of the message, the most specific first. */
const MESSAGES = ['reason', 'error', 'message', 'detail', 'title'] as const
const LONGEST = 300

/** The error with which a server answered in place of the table that was asked for; undefined for what is a table. */
export function serverAnswer(file: string, documents: readonly unknown[]): TelltaleError | undefined {
  // Of several documents those with a time are rows.
  const answers = documents.filter(one => documents.length === 1 || !(isRow(one) && 'timestamp' in one))
  const messages = answers.flatMap(document => messageOf(document) ?? [])
  return messages.length === 0 ? undefined : answerError(file, messages[0]!)
}

/** The same for the first lines of a text: a page of a web server, or the table of errors of InfluxDB. */
export function serverPage(file: string, lines: readonly string[]): TelltaleError | undefined {
  const text = lines.join('\n').trim()
  if (/^(?:<!doctype html|<html|<\?xml|<Error>)/i.test(text)) {
    const [, title] = /<(?:title|message|h1)[^>]*>\s*([^<]+?)\s*<\/(?:title|message|h1)>/i.exec(text) ?? []
    const isTable =
      /<(?:table|tr|td|row|workbook|worksheet)\b/i.test(text) ||
      (title === undefined && text.startsWith('<?xml'))
    if (isTable)
      throw createError('data-not-a-table', {
        file,
        reason:
          'it is a page of HTML or XML, which is not read, whatever its name ends in; a spreadsheet program that opens it can save it as .xlsx or CSV',
      })
    return answerError(file, title ?? 'a page of HTML or XML')
  }
  const rows = lines
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .map(line => cellsOf(line, ','))
  const at = rows[0]?.indexOf('error') ?? -1
  const isErrors = rows.length > 1 && rows[0]!.filter(cell => cell !== '').join() === 'error,reference'
  return isErrors ? answerError(file, rows[1]![at] ?? '') : undefined
}

function answerError(file: string, message: string): TelltaleError {
  const got = message.replace(/\s+/g, ' ').trim().slice(0, LONGEST)
  return createError('data-server-error', { file, got: JSON.stringify(got) })
}

/** The message of a server that could not answer; undefined for what is a table. */
function messageOf(document: unknown): string | undefined {
  if (!isRow(document)) return undefined
  const keys = Object.keys(document)
  if (keys.length === 0 || keys.some(key => !ENVELOPE.has(key))) return undefined
  const { error, errors, results, status, code, statusCode, type } = document
  if (isRow(error)) return textOf(error) ?? rowsOf(error.root_cause).map(textOf)[0] ?? JSON.stringify(error)
  if (typeof error === 'string' && error !== '') return error
  const listed = rowsOf(errors).map(textOf)[0]
  if (listed !== undefined) return listed
  const parts = isRow(results) ? Object.values(results).filter(isRow) : rowsOf(results)
  const failed = parts.find(part => typeof part.error === 'string' && part.error !== '')
  if (failed !== undefined) return String(failed.error)
  // `{"message": "Unauthorized"}` and the like have a word for the state, or nothing else.
  const isStated = [status, code, statusCode, type].some(value => value !== undefined) || keys.length === 1
  return isStated && typeof (document.message ?? document.detail) === 'string' ? textOf(document) : undefined
}

function textOf(row: Record<string, unknown>): string | undefined {
  for (const key of MESSAGES) if (typeof row[key] === 'string' && row[key] !== '') return String(row[key])
  return undefined
}
