import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { openEngine, sqlPath } from '../../engine/index.js'
import type { InputFile } from '../files/locate.js'

/** One record of a CSV file (RFC 4180) with the line it starts on; the first line is 1. */
export interface CsvRecord {
  readonly line: number
  readonly cells: string[]
  /** Why the record breaks the quoting rules, when it does. */
  readonly problem?: string
}

export const NEVER_CLOSED = 'a quote is never closed'

/** Characters of a cell and cells of a record that are kept: with a quote that is never closed, a whole file is one cell. */
export const LONGEST_CELL = 2 ** 22
const MOST_CELLS = 2 ** 20

/** Cuts text, given in parts of any size, into records. */
export interface RecordScanner {
  push(text: string): CsvRecord[]
  /** The last record, when the text does not end with a line end. */
  end(): CsvRecord[]
  /** Whether more than one kind of line end was seen. */
  mixedLineEnds(): boolean
}

/**
 * The slow, exact reader of delimited text. It reads the header and finds out what is wrong, and on which line; the
 * numbers of a sound file never pass through it. Cost O(characters).
 */
export function createRecordScanner(delimiter: string): RecordScanner {
  let line = 1
  let startLine = 1
  let cells: string[] = []
  let cell = ''
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  let problem: string | undefined
  let afterCarriageReturn = false
  const lineEnds = new Set<string>()

  const append = (text: string) => {
    const room = LONGEST_CELL - cell.length
    cell += text.length <= room ? text : text.slice(0, room)
    if (text.length > room) problem ??= `a cell is longer than ${LONGEST_CELL} characters`
  }
  /** End of the run of characters from `at` on that belong to the cell whatever comes after them. */
  const runEnd = (text: string, at: number): number => {
    if (afterCarriageReturn || (state !== 'quoted' && state !== 'plain')) return at
    const stop = state === 'quoted' ? '"' : delimiter
    let end = at
    while (end < text.length && text[end] !== stop && text[end] !== '\n' && text[end] !== '\r') end++
    return end
  }
  const endCell = () => {
    if (cells.length < MOST_CELLS) cells.push(cell)
    else problem ??= `it has more than ${MOST_CELLS} cells`
    cell = ''
    state = 'start'
  }
  const takeRecord = (): CsvRecord => {
    endCell()
    const record = { line: startLine, cells, ...(problem === undefined ? {} : { problem }) }
    cells = []
    problem = undefined
    startLine = line
    return record
  }

  return {
    push(text) {
      const records: CsvRecord[] = []
      for (let at = 0; at < text.length; at++) {
        const end = runEnd(text, at)
        if (end > at) {
          append(text.slice(at, end))
          at = end - 1
          continue
        }
        const char = text[at]!
        if (afterCarriageReturn) {
          afterCarriageReturn = false
          lineEnds.add(char === '\n' ? '\r\n' : '\r')
          if (char === '\n') continue
        } else if (char === '\n') lineEnds.add('\n')
        const isLineEnd = char === '\n' || char === '\r'
        if (isLineEnd) line++
        if (char === '\r') afterCarriageReturn = true
        if (state === 'quoted') {
          if (char === '"') state = 'closed'
          else append(char)
        } else if (isLineEnd) records.push(takeRecord())
        else if (char === delimiter) endCell()
        else if (char === '"' && state === 'start') state = 'quoted'
        else if (char === '"' && state === 'closed') {
          append(char)
          state = 'quoted'
        } else {
          if (state === 'closed') problem ??= 'there is text after a closing quote'
          else state = 'plain'
          append(char)
        }
      }
      return records
    },
    end() {
      if (state === 'start' && cells.length === 0) return []
      if (state === 'quoted') problem = NEVER_CLOSED
      return [takeRecord()]
    },
    mixedLineEnds: () => lineEnds.size > 1,
  }
}

/**
 * One line of delimited text as a record: the rule of `createRecordScanner`, faster where nothing is quoted.
 *
 * @example
 * import { splitRecord } from './records.js'
 * splitRecord('1;"a; ""b""";', ';').cells // => ["1", "a; \"b\"", ""]
 */
export function splitRecord(line: string, delimiter: string): CsvRecord {
  if (!line.includes('"')) return { line: 1, cells: line.split(delimiter) }
  const scanner = createRecordScanner(delimiter)
  const [record] = [...scanner.push(line), ...scanner.end()]
  return record ?? { line: 1, cells: [''] }
}

/** The decoded text of a file, piece by piece. Throws a TypeError where the bytes are not UTF-8. */
export async function* readText({
  path,
  compression,
}: Pick<InputFile, 'path' | 'compression'>): AsyncGenerator<string> {
  if (compression === 'zstd') return yield* readZstdLines(path)
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  const bytes = compression === 'gzip' ? source.pipe(createGunzip()) : source
  if (bytes !== source) source.on('error', error => bytes.destroy(error))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk as Buffer, { stream: true })
    yield decoder.decode()
  } finally {
    source.destroy()
  }
}

/** Node 20 cannot unpack zstd, but the engine can: it reads the text as a table of one column, cut at line ends only. */
async function* readZstdLines(path: string): AsyncGenerator<string> {
  const engine = await openEngine({ files: [path] })
  try {
    const lines =
      engine.stream(`select coalesce(line, '') from read_csv(${sqlPath(path)}, auto_detect = false, header = false,
      delim = '\u0001', quote = '', escape = '', columns = {line: 'varchar'}, compression = 'zstd', strict_mode = false)`)
    for await (const chunk of lines) yield `${chunk.texts(0).join('\n')}\n`
  } finally {
    engine.close()
  }
}
