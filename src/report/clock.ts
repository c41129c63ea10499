import type { Frame } from '../core/frame.js'
import { createZoneOffsets } from '../core/zone-offset.js'
import { formatInstant } from './units.js'

/** The clock that times are shown by: that of a time zone, or numbers of rows where there are no times. */
export interface Clock {
  /** Its name; undefined where times are numbers of rows. */
  readonly zone: string | undefined
  /** What it shows at an instant, as if that were UTC. */
  wall(timeMs: number): number
  /** `2024-05-01 06:00:00`, or the number of a row. */
  text(timeMs: number): string
}

export function clockOf(timeKind: Frame['timeKind'], zone = 'UTC'): Clock {
  if (timeKind === 'index') return { zone: undefined, wall: time => time, text: String }
  const offsetAt = zone === 'UTC' ? () => 0 : createZoneOffsets(zone, '--time-zone')
  const wall = (time: number) => time + offsetAt(time)
  const text = (time: number) => formatInstant(wall(time), timeKind).replace('T', ' ').replace('Z', '')
  return { zone, wall, text }
}

/** A text with the time zone of its times. */
export const inZone = (text: string, { zone }: Clock) => (zone === undefined ? text : `${text} (${zone})`)

const HOUR_MS = 3_600_000

/** Where the offset of a clock from UTC changes from one instant to another, ms; the first is that at the start. */
export function offsetChanges(
  { wall }: Clock,
  fromMs: number,
  toMs: number,
): [atMs: number, offsetMs: number][] {
  const offsetAt = (time: number) => wall(time) - time
  const changes: [number, number][] = [[fromMs, offsetAt(fromMs)]]
  for (let day = fromMs; day < toMs; day += 24 * HOUR_MS) {
    const next = Math.min(toMs, day + 24 * HOUR_MS)
    if (offsetAt(next) === changes[changes.length - 1][1]) continue
    // Offsets change at whole quarters of an hour.
    let [before, after] = [Math.floor(day / (HOUR_MS / 4)), Math.ceil(next / (HOUR_MS / 4))]
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      if (offsetAt(middle * (HOUR_MS / 4)) === offsetAt(next)) after = middle
      else before = middle
    }
    changes.push([after * (HOUR_MS / 4), offsetAt(next)])
  }
  return changes
}
