import { DAY_MS } from './milliseconds.js'
import { createZoneOffsets } from './zone-offset.js'

/** How a reading of a clock on the wall became an instant. */
export type ClockCase = 'plain' | 'skipped' | 'repeated'

export interface ZoneClock {
  /**
   * The instant of a reading, ms since the epoch. A reading that the clock shows twice is the first one, unless time would go
   * back from `previousMs`; in a table that runs backwards the second one, unless time would increase. A reading that the clock skips is taken as if it had not been put forward (RFC 5545).
   */
  toUtc(wallMs: number, previousMs: number, isBackwards?: boolean): number
  /** Of the last reading. */
  readonly lastCase: ClockCase
}

/**
 * The clock of a time zone of the IANA database, daylight saving included. Readings are ms since 1970-01-01 00:00 on the wall.
 * Errors: `option-invalid`. Cost: O(1) but for the days around a change of offset, where a quarter of an hour is looked up once.
 */
export function createZoneClock(zone: string): ZoneClock {
  const offsetAt = createZoneOffsets(zone, '--time-zone')
  let day = Number.NaN
  let before = 0
  let after = 0
  let lastCase: ClockCase = 'plain'
  return {
    get lastCase() {
      return lastCase
    },
    toUtc(wallMs, previousMs, isBackwards = false) {
      lastCase = 'plain'
      const itsDay = Math.floor(wallMs / DAY_MS)
      if (itsDay !== day) {
        day = itsDay
        before = offsetAt((day - 1) * DAY_MS)
        after = offsetAt((day + 2) * DAY_MS)
      }
      const early = wallMs - before
      if (before === after) return early
      const late = wallMs - after
      const isEarly = offsetAt(early) === before
      const isLate = offsetAt(late) === after
      if (isEarly && isLate) {
        lastCase = 'repeated'
        const [first, second] = early < late ? [early, late] : [late, early]
        if (isBackwards)
          return second > previousMs && second - previousMs <= second - first && Number.isFinite(previousMs)
            ? first
            : second
        return first < previousMs && previousMs - first <= second - first ? second : first
      }
      if (!isEarly && !isLate) lastCase = 'skipped'
      return isLate ? late : early
    },
  }
}
