import type { Model } from '../model/index.js'

/** What a channel read in the history. */
export interface HistoryRange {
  readonly min: number
  readonly max: number
}

/** Share of the range of the history by which a reading must leave it to say something: noise leaves it by a little. */
export const BEYOND = 0.02

/** Undefined where a model does not keep it, and for a channel without a reading in the history. */
export function historyRange(
  { schema }: Pick<Model['info'], 'schema'>,
  channel: number,
): HistoryRange | undefined {
  const { min, max } = schema?.channels[channel] ?? {}
  return typeof min === 'number' && typeof max === 'number' ? { min, max } : undefined
}

/**
 * What a reading is compared with: the band; the range of the history where the band holds a reading that the history does not, because normal samples of a
 * table with long faults are no better than the table, and where no reading of the history lies in the band: faults of other channels call for what never was.
 */
export function comparedWith(channel: {
  readonly reading: number
  readonly low: number
  readonly high: number
  readonly history?: HistoryRange
}): { readonly low: number; readonly high: number; readonly isHistory: boolean } {
  const { reading, low, high, history } = channel
  const isBeyond = history !== undefined && (reading < history.min || reading > history.max)
  const isGuess = history !== undefined && (low > history.max || high < history.min)
  return isBeyond && (isGuess || isWithin(reading, low, high))
    ? { low: history.min, high: history.max, isHistory: true }
    : { low, high, isHistory: false }
}

export function isWithin(reading: number, low: number, high: number): boolean {
  return reading >= low && reading <= high
}

/**
 * Where a reading lies that the history does not hold.
 *
 * @param format writes a reading
 * @example
 * import { beyondText } from './history-range.js'
 * beyondText(71.2, { low: 54.6, high: 65.8 }, String) // => 'above 65.8, the highest of the history'
 */
export function beyondText(
  reading: number,
  { low, high }: { readonly low: number; readonly high: number },
  format: (value: number) => string,
): string {
  return reading > high
    ? `above ${format(high)}, the highest of the history`
    : `below ${format(low)}, the lowest of the history`
}
