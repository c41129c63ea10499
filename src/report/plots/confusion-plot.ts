import type { Confusion } from '../../evaluate/index.js'
import { picture } from './axes.js'

const WIDTH = 420
const HEIGHT = 250
const [LEFT, TOP, CELL, ROW] = [100, 30, 155, 100]

/** A confusion matrix: counts of samples; the darker a cell, the larger its share of its row. */
export function confusionPlot(
  { truePositives, falseNegatives, falsePositives, trueNegatives }: Confusion,
  label: string,
): string {
  const rows = [
    { name: 'anomalous', counts: [truePositives, falseNegatives] },
    { name: 'normal', counts: [falsePositives, trueNegatives] },
  ]
  const body = rows.map(({ name, counts }, r) => {
    const top = TOP + r * ROW
    const sum = Math.max(1, counts[0] + counts[1])
    const cells = counts.map((count, c) => {
      const left = LEFT + c * CELL
      const share = count / sum
      const isRight = r === c
      const middle = `x="${left + CELL / 2}" class="middle ink"`
      return `<rect class="bar${isRight ? '' : ' marked'}" style="fill-opacity: ${(0.06 + 0.5 * share).toFixed(2)}" x="${left}" y="${top}" width="${CELL - 4}" height="${ROW - 4}"/><text ${middle} y="${top + 48}">${count}</text><text ${middle} y="${top + 66}">${(100 * share).toFixed(1)} %</text>`
    })
    return `<text class="end" x="${LEFT - 8}" y="${top + 54}">${name}</text>${cells.join('')}`
  })
  const head = ['flagged', 'not flagged'].map(
    (name, c) => `<text class="middle" x="${LEFT + (c + 0.5) * CELL}" y="${TOP - 8}">${name}</text>`,
  )
  return picture(WIDTH, HEIGHT, label, [...head, ...body].join(''))
}
