/**
 * A text cell of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula gets a leading apostrophe.
 */
export function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Joins lines into pieces large enough to be written at once. */
export function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length >= 1 << 16) {
      yield piece
      piece = ''
    }
  }
  if (piece !== '') yield piece
}
