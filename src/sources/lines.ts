import { delimiterOf, splitRecord } from '../ingest/index.js'
import type { RawMessage } from './contract.js'

export const LINE_FORMATS = ['auto', 'ndjson', 'csv'] as const
export type LineFormat = (typeof LINE_FORMATS)[number]

const NEW_LINE = 10
/** Longer lines are skipped and counted. */
export const LONGEST_LINE = 1 << 20

/** A whole line and how many bytes of the input lie before its end. */
export interface Line {
  /** Undefined: longer than is read. */
  readonly text: string | undefined
  readonly end: number
}

/** Cuts bytes into lines; the last line waits for its end. */
export class LineSplitter {
  #rest: Buffer[] = []
  #restLength = 0
  #isSkipping = false
  /** Bytes up to the end of the last line that was given. */
  offset: number

  constructor(offset = 0) {
    this.offset = offset
  }

  *push(chunk: Buffer): Generator<Line> {
    let start = 0
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      yield this.#line(chunk.subarray(start, end), 1)
      start = end + 1
    }
    if (start === chunk.length) return
    this.#rest.push(chunk.subarray(start))
    this.#restLength += chunk.length - start
    if (this.#restLength <= LONGEST_LINE) return
    // Too long: nothing of it is kept but its length.
    this.#isSkipping = true
    this.#rest = []
  }

  /** What stands after the last line end, as a line: the input has ended. */
  *end(): Generator<Line> {
    if (this.#restLength > 0) yield this.#line(Buffer.alloc(0), 0)
  }

  #line(last: Buffer, ending: number): Line {
    const length = this.#restLength + last.length
    const bytes = this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last])
    const isLong = this.#isSkipping || length > LONGEST_LINE
    this.offset += length + ending
    this.#rest = []
    this.#restLength = 0
    this.#isSkipping = false
    return { text: isLong ? undefined : bytes.toString().replace(/\r$/, ''), end: this.offset }
  }
}

/**
 * Lines as raw messages: JSON, or delimited text whose first line is the header. Empty lines are passed over.
 *
 * @returns `read` gives undefined for a line that is no message; `skip` says how many lines were read by then, undefined where that is unknown
 */
export function lineReader(format: LineFormat, origin: string) {
  let count: number | undefined = 0
  let table: Pick<RawMessage, 'columns' | 'delimiter'> | undefined
  let isJson: boolean | undefined = format === 'auto' ? undefined : format === 'ndjson'
  const read = (text: string | undefined): RawMessage | undefined => {
    if (count !== undefined) count++
    if (text?.trim() === '') return undefined
    if (text !== undefined) {
      isJson ??= /^\s*[[{]/.test(text)
      if (!isJson && table === undefined) {
        const header = text.replace(/^\ufeff/, '')
        const delimiter = delimiterOf(header)
        table = { columns: splitRecord(header, delimiter).cells.map(name => name.trim()), delimiter }
        return undefined
      }
    }
    return { payload: text, origin, ...table, ...(count !== undefined && { line: count }) }
  }
  return {
    read,
    skip(lines: number | undefined) {
      count = lines
    },
  }
}
