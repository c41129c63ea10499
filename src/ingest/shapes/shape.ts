import type { Row } from './row.js'

/** A form in which a program answers or saves a table as JSON. */
export interface Shape {
  readonly name: string
  /** Whether the first characters of a text, blanks between its tokens left out, may be of it: only such a text is read whole. */
  mayBe(head: string): boolean
  /** The rows of a document, of several lines one each; undefined where it is of another shape. */
  rows(documents: readonly unknown[], note: (sentence: string) => void): Row[] | undefined
}
