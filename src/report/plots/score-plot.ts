import type { AnomalyEvent } from '../../core/contracts.js'
import type { Frame } from '../../core/frame.js'
import { axes, linearScale, linePath, n, picture } from './axes.js'

const WIDTH = 980
const HEIGHT = 230
const AREA = { left: 48, right: WIDTH - 12, top: 12, bottom: HEIGHT - 26 }
const LEAST_MARK = 3
/** Scores above this many thresholds are drawn on a scale of logarithms: one outlier would flatten the rest. */
const LINEAR_UP_TO = 20

/** The scores of a series with the threshold and the events: linear, or the logarithm where scores are very high. */
export function scorePlot(
  { timeMs, timeKind }: Pick<Frame, 'timeMs' | 'timeKind'>,
  score: Float32Array,
  events: readonly AnomalyEvent[],
): string {
  const highest = score.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, value)), 1.2)
  const isLogarithmic = highest > LINEAR_UP_TO
  const height = (value: number) => (isLogarithmic ? Math.log10(Math.max(value, 0.1)) : value)
  const x = linearScale(timeMs[0], timeMs[timeMs.length - 1], AREA.left, AREA.right)
  const y = linearScale(isLogarithmic ? -1 : 0, height(highest) * 1.05, AREA.bottom, AREA.top)
  const marks = events.map(({ id, times }) => {
    const width = Math.max(LEAST_MARK, x(times.lastMs) - x(times.startMs))
    return `<rect class="event" x="${n(x(times.startMs))}" y="${AREA.top}" width="${n(width)}" height="${AREA.bottom - AREA.top}"><title>${id}</title></rect>`
  })
  const line = linePath(
    score,
    i => x(timeMs[i]),
    value => y(height(value)),
  )
  const threshold = n(y(height(1)))
  const scale = isLogarithmic ? ' (logarithm to base 10)' : ''
  return picture(
    WIDTH,
    HEIGHT,
    `anomaly scores${scale} with the threshold and ${events.length} events`,
    `${marks.join('')}${axes(AREA, x, y, timeKind, { x: 9, y: 4 })}<path class="curve" d="${line}"/><path class="limit" d="M${AREA.left} ${threshold}H${AREA.right}"/><text class="limit-text" x="${AREA.left + 6}" y="${Number(threshold) - 5}">threshold${scale}</text>`,
  )
}
