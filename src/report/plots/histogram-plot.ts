import { formatNumber } from '../units.js'
import { linearScale, n, picture, valueAxis } from './axes.js'
import { logTicks } from './ticks.js'

const WIDTH = 480
const HEIGHT = 220
const AREA = { left: 52, right: WIDTH - 8, top: 20, bottom: HEIGHT - 40 }
const BINS = 48
const LEAST = 0.02

/** A set of scores with its name. */
export interface ScoreSet {
  readonly name: string
  /** 1.0 = threshold; NaN is left out. */
  readonly scores: ArrayLike<number>
}

/** How scores are distributed, as shares, on a scale of logarithms with the threshold: the first set as bars, the second as a line. */
export function histogramPlot([bars, line]: readonly [ScoreSet, ScoreSet?], title: string): string {
  const sets = [bars, ...(line ? [line] : [])]
  const most = sets.reduce((high, { scores }) => largest(scores, high), 2)
  const [from, to] = [Math.log10(LEAST), Math.log10(most * 1.1)]
  const shares = sets.map(({ scores }) => binShares(scores, from, to))
  const highest = Math.max(0.01, ...shares.flat())
  const x = linearScale(from, to, AREA.left, AREA.right)
  const y = linearScale(0, highest * 1.05, AREA.bottom, AREA.top)
  const width = (AREA.right - AREA.left) / BINS
  const columns = shares[0].map((share, k) => {
    if (share === 0) return ''
    const isAbove = from + ((k + 0.5) / BINS) * (to - from) > 0
    return `<rect class="bar${isAbove ? ' marked' : ''}" x="${n(AREA.left + k * width)}" y="${n(y(share))}" width="${n(width - 1)}" height="${n(AREA.bottom - y(share))}"/>`
  })
  const curve = shares[1]
    ? `<path class="expected" d="M${shares[1].map((share, k) => `${n(AREA.left + (k + 0.5) * width)} ${n(y(share))}`).join('L')}"/>`
    : ''
  const ticks = logTicks(from, to, 6).map(
    value =>
      `<text class="middle" x="${n(x(value))}" y="${AREA.bottom + 17}">${formatNumber(10 ** value)}</text>`,
  )
  const rows = `${valueAxis(AREA, y, 4)}<path class="axis" d="M${AREA.left} ${AREA.bottom}H${AREA.right}"/>`
  const threshold = n(x(0))
  return picture(
    WIDTH,
    HEIGHT,
    title,
    `${rows}${columns.join('')}${curve}${ticks.join('')}<path class="limit" d="M${threshold} ${AREA.top}V${AREA.bottom}"/><text class="limit-text middle" x="${threshold}" y="${AREA.top - 6}">threshold</text><text class="middle" x="${(AREA.left + AREA.right) / 2}" y="${HEIGHT - 4}">score</text><text x="4" y="12">share</text>`,
  )
}

function largest(scores: ArrayLike<number>, least: number): number {
  let most = least
  for (let i = 0; i < scores.length; i++) if (scores[i] > most) most = scores[i]
  return most
}

/** Shares of the scores in bins of equal width on the scale of logarithms; lower ones count in the first. */
function binShares(scores: ArrayLike<number>, from: number, to: number): number[] {
  const counts = new Array<number>(BINS).fill(0)
  let count = 0
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) continue
    const place = ((Math.log10(Math.max(scores[i], LEAST)) - from) / (to - from)) * BINS
    counts[Math.max(0, Math.min(BINS - 1, Math.floor(place)))]++
    count++
  }
  return counts.map(value => value / Math.max(1, count))
}
