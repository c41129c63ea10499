import type { KindOfEvent } from './kind.js'

/** What a sentence about an event is made of. */
export interface SentenceFacts {
  readonly kind: KindOfEvent['kind']
  /** Channels that explain the event, the main one first. */
  readonly main: readonly {
    readonly name: string
    readonly reading: number
    readonly low: number
    readonly high: number
    /** Decimals that its readings have. */
    readonly decimals: number
    readonly unit?: string
  }[]
  /** A channel that the main one used to move with, and does no longer. */
  readonly apart?: string
  /** How many channels there are. */
  readonly channels: number
  /** All channels that left their bands, in this order; with the ms, or samples, since the first of them. */
  readonly left: readonly { readonly name: string; readonly after: number }[]
  /** How long a reading was repeated, for kinds in which it is. */
  readonly repeated?: number
  /** How a length of time is written. */
  duration(length: number): string
}

/** Channels that are named at most. */
const MOST_NAMED = 3

/**
 * One sentence about an event, as a technician would say it: reading and expected band of the main channel, who left first, and what else moved.
 *
 * @example
 * import { eventSentence } from './sentence.js'
 * const main = [{ name: 'bearing_temp', reading: 88.1, low: 69.8, high: 74, decimals: 1, unit: '°C' }]
 * const left = [{ name: 'bearing_temp', after: 0 }]
 * const facts = { kind: 'drift', main, left, channels: 6, duration: ms => `${ms / 60000} min` }
 * eventSentence(facts) // => 'bearing_temp drifted to 88.1 °C, expected 69.8-74.0; nothing else moved'
 */
export function eventSentence(facts: SentenceFacts): string {
  const { kind, main, left, repeated, apart, channels, duration } = facts
  if (main.length === 0) return 'no single channel explains it: the channels together are unusual'
  const [first, ...more] = main
  const hasLeft = VERBS.has(kind) || !main.every(isInside)
  const isQuiet = left.length === 0 && !hasLeft
  const isApart = isQuiet && apart !== undefined
  const parts = [
    `${readingText(first, kind, repeated === undefined ? undefined : duration(repeated))}${isApart ? `, no longer moves with ${apart}` : ''}`,
  ]
  for (const other of more.slice(0, MOST_NAMED - 1)) parts.push(readingText(other))
  const unnamed = main.length - MOST_NAMED
  if (unnamed > 0) parts.push(`${unnamed} more ${unnamed === 1 ? 'channel is' : 'channels are'} affected`)
  if (isQuiet) {
    if (channels === 1) parts.push('its course is unusual')
    else parts.push(`no channel left its band${isApart ? '' : ': their combination is unusual'}`)
    return parts.join('; ')
  }
  const place = left.findIndex(({ name }) => name === first.name)
  const named = new Set(main.map(({ name }) => name))
  const others = left.filter(({ name }) => name !== first.name)
  const earliest = place >= 0 ? others[0] : undefined
  if (earliest) {
    const gap = Math.abs(earliest.after - left[place].after)
    const order = earliest.after < left[place].after ? 'after' : 'before'
    parts.push(
      gap === 0
        ? `${first.name} and ${earliest.name} left their bands together`
        : `${more.length === 0 ? '' : `${first.name} `}left its band ${duration(gap)} ${order} ${earliest.name}`,
    )
  }
  const rest = others.filter(({ name }) => !named.has(name) && name !== earliest?.name)
  const hasMoved = hasLeft || rest.length < left.length
  const restText = rest.length === 1 ? rest[0].name : `${rest.length} other channels`
  if (rest.length === 0) {
    const isAlone = earliest === undefined || named.has(earliest.name)
    if (isAlone && channels > main.length) parts.push('nothing else moved')
  } else if (!hasMoved) parts.push(`${restText} left ${rest.length === 1 ? 'its band' : 'their bands'}`)
  else parts.push(`${restText} also moved`)
  return parts.join('; ')
}

type MainChannel = SentenceFacts['main'][number]

const isInside = ({ reading, low, high }: MainChannel) => reading >= low && reading <= high

/** What is said of a reading for kinds that say what it did. */
const VERBS: ReadonlyMap<string, (value: string, repeated?: string) => string> = new Map([
  ['drift', value => `drifted to ${value}`],
  ['frozen', stayedAt],
  ['saturation', stayedAt],
  ['dropout', value => (value === '' ? 'has no readings' : `dropped to ${value}`)],
  ['spike', value => `jumped to ${value}`],
  ['noise-change', value => `varied up to ${value}`],
])

function stayedAt(value: string, repeated?: string): string {
  return `stayed at ${value}${repeated ? ` for ${repeated}` : ''}`
}

function readingText(channel: MainChannel, kind?: string, repeated?: string): string {
  const { name, reading, low, high, unit } = channel
  const digits = digitsOf(channel)
  const value = Number.isFinite(reading) ? `${fixed(reading, digits)}${unit ? ` ${unit}` : ''}` : ''
  const text = VERBS.get(kind ?? '')?.(value, repeated) ?? (value || 'has no reading')
  const band = `${isInside(channel) ? 'within its band of' : 'expected'} ${rangeText(low, high, digits)}`
  return `${name} ${text}${Number.isFinite(low + high) ? `, ${band}` : ''}`
}

/** `69.8-74.0`; with `to` where a minus sign would follow the dash. */
function rangeText(low: number, high: number, digits: number): string {
  return [low, high].map(value => fixed(value, digits)).join(low < 0 || high < 0 ? ' to ' : '-')
}

/** A fixed number of decimals, without the sign of a negative zero. */
function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, '$1')
}

const MOST_DIGITS = 9

/**
 * Decimals that show the width of the band with three significant digits, or with two where the channel has no finer readings; more where a reading outside
 * of the band would look like its edge.
 */
function digitsOf(channel: MainChannel): number {
  const { reading, low, high, decimals } = channel
  // A channel that was always 0 has the size of what it reads now.
  const size = Math.max(Math.abs(low), Math.abs(high)) || Math.abs(reading) || 1
  const width = Math.max(high - low, 1e-3 * size)
  if (!Number.isFinite(width)) return Math.min(2, decimals)
  const coarse = 1 - Math.floor(Math.log10(width))
  let digits = Math.max(0, Math.min(MOST_DIGITS, Math.max(coarse, Math.min(coarse + 1, decimals))))
  const rounded = (value: number) => Number(value.toFixed(digits))
  const isOutside = reading < low || reading > high
  while (
    isOutside &&
    digits < MOST_DIGITS &&
    isInside({ ...channel, reading: rounded(reading), low: rounded(low), high: rounded(high) })
  )
    digits++
  return digits
}
