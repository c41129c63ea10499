import type { Frame } from '../core/frame.js'

/**
 * A number of at most `digits` significant digits, without a trailing zero.
 *
 * @example
 * import { formatNumber } from './units.js'
 * formatNumber(0.0123456, 3) // => '0.0123'
 */
export function formatNumber(value: number, digits = 4): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '-'
}

/**
 * Share between 0 and 1 as a percentage; `-` for NaN.
 *
 * @example
 * import { formatPercent } from './units.js'
 * formatPercent(0.1234) // => '12.3 %'
 */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '-'
}

/**
 * A duration in the two largest units that say something.
 *
 * @example
 * import { formatDuration } from './units.js'
 * formatDuration(192_000) // => '3 min 12 s'
 */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return '-'
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ]
  const first = units.findIndex(([, size]) => seconds >= size)
  let rest = seconds
  return units
    .slice(first, first + 2)
    .flatMap(([name, size]) => {
      const count = Math.floor(rest / size)
      rest -= count * size
      return count > 0 ? [`${count} ${name}`] : []
    })
    .join(' ')
}

/**
 * A size in bytes, with the unit that keeps the number below 1000.
 *
 * @example
 * import { formatBytes } from './units.js'
 * formatBytes(1_250_000) // => '1.25 MB'
 */
export function formatBytes(sizeBytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, sizeBytes)) / 3)))
  return `${formatNumber(sizeBytes / 1000 ** step, 3)} ${units[step]}`
}

/** A value of `Frame.timeMs` as an ISO 8601 text in UTC, or as the row number that it is. */
export function formatInstant(time: number, timeKind: Frame['timeKind']): string {
  return timeKind === 'index' ? String(time) : new Date(time).toISOString().replace('.000Z', 'Z')
}

/** A number of 6 significant digits for JSON; null for what is none. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null
}
