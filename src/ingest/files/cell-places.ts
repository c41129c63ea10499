import { unzip, zip } from './zip.js'

const SHEET = /^xl\/worksheets\/[^/]+\.xml$/i
/** What is no tag, or the beginning of a row or cell. */
const TAG = /<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^>]*)>/gs
const ROW_PLACE = /\sr\s*=\s*["'](\d+)["']/
const CELL_PLACE = /\sr\s*=\s*["']([A-Z]+)(\d+)["']/

/**
 * A workbook in which each cell says its place: the attribute is optional (ECMA-376-1, 18.3.1.4), and a cell without it is the next one of its row.
 *
 * Errors: as `unzip`. Memory: all of the workbook.
 */
export function withPlaces(workbook: Buffer): Buffer {
  return zip(
    unzip(workbook).map(({ name, data }) =>
      SHEET.test(name) ? { name, data: Buffer.from(placed(data.toString('utf8'))) } : { name, data },
    ),
  )
}

/**
 * @example
 * import { placed } from './cell-places.js'
 * placed('<row><c r="B2"/><c><v>1</v></c></row>') // => '<row><c r="B2"/><c r="C2"><v>1</v></c></row>'
 */
export function placed(sheet: string): string {
  let row = 0
  let column = 0
  return sheet.replace(TAG, (tag, kind: string | undefined, attributes: string) => {
    if (kind === undefined) return tag
    if (kind === 'row') {
      row = Number(ROW_PLACE.exec(attributes)?.[1] ?? row + 1)
      column = 0
      return tag
    }
    const [, letters, number] = CELL_PLACE.exec(attributes) ?? []
    if (letters !== undefined) {
      column = columnOf(letters)
      row = Number(number)
      return tag
    }
    column++
    return tag.replace(/(?=[\s/>])/, ` r="${lettersOf(column)}${row}"`)
  })
}

const columnOf = (letters: string) =>
  [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0)

function lettersOf(column: number): string {
  const rest = (column - 1) % 26
  const last = String.fromCharCode(65 + rest)
  return column > 26 ? lettersOf((column - 1 - rest) / 26) + last : last
}
