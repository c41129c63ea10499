import { derivedOf, type Model } from '../model/index.js'
import { historyRange } from './history-range.js'

/** The lowest and the highest reading that a channel can have, infinite where nothing is known to limit it. */
export interface PossibleReadings {
  readonly least: number
  readonly most: number
}

export const UNLIMITED: PossibleReadings = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }

/**
 * What a channel can read: sine and cosine of an angle -1 to 1, a state 0 to 1, the rate of a counter that never ran back 0 and more; another channel of two readings what it read in the history. Cost
 * O(channels that were computed).
 */
export function possibleReadings(
  info: Pick<Model['info'], 'options' | 'switches' | 'channels' | 'schema'>,
  channel: number,
): PossibleReadings {
  const { switches, channels, schema } = info
  const kind = derivedOf(info).find(one => one.channel === channels[channel])?.kind
  const history = historyRange({ schema }, channel)
  if (kind === 'sin' || kind === 'cos') return { least: -1, most: 1 }
  if (kind === 'state') return { least: 0, most: 1 }
  if (kind === 'rate' && history && history.min >= 0) return { ...UNLIMITED, least: 0 }
  if (history && switches?.includes(channels[channel])) return { least: history.min, most: history.max }
  return UNLIMITED
}

/** What a channel should read. NaN where it is not known. */
export interface Band {
  readonly expected: number
  readonly low: number
  readonly high: number
  /** Whether the band holds every reading that the channel can have: then it says nothing. */
  readonly anyReading: boolean
}

/**
 * What is expected and the edges of the band around it, as far as they are possible.
 *
 * @example
 * import { bandOf } from './possible.js'
 * bandOf(0.75, 0.5, { least: 0, most: 1 }) // => { "expected": 0.75, "low": 0.25, "high": 1, "anyReading": false }
 */
export function bandOf(
  expected: number,
  halfBand: number,
  { least, most }: PossibleReadings = UNLIMITED,
): Band {
  const held = (value: number) => Math.min(most, Math.max(least, value))
  const [low, high] = [expected - halfBand, expected + halfBand]
  const anyReading = low <= least && high >= most
  return { expected: held(expected), low: held(low), high: held(high), anyReading }
}
