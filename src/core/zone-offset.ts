import { createError } from './errors.js'
import { MINUTE_MS } from './milliseconds.js'

/** Zones change their offset only at multiples of this. */
const QUARTER_MS = 900_000

/**
 * Offset from UTC at an instant, ms, of a time zone: a name of the IANA database or an offset such as `+01:00` or `UTC+1`. Local time minus UTC,
 * daylight saving included.
 *
 * @param option the option that gave the zone, for the error
 * @returns Cost: O(1), and one look-up for each quarter of an hour that it is asked about
 * @throws OptionError `option-invalid` for an unknown zone
 */
export function createZoneOffsets(zone: string, option: string): (utcMs: number) => number {
  const fixed = fixedOffset(zone)
  if (fixed !== undefined) return () => fixed
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
 * The offset from UTC of a time zone outside of daylight saving time, as text.
 *
 * @throws OptionError `option-invalid` for an unknown zone
 * @example
 * import { standardOffset } from './zone-offset.js'
 * [standardOffset('Europe/Berlin'), standardOffset('America/St_Johns')] // => ["+01:00", "-03:30"]
 */
export function standardOffset(zone: string): string {
  const offsetAt = createZoneOffsets(zone, '--time-zone')
  const minutes = Math.min(offsetAt(Date.UTC(2024, 0, 1)), offsetAt(Date.UTC(2024, 6, 1))) / MINUTE_MS
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}

/** `+01:00`, `+0100`, `+1`, `UTC+1`, `GMT-04:00`: ms ahead of UTC. */
function fixedOffset(zone: string): number | undefined {
  const [, sign, hours, minutes = '0'] =
    /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(zone.trim()) ?? []
  if (sign === undefined || Number(hours) > 18 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
}

/** Abbreviations that the database of zones knows but people use for several. */
const UNCLEAR = /^(?:[ACEMPBIN][SD]T|BST|SST|[CEM]ST\d?|HST)$/i

/**
 * Whether a text is a time zone: a name that the IANA database of this engine has, or an offset.
 *
 * @example
 * import { isTimeZone } from './zone-offset.js'
 * [isTimeZone('Europe/Berlin'), isTimeZone('Europe/Atlantis')] // => [true, false]
 */
export function isTimeZone(zone: string): boolean {
  try {
    createZoneOffsets(zone, '')
    return true
  } catch {
    return false
  }
}

/** What a field that is to be a time zone wants, in the message of its check. */
export const TIME_ZONE_WANTED = 'must be a time zone such as Europe/Berlin'

function formatOf(zone: string, option: string): Intl.DateTimeFormat {
  const numeric = 'numeric'
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric } as const
  const refuse = (wanted: string, error?: unknown) =>
    createError(
      'option-invalid',
      { name: option, got: JSON.stringify(zone), where: 'the command', wanted },
      error,
    )
  if (UNCLEAR.test(zone))
    throw refuse(
      'abbreviations name several zones: give one such as America/Chicago, or an offset such as -06:00',
    )
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      ...fields,
      second: numeric,
      hourCycle: 'h23',
      timeZone: zone,
    })
  } catch (error) {
    throw refuse('must be a time zone such as Europe/Berlin, UTC or +01:00', error)
  }
}
