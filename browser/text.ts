const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 1440 * MINUTE

export type TimeKind = 'utc' | 'index'

/** A time as `2024-01-07 10:23:00` (UTC), with what the step of the series needs; a row number as it is. */
export function instantText(time: number, kind: TimeKind, step = SECOND): string {
  if (!Number.isFinite(time)) return ''
  if (kind === 'index') return `row ${Math.round(time)}`
  const text = new Date(time).toISOString().replace('T', ' ')
  return step >= MINUTE && time % MINUTE === 0 ? text.slice(0, 16) : text.slice(0, step < SECOND ? 23 : 19)
}

/** Labels of a time axis: hours, and the day where it begins or at the first label. */
export function tickTexts(ticks: readonly number[], step: number, kind: TimeKind): string[] {
  if (kind === 'index') return ticks.map(String)
  return ticks.map((time, k) => {
    const iso = new Date(time).toISOString()
    const isNewDay = k === 0 || Math.floor(time / DAY) !== Math.floor(ticks[k - 1] / DAY)
    const isNewYear = k === 0 || iso.slice(0, 4) !== new Date(ticks[k - 1]).toISOString().slice(0, 4)
    const date = isNewYear ? iso.slice(0, 10) : iso.slice(5, 10)
    if (step >= DAY) return date
    const hours = iso.slice(11, step < SECOND ? 23 : step < MINUTE ? 19 : 16)
    return isNewDay ? `${hours}\n${date}` : hours
  })
}

/** At most `digits` significant digits. */
export function numberText(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '-'
  return String(Number(value.toPrecision(digits)))
}
