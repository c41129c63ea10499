import { createError } from './errors.js'

/** Zones change their offset only at multiples of this. */
const QUARTER_MS = 900_000

/**
 * Offset of an IANA time zone from UTC at an instant, ms: local time minus UTC, daylight saving included.
 *
 * @param option the option that gave the zone, for the error
 * @returns Cost: O(1), and one look-up for each quarter of an hour that it is asked about
 * @throws OptionError `option-invalid` for an unknown zone
 */
export function createZoneOffsets(zone: string, option: string): (utcMs: number) => number {
  const format = formatOf(zone, option)
  const known = new Map<number, number>()
  return utcMs => {
    const quarter = Math.floor(utcMs / QUARTER_MS)
    const cached = known.get(quarter)
    if (cached !== undefined) return cached
    const part = Object.fromEntries(
      format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, Number(value)]),
    )
    const { year, month, day, hour, minute, second } = part
    const offset = Date.UTC(year!, month! - 1, day, hour, minute, second) - quarter * QUARTER_MS
    known.set(quarter, offset)
    return offset
  }
}

/**
 * Whether the IANA database of this engine has a zone of that name.
 *
 * @example
 * import { isTimeZone } from './zone-offset.js'
 * [isTimeZone('Europe/Berlin'), isTimeZone('Europe/Atlantis')] // => [true, false]
 */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone, '')
    return true
  } catch {
    return false
  }
}

function formatOf(zone: string, option: string): Intl.DateTimeFormat {
  const numeric = 'numeric'
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric } as const
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      ...fields,
      second: numeric,
      hourCycle: 'h23',
      timeZone: zone,
    })
  } catch (error) {
    const wanted = 'must be a time zone such as Europe/Berlin or UTC'
    throw createError(
      'option-invalid',
      { name: option, got: JSON.stringify(zone), where: 'the command', wanted },
      error,
    )
  }
}
