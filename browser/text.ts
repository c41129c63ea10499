import type { PackedClock } from '../src/report/timeline/packed-series.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 1440 * MINUTE

export type TimeKind = 'utc' | 'index'

/** What a clock shows at an instant, as if that were UTC. */
export type Wall = (time: number) => number

/** That of a page; UTC without one. */
export function wallOf(clock: PackedClock | undefined): Wall {
  const latestFirst = [...(clock?.offsets ?? [])].reverse()
  const earliest = clock?.offsets[0] ?? [0, 0]
  return time => time + (latestFirst.find(([at]) => at <= time) ?? earliest)[1]
}

/** A time as `2024-01-07 10:23:00` by a clock, with what the step of the series needs; a row number as it is. */
export function instantText(instant: number, kind: TimeKind, wall: Wall, step = SECOND): string {
  if (!Number.isFinite(instant)) return ''
  if (kind === 'index') return `row ${Math.round(instant)}`
  const time = wall(instant)
  const text = new Date(time).toISOString().replace('T', ' ')
  return step >= MINUTE && time % MINUTE === 0 ? text.slice(0, 16) : text.slice(0, step < SECOND ? 23 : 19)
}

/** Labels of a time axis: hours, and the day where it begins or at the first label. */
export function tickTexts(instants: readonly number[], step: number, kind: TimeKind, wall: Wall): string[] {
  if (kind === 'index') return instants.map(String)
  const ticks = instants.map(wall)
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
