const BARS = '▁▂▃▄▅▆▇█'

/**
 * Numbers as a line of small bars, from the smallest to the largest of them; a space where there is none.
 *
 * @param width characters; more numbers than that are averaged
 * @example
 * import { sparkline } from './sparkline.js'
 * sparkline([0, 1, null, 7]) // => '▁▂ █'
 */
export function sparkline(values: readonly (number | null)[], width = values.length): string {
  const parts = Math.min(width, values.length)
  const means = Array.from({ length: parts }, (_, k) =>
    meanOf(
      values.slice(Math.floor((k * values.length) / parts), Math.floor(((k + 1) * values.length) / parts)),
    ),
  )
  const known = means.filter(value => value !== null)
  const low = Math.min(...known)
  const high = Math.max(...known)
  return means
    .map(value => {
      if (value === null) return ' '
      const share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0
      return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))]
    })
    .join('')
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value / known.length, 0)
}
