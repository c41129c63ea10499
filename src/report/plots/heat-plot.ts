import { htmlText } from '../../core/safe-text.js'
import { n, picture } from './axes.js'
import { shortName } from './short-name.js'

/** What a heat map shows: rows from top to bottom, columns from left to right. */
export interface HeatMap {
  /** `[rows * columns]`; NaN is left out. */
  readonly values: ArrayLike<number>
  readonly columns: number
  /** Names of the rows; none = numbers of steps, the first, the middle and the last. */
  readonly names?: readonly string[]
  /** Of the first and the last column. */
  readonly ends: readonly [string, string]
  /** What the columns are. */
  readonly axis: string
}

const WIDTH = 520
const [TOP, BOTTOM, RIGHT] = [10, 38, 10]
const LEFT = { names: 150, steps: 44 }
const MOST_CELLS = 80
const HEIGHTS = { least: 6, most: 22, square: 400 }

/**
 * A heat map: the darker a cell, the larger its value; values below 0 in the other colour. Where there are more rows or columns than 80, a cell is the value of
 * largest size of those it stands for.
 */
export function heatPlot({ values, columns, names, ends, axis }: HeatMap, label: string): string {
  const rows = values.length / columns
  const [down, across] = [Math.ceil(rows / MOST_CELLS), Math.ceil(columns / MOST_CELLS)]
  const [shownRows, shownColumns] = [Math.ceil(rows / down), Math.ceil(columns / across)]
  const left = names ? LEFT.names : LEFT.steps
  const height = names
    ? Math.min(HEIGHTS.most, Math.max(HEIGHTS.least, HEIGHTS.square / shownRows))
    : HEIGHTS.square / shownRows
  const width = (WIDTH - left - RIGHT) / shownColumns
  const cellOf = (row: number, column: number) => {
    let most = Number.NaN
    for (let r = row * down; r < Math.min(rows, (row + 1) * down); r++)
      for (let c = column * across; c < Math.min(columns, (column + 1) * across); c++) {
        const value = values[r * columns + c]
        if (!(Math.abs(value) <= Math.abs(most)) && Number.isFinite(value)) most = value
      }
    return most
  }
  const cells = Array.from({ length: shownRows * shownColumns }, (_, k) =>
    cellOf(Math.floor(k / shownColumns), k % shownColumns),
  )
  const largest = cells.reduce((most, cell) => Math.max(most, Math.abs(cell) || 0), 0) || 1
  const squares = cells.map((cell, k) => {
    const share = Math.abs(cell) / largest
    if (!(share >= 0.005)) return ''
    const [x, y] = [left + (k % shownColumns) * width, TOP + Math.floor(k / shownColumns) * height]
    return `<rect class="bar${cell > 0 ? ' marked' : ''}" style="fill-opacity:${share.toFixed(2)}" x="${n(x)}" y="${n(y)}" width="${n(width + 0.1)}" height="${n(height + 0.1)}"/>`
  })
  const bottom = TOP + shownRows * height
  const middle = (row: number) => n(TOP + (row + 0.5) * height + 4)
  const steps = [0, Math.floor(shownRows / 2), shownRows - 1]
  const labels = names
    ? names.map((name, row) => ({ row, text: shortName(name) }))
    : [...new Set(steps)].map(row => ({ row, text: String(row * down + 1) }))
  const side = labels.map(
    ({ row, text }) => `<text class="end" x="${left - 6}" y="${middle(row)}">${htmlText(text)}</text>`,
  )
  const below = `<text x="${left}" y="${n(bottom + 16)}">${htmlText(ends[0])}</text><text class="end" x="${WIDTH - RIGHT}" y="${n(bottom + 16)}">${htmlText(ends[1])}</text><text class="middle" x="${n((left + WIDTH - RIGHT) / 2)}" y="${n(bottom + 31)}">${htmlText(axis)}</text>`
  const frame = `<path class="axis" d="M${left} ${TOP}H${WIDTH - RIGHT}V${n(bottom)}H${left}Z"/>`
  return picture(WIDTH, Math.ceil(bottom + BOTTOM), label, [...squares, frame, ...side, below].join(''))
}
