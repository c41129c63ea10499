import { htmlText } from '../../core/safe-text.js'
import { n } from './axes.js'
import { type Colours, figureStyle, LIGHT } from './style.js'

const MARGIN = 14
/** Width of a letter, in sizes of the font. */
const WIDE_LETTER = 0.62

/** How a figure is laid out. */
export interface FigureLayout {
  readonly title: string
  /** A line below the title. */
  readonly caption?: string
  /** Size in pixels. Default: that of its plots. */
  readonly width?: number
  readonly height?: number
  /** Default: `LIGHT`. */
  readonly colours?: Colours
}

/** Height of what stands above the plots of a figure. */
export function headHeight(caption: string | undefined): number {
  return caption === undefined ? 40 : 58
}

/**
 * Plots side by side as one SVG file that needs no page: title, colours and fonts are inside. The plots keep their proportions. Text is escaped.
 *
 * @param pictures of `picture`
 */
export function figure(
  pictures: readonly string[],
  { title, caption, colours = LIGHT, ...size }: FigureLayout,
): string {
  const boxes = pictures.map(sizeOf)
  const head = headHeight(caption)
  const plain = boxes.reduce((sum, box) => sum + box.width, 0) + MARGIN * (boxes.length + 1)
  const width = size.width ?? plain
  const highest = Math.max(...boxes.map(box => box.height))
  const height = size.height ?? Math.round(highest * (width / plain)) + head + MARGIN
  const scale = Math.min(width / plain, (height - head - MARGIN) / highest)
  let left = (width - plain * scale) / 2 + MARGIN * scale
  const placed = pictures.map((svg, k) => {
    const [w, h] = [boxes[k].width * scale, boxes[k].height * scale]
    const x = left
    left += w + MARGIN * scale
    return svg.replace('<svg ', `<svg x="${n(x)}" y="${head}" width="${n(w)}" height="${n(h)}" `)
  })
  const below =
    caption === undefined
      ? ''
      : `<text x="${MARGIN}" y="46"${fitted(caption, 12, width)}>${htmlText(caption)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${htmlText(title)}"><style>${figureStyle(colours)}</style><rect width="${width}" height="${height}" fill="${colours.card}"/><text class="title" x="${MARGIN}" y="26"${fitted(title, 16, width)}>${htmlText(title)}</text>${below}${placed.join('')}</svg>
`
}

/** A smaller font for a text that would not fit into the width. */
function fitted(text: string, size: number, width: number): string {
  const most = (width - 2 * MARGIN) / (WIDE_LETTER * text.length)
  return most < size ? ` style="font-size: ${n(most)}px"` : ''
}

function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  return { width: Number(width), height: Number(height) }
}
