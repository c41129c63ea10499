import { beyondText, comparedWith, type ExplainedChannel, isWithin } from '../explain/index.js'
import { formatNumber, rounded } from './units.js'

type Compared = Pick<ExplainedChannel, 'reading' | 'low' | 'high' | 'history'>

type Expected = Pick<ExplainedChannel, 'low' | 'high' | 'anyReading'>

/** What a channel should read, in a column of it: `1 to 2.5`, `any reading` where the band holds all that it can read, `not known` without a band. */
export function bandText(channel: Expected): string {
  if (channel.anyReading) return 'any reading'
  return hasBand(channel) ? `${formatNumber(channel.low)} to ${formatNumber(channel.high)}` : 'not known'
}

/**
 * What a channel should read, as a part of a sentence.
 *
 * @example
 * import { expectedText } from './expected.js'
 * expectedText({ low: 1, high: 2.5, anyReading: false }) // => 'expected 1 to 2.5'
 * expectedText({ low: -1, high: 1, anyReading: true }) // => 'any reading is expected'
 */
export function expectedText(channel: Expected): string {
  if (channel.anyReading) return 'any reading is expected'
  return hasBand(channel) ? `expected ${bandText(channel)}` : 'what is expected is not known'
}

/** Whether what a channel should read is known. */
export function hasBand({ low, high }: Pick<Compared, 'low' | 'high'>): boolean {
  return !Number.isNaN(low) && !Number.isNaN(high)
}

/** Where a reading in its band lies that the history does not hold; undefined for others. */
export function beyondHistory(channel: Compared): string | undefined {
  const compared = comparedWith(channel)
  return compared.isHistory ? beyondText(channel.reading, compared, value => formatNumber(value)) : undefined
}

/** Outside of its band, or of the range of the history; not where there is none. */
export function isUnusual(channel: Compared): boolean {
  const compared = comparedWith(channel)
  const { reading } = channel
  return !Number.isNaN(reading) && hasBand(compared) && !isWithin(reading, compared.low, compared.high)
}

/** The range of the history for programs, where it is known. */
export function historyJson({ history }: Compared): { history?: object } {
  return history ? { history: { min: rounded(history.min), max: rounded(history.max) } } : {}
}

/** What the band in a picture is, of one event or of a whole series. */
export function bandCaption(channels: number, of: 'event' | 'series'): string {
  if (channels === 1)
    return `what the channel ${of === 'event' ? 'read before' : 'usually reads'}, held to the range of the history`
  return 'what the other channels call for, 4 usual errors to each side'
}
