import { htmlText } from '../../core/safe-text.js'
import { n, picture } from './axes.js'
import { shortName } from './short-name.js'

const WIDTH = 480
const ROW = 24
const LABEL = 170
const VALUE = 62

/** A bar of `barPlot`. */
export interface Bar {
  readonly label: string
  readonly value: number
  /** As it is written at the end of the bar. */
  readonly text: string
  /** Drawn in the colour of events. */
  readonly marked?: boolean
}

/** Horizontal bars; negative values reach to the left of the line at 0. */
export function barPlot(bars: readonly Bar[], title: string): string {
  const least = Math.min(0, ...bars.map(({ value }) => value))
  const most = Math.max(0, ...bars.map(({ value }) => value))
  const span = most - least || 1
  const x = (value: number) => LABEL + ((value - least) / span) * (WIDTH - LABEL - VALUE)
  const rows = bars.map(({ label, value, text, marked }, k) => {
    const top = k * ROW + 4
    const left = Math.min(x(0), x(value))
    const width = Math.max(1, Math.abs(x(value) - x(0)))
    return `<text class="end ink" x="${LABEL - 8}" y="${top + 13}">${htmlText(shortName(label))}<title>${htmlText(label)}</title></text><rect class="${marked ? 'bar marked' : 'bar'}" x="${n(left)}" y="${top}" width="${n(width)}" height="${ROW - 8}"/><text x="${n(Math.max(x(value), x(0)) + 6)}" y="${top + 13}">${htmlText(text)}</text>`
  })
  const height = bars.length * ROW + 6
  return picture(WIDTH, height, title, `${rows.join('')}<path class="axis" d="M${n(x(0))} 0V${height}"/>`)
}
