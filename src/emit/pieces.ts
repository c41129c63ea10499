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
