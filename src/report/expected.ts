import { beyondText, comparedWith, type ExplainedChannel, isWithin } from '../explain/index.js'
import { formatNumber, rounded } from './units.js'

type Compared = Pick<ExplainedChannel, 'reading' | 'low' | 'high' | 'history'>

/** Where a reading in its band lies that the history does not hold; undefined for others. */
export function beyondHistory(channel: Compared): string | undefined {
  const compared = comparedWith(channel)
  return compared.isHistory ? beyondText(channel.reading, compared, value => formatNumber(value)) : undefined
}

/** Outside of its band, or of the range of the history. */
export function isUnusual(channel: Compared): boolean {
  const { low, high } = comparedWith(channel)
  return !Number.isNaN(channel.reading) && !isWithin(channel.reading, low, high)
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
