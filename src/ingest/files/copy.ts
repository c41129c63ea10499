import { createWriteStream } from 'node:fs'

/** Writes a text piece by piece, for its owner alone. */
export async function writeText(path: string, pieces: () => AsyncGenerator<string>): Promise<void> {
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  let waiting = ''
  const flush = async () => {
    const text = waiting
    waiting = ''
    if (!target.write(text)) await new Promise<void>(done => target.once('drain', () => done()))
  }
  try {
    for await (const piece of pieces()) {
      waiting += piece
      if (waiting.length > 1 << 18) await flush()
    }
    await flush()
  } finally {
    await new Promise<void>((done, fail) => target.once('error', fail).end(() => done()))
  }
}

/** A cell of delimited text, in quotes where it needs them. */
export function quotedCell(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** Lines, those within quotes joined. @param hasEscapes a quote behind a backslash is none */
export async function* wholeRecords(
  text: AsyncIterable<string>,
  hasEscapes = false,
): AsyncGenerator<{ line: number; text: string }> {
  const hasOpenQuote = (line: string) => {
    if (!line.includes('"')) return false
    return (hasEscapes ? line.replace(/\\./g, '') : line).split('"').length % 2 === 0
  }
  let rest = ''
  let line = 0
  let open: { line: number; text: string } | undefined
  const take = function* (lines: readonly string[]) {
    for (const raw of lines) {
      line++
      const isOdd = hasOpenQuote(raw)
      if (open !== undefined) {
        open.text += `\n${raw}`
        if (!isOdd && open.text.length < 1 << 20) continue
        yield open
        open = undefined
      } else if (isOdd) open = { line, text: raw }
      else yield { line, text: raw }
    }
  }
  for await (const piece of text) {
    rest += line === 0 ? piece.replace(/^\uFEFF/, '') : piece
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    yield* take(lines)
  }
  if (rest !== '') yield* take([rest.replace(/\r$/, '')])
  if (open !== undefined) yield open
}
