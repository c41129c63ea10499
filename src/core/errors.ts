import { filledText } from './counted.js'
import { ERROR_CATALOGUE, type ErrorCode, type ErrorValues } from './errors/catalogue.js'
import type { ErrorKind } from './errors/entry.js'
import { shortened } from './safe-text.js'

export { ERROR_CATALOGUE, type ErrorCode, type ErrorKind, type ErrorValues }

/** Base of every error that telltale raises on purpose. */
export class TelltaleError extends Error {
  readonly code: ErrorCode
  readonly remedy: string
  /** The remedy for a client of the server, where it is another one. */
  readonly answer: string | undefined
  /** The facts of the message, by name (file, line, column, ...). */
  readonly where: Readonly<Record<string, string | number>>

  constructor(code: ErrorCode, values: Record<string, string | number>, cause?: unknown) {
    const entry: { message: string; remedy: string; answer?: string } = ERROR_CATALOGUE[code]
    super(fill(entry.message, values), cause === undefined ? undefined : { cause })
    this.name = this.constructor.name
    this.code = code
    this.remedy = fill(entry.remedy, values)
    this.answer = entry.answer === undefined ? undefined : fill(entry.answer, values)
    this.where = values
  }

  get kind(): ErrorKind {
    return ERROR_CATALOGUE[this.code].kind
  }
}

/** The caller asked for something impossible. */
export class OptionError extends TelltaleError {}
/** The data are not what the work needs. */
export class DataError extends TelltaleError {}
/** Reading or writing failed. */
export class SourceError extends TelltaleError {}
/** A stored model cannot be used. */
export class ArtefactError extends TelltaleError {}
/** Too big or too many. */
export class LimitError extends TelltaleError {}
/** A client of the server asked for something that it does not get. */
export class RequestError extends TelltaleError {}
/** The user stopped the work. */
export class InterruptedError extends TelltaleError {}
/** A mistake in telltale itself. */
export class BugError extends TelltaleError {}

const CLASSES: Record<ErrorKind, typeof TelltaleError> = {
  option: OptionError,
  data: DataError,
  source: SourceError,
  artefact: ArtefactError,
  limit: LimitError,
  request: RequestError,
  interrupted: InterruptedError,
  bug: BugError,
}

/**
 * Makes an error of the catalogue. Its class follows from its kind.
 *
 * @example
 * import { createError } from './errors.js'
 * createError('file-not-found', { file: 'a.csv' }).message // => 'a.csv does not exist'
 */
export function createError<Code extends ErrorCode>(
  code: Code,
  values: ErrorValues<Code>,
  cause?: unknown,
): TelltaleError {
  return new CLASSES[ERROR_CATALOGUE[code].kind](code, values, cause)
}

/** Characters of one fact in a message: a name from outside may be of any length. */
const LONGEST_FACT = 1000

/** A question after a name falls away where no name is like the one that was given. */
const QUESTION = /Did you mean \{nearest\}\? ?/

function fill(text: string, values: Record<string, string | number>): string {
  const asked = values.nearest === '' ? text.replace(QUESTION, '') : text
  const factOf = (name: string) =>
    typeof values[name] === 'number' ? values[name] : shortened(String(values[name]), LONGEST_FACT)
  return filledText(asked, factOf)
}
