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
 * A score that is above the threshold of 1 also as it is written; two decimals below 10, so that they stand below one another.
 *
 * @example
 * import { formatScore } from './units.js'
 * [formatScore(1.002), formatScore(1.4), formatScore(12.34)] // => ['1.002', '1.40', '12.3']
 */
export function formatScore(score: number): string {
  if (!Number.isFinite(score)) return '-'
  const text = score < 10 ? score.toFixed(2) : formatNumber(score, 3)
  if (score <= 1 || Number(text) !== 1) return text
  const longer = [4, 5, 6, 7].map(digits => formatNumber(score, digits))
  return longer.find(one => Number(one) !== 1) ?? text
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
