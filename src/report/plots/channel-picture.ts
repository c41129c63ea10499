import { htmlText } from '../../core/safe-text.js'
import type { ChannelRow } from '../health.js'
import { linearScale, n } from './axes.js'

const WIDTH = 260
const HEIGHT = 44
const EDGE = 3
/** A mark is wide enough to be seen, however short its interval. */
const LEAST_MARK = 3

/** The plot of a channel as SVG: the range of its readings, interrupted where there is none, with marks of its issues. */
export function channelPicture({ name, envelope, marks }: ChannelRow): string {
  const { low, high } = envelope
  const least = Math.min(...low.filter(value => value !== null))
  const most = Math.max(...high.filter(value => value !== null))
  const at = (share: number) => EDGE + share * (WIDTH - 2 * EDGE)
  const x = (i: number) => n(at((i + 0.5) / low.length))
  const y = linearScale(least, most, HEIGHT - EDGE, EDGE)
  const bands = marks.map(({ from, to, severity, code, isShared }) => {
    const width = Math.max(LEAST_MARK, at(to) - at(from))
    const left = Math.min(at(from), WIDTH - width)
    return `<rect class="${isShared ? 'shared' : severity}" x="${n(left)}" y="0" width="${n(width)}" height="${HEIGHT}"><title>${code}</title></rect>`
  })
  const path = low
    .map((from, i) => {
      const to = high[i]
      if (from === null || to === null) return ''
      const isStart = i === 0 || low[i - 1] === null
      // Up and down within each interval; an interval with one level is a line of length 0, whose round end shows as a dot.
      return `${isStart ? 'M' : 'L'}${x(i)} ${n(y(from))}V${n(y(to))}`
    })
    .join('')
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="plot of ${htmlText(name)}">${bands.join('')}<path class="curve" d="${path}"/></svg>`
}
