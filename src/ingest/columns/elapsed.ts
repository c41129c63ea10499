import type { TimeUnit } from '../../core/time-unit.js'

const UNITS: readonly (readonly [TimeUnit, RegExp])[] = [
  ['us', /^(?:us|µs|μs|micros|microseconds|mikrosekunden)$/],
  ['ms', /^(?:ms|msec|msecs|millis|milliseconds|millisekunden)$/],
  ['s', /^(?:s|sec|secs|second|seconds|sek|sekunden|secondes|segundos|secondi)$/],
  ['min', /^(?:min|mins|minute|minutes|minuten|minutos|minuti)$/],
  ['h', /^(?:h|hr|hrs|hour|hours|std|stunden|heures|horas|ore)$/],
]
const WORDS = new Set(
  'elapsed time t zeit laufzeit messzeit test run since start rel relative relativ total temps tiempo tempo écoulé ecoule from the seit beginn runtime x'.split(
    ' ',
  ),
)
/** Words that name a time since a start without a unit. */
const ALONE =
  /^(?:t|elapsed|elapsed time|time elapsed|laufzeit|messzeit|rel time|relative time|test time|run time|time since start|x time|x value|zeit relativ|relativzeit)$/

/**
 * The unit of a column that is called as the time since a start; undefined for another name, such as that of a counter of hours.
 *
 * @param plain words of the name in small letters, with a blank between
 * @example
 * import { elapsedUnit } from './elapsed.js'
 * elapsedUnit('elapsed ms') // => 'ms'
 */
export function elapsedUnit(plain: string): TimeUnit | undefined {
  if (ALONE.test(plain)) return 's'
  const words = plain.split(' ')
  const unit = UNITS.find(([, form]) => form.test(words.at(-1)!))?.[0]
  return unit !== undefined && words.slice(0, -1).every(word => WORDS.has(word)) ? unit : undefined
}
