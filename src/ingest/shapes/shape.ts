import type { Row } from './row.js'

/** A form in which a program answers or saves a table as JSON. */
export interface Shape {
  readonly name: string
  /** Several documents are one table to it. Default: each is one. */
  readonly isJoined?: true
  /** Whether the first characters of a text, blanks between its tokens left out, may be of it: only such a text is read whole. */
  mayBe(head: string): boolean
  /**
   * The rows of a document, of several lines one each; undefined where it is of another shape. Throws where it is of this one and holds no table.
   *
   * @param file as messages name it
   * @param known columns that are read, where the documents are a part of what they belong to
   */
  rows(
    documents: readonly unknown[],
    note: (sentence: string) => void,
    file: string,
    known?: ReadonlySet<string>,
  ): Row[] | undefined
}
