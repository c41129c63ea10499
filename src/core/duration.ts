/**
 * A duration in the two largest units that say something.
 *
 * @example
 * import { formatDuration } from './duration.js'
 * formatDuration(192_000) // => '3 min 12 s'
 */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return '-'
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < 59_950) return `${Number((durationMs / 1000).toFixed(1))} s`
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
