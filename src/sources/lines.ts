import { isUtf8 } from 'node:buffer'
import {
  createLineCutter,
  findLiveLayout,
  isOpenLine,
  MOST_LINES,
  type WideEncoding,
  wideEncodingOf,
  withoutEscapes,
} from '../ingest/index.js'
import type { RawMessage } from './contract.js'
import { isMessageLine, looksLikeJson } from './line-form.js'

export const LINE_FORMATS = ['auto', 'ndjson', 'csv'] as const
export type LineFormat = (typeof LINE_FORMATS)[number]

const NEW_LINE = 10
const RETURN = 13
/** Longer lines are skipped and counted. */
export const LONGEST_LINE = 1 << 20

/** A whole line and how many bytes of the input lie before its end. */
export interface Line {
  /** Undefined: longer than is read. */
  readonly text: string | undefined
  readonly end: number
  /** Of a line that is not in UTF-8. */
  readonly encoding?: 'UTF-16' | 'Windows-1252'
}

/**
 * Cuts bytes into lines; the last line waits for its end. Lines end with a line feed, or with a carriage return alone where the first one does. A text
 * begins in UTF-16 or not at all; a line that is not UTF-8 is Windows-1252.
 */
export class LineSplitter {
  #rest: Buffer[] = []
  #restLength = 0
  #isSkipping = false
  #isBegun = false
  #wide: WideEncoding | undefined
  /** Half of a character of two bytes. */
  #half = Buffer.alloc(0)
  /** Undefined before the first line end. */
  #ending: number | undefined
  /** Bytes up to the end of the last line that was given. */
  #offset = 0

  /** Continues behind another line of the same text. */
  continueAt(offset: number): void {
    this.#offset = offset
    this.#rest = []
    this.#restLength = 0
    this.#isSkipping = false
    this.#isBegun = true
    this.#half = Buffer.alloc(0)
  }

  *push(given: Buffer): Generator<Line> {
    const chunk = this.#whole(given)
    this.#ending ??= endingOf(chunk)
    const size = this.#wide === undefined ? 1 : 2
    let start = 0
    for (let end = this.#endIn(chunk, 0); end >= 0; end = this.#endIn(chunk, start)) {
      yield this.#line(chunk.subarray(start, end), size)
      start = end + size
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

  /** The bytes that make whole characters; those before the first line end are seen again, because it may be cut in two. */
  #whole(given: Buffer): Buffer {
    if (!this.#isBegun) {
      const first = this.#withRest(given)
      if (mayBecomeWide(first)) {
        this.#rest = [first]
        this.#restLength = first.length
        return Buffer.alloc(0)
      }
      this.#isBegun = true
      this.#wide = wideEncodingOf(first)
      return this.#whole(first)
    }
    if (this.#wide !== undefined) {
      const chunk = this.#half.length === 0 ? given : Buffer.concat([this.#half, given])
      const length = chunk.length - (chunk.length % 2)
      this.#half = Buffer.from(chunk.subarray(length))
      return chunk.subarray(0, length)
    }
    if (this.#ending !== undefined || this.#restLength === 0 || this.#isSkipping) return given
    return this.#withRest(given)
  }

  #withRest(given: Buffer): Buffer {
    const chunk = Buffer.concat([...this.#rest, given])
    this.#rest = []
    this.#restLength = 0
    return chunk
  }

  #endIn(chunk: Buffer, start: number): number {
    if (this.#wide === undefined) return chunk.indexOf(this.#ending ?? NEW_LINE, start)
    const [first, second] = this.#wide === 'utf-16le' ? [NEW_LINE, 0] : [0, NEW_LINE]
    for (let i = start; i < chunk.length; i += 2) if (chunk[i] === first && chunk[i + 1] === second) return i
    return -1
  }

  #line(last: Buffer, ending: number): Line {
    const length = this.#restLength + last.length
    const bytes = this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last])
    const isLong = this.#isSkipping || length > LONGEST_LINE
    const isFirst = this.#offset === 0
    this.#offset += length + ending
    this.#rest = []
    this.#restLength = 0
    this.#isSkipping = false
    if (isLong) return { text: undefined, end: this.#offset }
    const { text, encoding } = textOf(bytes, this.#wide)
    const whole = isFirst ? text.replace(/^\ufeff/, '') : text
    return { text: whole.replace(/\r$/, ''), end: this.#offset, ...(encoding && { encoding }) }
  }
}

/** Bytes that show whether a text is UTF-16. */
const ENOUGH_BYTES = 8

/** Whether further bytes may show that a text is UTF-16. */
function mayBecomeWide(bytes: Buffer): boolean {
  const isOpen = bytes.length < 2 || bytes.includes(0) || bytes[0]! >= 0xfe
  return bytes.length < ENOUGH_BYTES && isOpen
}

/** What ends the first line of a text: a carriage return alone, or a line feed. Undefined while there is none. */
function endingOf(bytes: Buffer): number | undefined {
  const feed = bytes.indexOf(NEW_LINE)
  const back = bytes.indexOf(RETURN)
  if (back >= 0 && back + 1 < bytes.length && back + 1 !== feed && (feed < 0 || back < feed)) return RETURN
  return feed < 0 ? undefined : NEW_LINE
}

function textOf(bytes: Buffer, wide: WideEncoding | undefined): Pick<Line, 'encoding'> & { text: string } {
  if (wide !== undefined) return { text: new TextDecoder(wide).decode(bytes), encoding: 'UTF-16' }
  const text = bytes.toString()
  if (!text.includes('\ufffd') || isUtf8(bytes)) return { text }
  // Without `stream`, Node.js 20 takes the bytes for Latin-1.
  return { text: new TextDecoder('windows-1252').decode(bytes, { stream: true }), encoding: 'Windows-1252' }
}

/** A message of the lines of a text, and where they end. */
export interface LineMessage {
  readonly raw: RawMessage
  readonly end: number
  /** Lines up to there; undefined where that is unknown. */
  readonly lines: number | undefined
}

export interface LineReaderOptions {
  readonly lines: LineFormat
  /** Names of columns that a header is recognised by. Default: any. */
  readonly known?: ReadonlySet<string>
  /** Is called with what was found besides plain rows, as a sentence; `kind` groups those that say the same. */
  onNote?(kind: string, text: string): void
}

/** A line, or several that a quote joins. */
interface Joined {
  readonly line: number | undefined
  readonly text: string
  readonly end: number
  readonly lines: number | undefined
}

interface Numbered {
  readonly text: string
  readonly end: number
  readonly number: number | undefined
}

/** Lines that one quote joins at most: a quote that is never closed is a fault of its line alone. */
const MOST_JOINED = 20
const NONE: readonly LineMessage[] = []
const DELIMITERS = /[,;\t|]/
const unquoted = (cell: string) => cell.trim().replace(/^"|"$/g, '')

/**
 * Lines as raw messages: JSON, readings with their names, or the rows of a delimited text, read as a table is: what stands above the header, a row of units, comments, the header
 * once more and sums are no messages. Empty lines are passed over. What the lines are is decided by the first that can be read, not by what comes before it.
 */
export class LineReader {
  readonly #origin: string
  readonly #options: LineReaderOptions
  readonly #noted = new Set<string>()
  #count: number | undefined = 0
  /** Whether each line is a separate message; undefined until a line shows it. */
  #isMessage: boolean | undefined
  /** Lines that wait until the table is found. */
  #held: Joined[] = []
  /** Lines that wait for the end of a quote. */
  #open: Numbered[] = []
  #table:
    | {
        readonly delimiter: string
        /** Its header holds no name that is known. */
        readonly isGuess: boolean
        readonly read: (joined: Joined) => readonly LineMessage[]
      }
    | undefined

  constructor(origin: string, options: LineReaderOptions) {
    this.#origin = origin
    this.#options = options
    this.#isMessage = options.lines === 'auto' ? undefined : options.lines === 'ndjson'
  }

  /** Whether it is known how lines are read. */
  get isSettled(): boolean {
    return this.#isMessage === true || this.#table !== undefined
  }

  /** The messages that a line completes. */
  read({ text: written, end, encoding }: Line): readonly LineMessage[] {
    if (this.#count !== undefined) this.#count++
    const line = this.#count
    const text = written === undefined ? undefined : withoutEscapes(written)
    if (text !== written) this.#noteOnce(`${this.#origin} has colours of a terminal, which are left out`)
    if (encoding !== undefined) this.#noteOnce(`${this.#origin} is read as text in ${encoding}`)
    if (text === undefined) return [...this.#endAll(), this.#message({ line, text, end, lines: line })]
    if (text.trim() === '' && this.#open.length === 0 && this.isSettled) return NONE
    const waiting = this.#isShown(text) ? this.#refuseWaiting() : NONE
    if (this.#isMessage || this.#isJsonAlone(text))
      return text.trim() === '' ? NONE : [...waiting, this.#message({ line, text, end, lines: line })]
    return this.#joinOrTake({ text, end, number: line })
  }

  /** Whether a line is the first that shows that each line is a message. */
  #isShown(text: string): boolean {
    const isOpen = this.#isMessage === undefined && (this.#table === undefined || this.#table.isGuess)
    return isOpen && isMessageLine(text, this.#options.known ?? new Set())
  }

  /** Each line is a message: those that wait are none. */
  #refuseWaiting(): readonly LineMessage[] {
    this.#isMessage = true
    this.#table = undefined
    const open = this.#open.splice(0)
    this.#held.push(...open.map(({ text, end, number }) => ({ text, end, line: number, lines: number })))
    return this.#giveUp(this.#held.length)
  }

  /** Whether a line is JSON, as far as its beginning shows, with nothing before it that may be part of a table. */
  #isJsonAlone(text: string): boolean {
    const isWaiting = this.#held.length > 0 || this.#open.length > 0
    return this.#isMessage === undefined && this.#table === undefined && !isWaiting && looksLikeJson(text)
  }

  /** What waits, when no more lines come. */
  end(): readonly LineMessage[] {
    return [...this.#endAll(), ...this.#settle(true)]
  }

  /** Continues behind a line. @param lines how many there were up to there; undefined where that is unknown */
  continueAt(lines: number | undefined): void {
    this.end()
    this.#count = lines
  }

  #joinOrTake(next: Numbered): readonly LineMessage[] {
    const text = [...this.#open, next].map(one => one.text).join('\n')
    if (isOpenLine(text, this.#table?.delimiter)) {
      this.#open.push(next)
      return this.#open.length < MOST_JOINED ? NONE : this.#endOpen()
    }
    const line = this.#open[0]?.number ?? next.number
    this.#open = []
    return this.#take({ line, text, end: next.end, lines: next.number })
  }

  /** After an unclosed quote its line is a record of its own, and reading continues with the next line. */
  #endOpen(): readonly LineMessage[] {
    const [first, ...others] = this.#open
    if (first === undefined) return NONE
    this.#open = []
    const { number, text, end } = first
    const own = this.#take({ line: number, text, end, lines: number })
    return [...own, ...others.flatMap(one => this.#joinOrTake(one))]
  }

  #endAll(): readonly LineMessage[] {
    const all: LineMessage[] = []
    while (this.#open.length > 0) all.push(...this.#endOpen())
    return all
  }

  #take(joined: Joined): readonly LineMessage[] {
    if (this.#table !== undefined) return this.#table.read(joined)
    // A gap is one, however long.
    if (joined.text.trim() === '' && this.#held.at(-1)?.text.trim() === '') return NONE
    this.#held.push(joined)
    return this.#settle(false)
  }

  /** Finds the table in the lines that wait, and reads those that are its rows. */
  #settle(isLast: boolean): readonly LineMessage[] {
    if (this.isSettled || this.#held.length === 0) return NONE
    // A line without a digit shows no table.
    const isFull = this.#held.length >= MOST_LINES
    if (!isLast && !isFull && !/\d/.test(this.#held.at(-1)!.text)) return NONE
    const first = this.#held[0]?.line ?? 1
    const numbers = this.#held.map(({ line }) => (line ?? 1) - first + 1)
    const texts = this.#held.map(({ text }) => text)
    const layout = findLiveLayout({ texts, numbers }, this.#options.known ?? new Set(), isLast)
    if (layout === undefined)
      return isLast ? this.#giveUp(this.#held.length) : isFull ? this.#giveUp(MOST_LINES / 2) : NONE
    if (layout.oddities.length > 0)
      this.#noteOnce(`${this.#origin} is read with ${layout.oddities.join(', ')}`)
    const { delimiter, names } = layout
    const cut = createLineCutter(layout)
    const isGuess = this.#knownAmong(names) === false
    const read = (joined: Joined): readonly LineMessage[] => {
      if (joined.text.trim() === '') return NONE
      if (isGuess && this.#knownAmong(joined.text.split(DELIMITERS).map(unquoted))) {
        // What was taken for the header was none.
        this.#table = undefined
        return this.#take(joined)
      }
      const row = cut(joined.text)
      if (row !== undefined) return [this.#message(joined, { columns: names, row })]
      this.#options.onNote?.(
        'skipped',
        `${this.#origin}, line ${joined.line}: it is none of the table and is left out`,
      )
      return NONE
    }
    this.#table = { delimiter, isGuess, read }
    const rows = this.#held.filter((_, i) => numbers[i]! > layout.firstLine)
    this.#held = []
    return rows.flatMap(read)
  }

  /** Whether names are those of a header; undefined where none is known. */
  #knownAmong(names: readonly string[]): boolean | undefined {
    const { known = new Set() } = this.#options
    if (known.size === 0) return undefined
    return names.filter(name => known.has(name)).length >= Math.min(2, known.size)
  }

  /** The first of the lines that wait are no part of a table: JSON is a message, whatever it holds. */
  #giveUp(count: number): readonly LineMessage[] {
    const lines = this.#held.splice(0, count).filter(({ text }) => text.trim() !== '')
    return lines.map(joined => {
      if (this.#options.lines === 'auto' && looksLikeJson(joined.text)) return this.#message(joined)
      const detail = `${JSON.stringify(joined.text.slice(0, 60))} is neither JSON nor a row of a table: a table has a header with the names of the model`
      return this.#message(joined, { bad: { reason: 'no-reading', detail } })
    })
  }

  #message(
    { line, text: payload, end, lines }: Omit<Joined, 'text'> & { readonly text: string | undefined },
    how?: Pick<RawMessage, 'columns' | 'row' | 'bad'>,
  ): LineMessage {
    const raw = { payload, origin: this.#origin, ...how, ...(line !== undefined && { line }) }
    return { raw, end, lines }
  }

  #noteOnce(text: string): void {
    if (this.#noted.has(text)) return
    this.#noted.add(text)
    this.#options.onNote?.(text, text)
  }
}

/** The messages of a whole text. Cost O(length). */
export function messagesOfText(origin: string, text: string, options: LineReaderOptions): RawMessage[] {
  const reader = new LineReader(origin, options)
  const found = text.split(/\r\n|\n|\r/).flatMap(line => reader.read({ text: line, end: 0 }))
  return [...found, ...reader.end()].map(({ raw }) => raw)
}
