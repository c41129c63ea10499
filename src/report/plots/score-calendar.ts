import type { Frame } from '../../core/frame.js'
import { DAY_MS } from '../../core/milliseconds.js'
import { clockOf } from '../clock.js'
import { formatNumber } from '../units.js'
import { linearScale, n, picture, timeTicks } from './axes.js'

const WIDTH = 980
const LEFT = 62
const RIGHT = WIDTH - 12
const ROW = 16
const CELLS = 96
/** More days are drawn as one row over the whole series. */
const MOST_DAYS = 62

/** Shades by score: below half the threshold, below it, above it, above twice and four times it. */
const SHADES = [0.5, 1, 2, 4]

/**
 * The highest score of each quarter of an hour, a row per day of a clock, UTC by default: what repeats at an hour or on a day stands out. A series without times, of a day or
 * less, or of more than 62 days, is one row.
 */
export function scoreCalendar(
  { timeMs: instants, timeKind }: Pick<Frame, 'timeMs' | 'timeKind'>,
  score: Float32Array,
  wall: (timeMs: number) => number = time => time,
): string {
  const timeMs = instants.map(wall)
  const shown = clockOf(timeKind)
  const [from, to] = [timeMs[0], timeMs[timeMs.length - 1]]
  const firstDay = Math.floor(from / DAY_MS)
  const days = Math.floor(to / DAY_MS) - firstDay + 1
  const byDay = timeKind === 'utc' && days > 1 && days <= MOST_DAYS
  const rows = byDay ? days : 1
  const [start, length] = byDay ? [firstDay * DAY_MS, DAY_MS] : [from, Math.max(1, (to - from) * (1 + 1e-9))]
  const cells = new Float32Array(rows * CELLS).fill(Number.NaN)
  for (let i = 0; i < score.length; i++) {
    const position = (timeMs[i] - start) / length
    const cell = Math.min(cells.length - 1, Math.floor(position * CELLS))
    if (cell >= 0 && score[i] >= 0 && !(score[i] <= cells[cell])) cells[cell] = score[i]
  }
  const width = (RIGHT - LEFT) / CELLS
  const shade = (value: number) => SHADES.filter(limit => value > limit).length
  const body = Array.from(cells, (value, k) => {
    if (Number.isNaN(value)) return ''
    const time = start + (k / CELLS) * length
    const title = value > 1 ? `<title>${shown.text(Math.floor(time))}: ${formatNumber(value, 3)}</title>` : ''
    return `<rect class="heat${shade(value)}" x="${n(LEFT + (k % CELLS) * width)}" y="${Math.floor(k / CELLS) * ROW}" width="${n(width - 0.8)}" height="${ROW - 2}">${title}</rect>`
  })
  const labels = Array.from({ length: byDay ? rows : 0 }, (_, day) => {
    const text = new Date((firstDay + day) * DAY_MS).toISOString().slice(5, 10)
    return `<text class="end" x="${LEFT - 8}" y="${day * ROW + 12}">${text}</text>`
  })
  const bottom = rows * ROW
  const hours = [0, 3, 6, 9, 12, 15, 18, 21].map(hour => ({
    at: LEFT + (hour / 24) * (RIGHT - LEFT),
    label: `${String(hour).padStart(2, '0')}:00`,
  }))
  const x = linearScale(from, to, LEFT, RIGHT)
  const ticks = byDay
    ? hours
    : timeTicks(from, to, timeKind, 9).map(({ at, label }) => ({ at: x(at), label }))
  const axis = ticks.map(
    ({ at, label }) =>
      `<text class="${byDay ? 'start' : 'middle'}" x="${n(at)}" y="${bottom + 14}">${label}</text>`,
  )
  return picture(WIDTH, bottom + 20, 'highest scores over time', [...body, ...labels, ...axis].join(''))
}
