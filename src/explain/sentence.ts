import { listNames } from '../core/list-names.js'
import { beyondText, comparedWith, type HistoryRange, isWithin } from './history-range.js'
import type { KindOfEvent } from './kind.js'

/** A channel that a sentence names, with its reading. */
interface NamedReading {
  readonly name: string
  readonly reading: number
  readonly low: number
  readonly high: number
  /** Whether the band holds every reading that it can have. */
  readonly anyReading?: boolean
  /** What it read in the history, where that is known. */
  readonly history?: HistoryRange
  /** Decimals that its readings have. */
  readonly decimals: number
  readonly unit?: string
  /** What it did. */
  readonly kind: KindOfEvent['kind']
  /** Of a state: what it is or is no longer, see `stateClause`. */
  readonly state?: string
  /** When it left its band or began to repeat its reading, on the scale of `left`; absent where that is not known. */
  readonly since?: number
  /** How long it repeated this reading, where that is unusual, and whether it did so for longer than is known. */
  readonly repeated?: { readonly length: number; readonly isCut?: boolean }
}

/** What a sentence about an event is made of. */
export interface SentenceFacts {
  /** Channels that explain the event, the main one first. */
  readonly main: readonly NamedReading[]
  /** Channels that repeat a reading and do not explain the event. */
  readonly frozen?: readonly NamedReading[]
  /** A channel that the main one used to move with, and does no longer. */
  readonly apart?: string
  /** Whether the score stays above the threshold whichever channels read as expected. */
  readonly isUnexplained?: boolean
  /** How many channels there are. */
  readonly channels: number
  /** All channels that left their bands, in this order; with the ms, or samples, since the first of them. */
  readonly left: readonly { readonly name: string; readonly after: number; readonly isOld?: true }[]
  /** Channels of two readings that turned as the event began, within their bands. */
  readonly turned?: readonly string[]
  /** States that are none of those that the training had. */
  readonly unknown?: readonly string[]
  /** Channels that went from one level to another as the event began, within their bands: the others call for it. */
  readonly moved?: readonly string[]
  /** Least difference of two beginnings that is said. Default: none is. */
  readonly later?: number
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
 * const main = [{ name: 'bearing_temp', reading: 88.1, low: 69.8, high: 74, decimals: 1, unit: '°C', kind: 'drift' }]
 * const left = [{ name: 'bearing_temp', after: 0 }]
 * const facts = { main, left, channels: 6, duration: ms => `${ms / 60000} min` }
 * eventSentence(facts) // => 'bearing_temp drifted to 88.1 °C, expected 69.8-74.0; nothing else moved'
 */
export function eventSentence(facts: SentenceFacts): string {
  const { main, frozen = [], channels, isUnexplained, unknown = [] } = facts
  const parts =
    main.length > 0
      ? courseParts(facts)
      : [
          channels === 1
            ? 'the reading does not explain the score'
            : 'no single channel explains it: the channels together are unusual',
        ]
  const doubt = main.length > 0 && isUnexplained ? [doubtText(channels)] : []
  const states = unknown.map(name => `${name} is none of the known states`)
  return [...parts, ...frozenParts(frozen, facts), ...states, ...doubt].join('; ')
}

function doubtText(channels: number): string {
  return channels === 1
    ? 'the score stays above the threshold when it reads as expected'
    : 'no channel explains the score'
}

function courseParts(facts: SentenceFacts): string[] {
  const { main, frozen = [], left, apart, channels, turned = [], moved = [], unknown = [], duration } = facts
  const [first, ...more] = main
  const hasLeft = VERBS.has(first.kind) || main.some(one => hasBand(one) && !isInside(one))
  const isQuiet = left.length === 0 && !hasLeft
  const isApart = isQuiet && apart !== undefined
  const parts = [`${readingText(first, duration)}${isApart ? `, no longer moves with ${apart}` : ''}`]
  for (const other of more.slice(0, MOST_NAMED - 1))
    parts.push(`${readingText(other, duration)}${beginningText(other, facts)}`)
  const unnamed = main.slice(MOST_NAMED)
  if (unnamed.length > 0) {
    const what = unnamed.every(({ kind }) => kind === 'frozen') ? 'frozen, too' : 'affected'
    parts.push(`${unnamed.length} more ${unnamed.length === 1 ? 'channel is' : 'channels are'} ${what}`)
  }
  // Without a band it cannot be said what moved.
  if (isQuiet && !hasBand(first)) return parts
  if (isQuiet) {
    if (channels === 1)
      parts.push(
        first.kind === 'level-shift'
          ? 'it went from one level to another between two samples'
          : 'its course is unusual',
      )
    else
      parts.push(
        `no channel left its band${isApart || frozen.length > 0 ? '' : ': their combination is unusual'}`,
      )
    return parts
  }
  const place = left.findIndex(({ name }) => name === first.name)
  const named = new Set(main.map(({ name }) => name))
  const others = left.filter(({ name }) => name !== first.name && !frozen.some(one => one.name === name))
  // Of channels that were outside of their bands before it is not known which one was first.
  const earliest = place >= 0 && !left[place].isOld ? others[0] : undefined
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
    if (moved.length > 0)
      parts.push(
        `${moved.length === 1 ? moved[0] : `${moved.length} other channels`} also went to another level`,
      )
    if (turned.length > 0) parts.push(`${listNames(turned, 2)} turned at the same time`)
    else if (isAlone && moved.length + unknown.length === 0 && channels > main.length)
      parts.push('nothing else moved')
  } else if (!hasMoved) parts.push(`${restText} left ${rest.length === 1 ? 'its band' : 'their bands'}`)
  else parts.push(`${restText} also moved`)
  return parts
}

/** What one or two frozen channels stay at; of more, which they are. */
function frozenParts(frozen: readonly NamedReading[], facts: SentenceFacts): string[] {
  if (frozen.length < MOST_NAMED)
    return frozen.map(one => `${one.name} ${verbText(one, facts.duration)}${beginningText(one, facts)}`)
  const names = frozen.slice(0, MOST_NAMED).map(({ name }) => name)
  const unnamed = frozen.length - MOST_NAMED
  const last = unnamed > 0 ? `${unnamed} more` : names.pop()
  return [`${names.join(', ')} and ${last} repeat their readings`]
}

/** How much later or earlier than the main channel another one began to do something else, where what is said of bands that were left does not show it. */
function beginningText(
  { name, kind, since = Number.NaN }: NamedReading,
  { main: [first], left, later = Number.POSITIVE_INFINITY, duration }: SentenceFacts,
): string {
  const gap = since - (first?.since ?? Number.NaN)
  const haveLeft = [name, first?.name].every(one => left.some(channel => channel.name === one))
  if (kind === first?.kind || haveLeft || !(Math.abs(gap) >= later)) return ''
  return `, beginning ${duration(Math.abs(gap))} ${gap > 0 ? 'later' : 'earlier'}`
}

/** Whether what it should read is known. */
function hasBand({ low, high }: NamedReading): boolean {
  return !Number.isNaN(low) && !Number.isNaN(high)
}

/** In its band, and a reading that the history has. */
function isInside(channel: NamedReading): boolean {
  const { low, high } = comparedWith(channel)
  return isWithin(channel.reading, low, high)
}

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

function readingText(channel: NamedReading, duration: SentenceFacts['duration']): string {
  const { name, reading, state } = channel
  if (state !== undefined) return state
  const { low, high, isHistory } = comparedWith(channel)
  const digits = digitsOf(channel)
  const band = isHistory
    ? beyondText(reading, { low, high }, value => fixed(value, digits))
    : `${isInside(channel) ? 'within its band of' : 'expected'} ${rangeText(low, high, digits)}`
  const isTold = Number.isFinite(low + high) && (isHistory || !channel.anyReading || !isInside(channel))
  const compared = isTold ? `, ${band}` : ''
  const unknown = hasBand(channel) || VERBS.has(channel.kind) ? '' : ', what is expected is not known'
  return `${name} ${verbText(channel, duration)}${compared || unknown}`
}

/** What a channel did: its reading, with a verb for kinds that have one. */
function verbText(channel: NamedReading, duration: SentenceFacts['duration']): string {
  const { kind, reading, unit, repeated } = channel
  const value = Number.isFinite(reading)
    ? `${fixed(reading, digitsOf(channel))}${unit ? ` ${unit}` : ''}`
    : ''
  const length = repeated && `${repeated.isCut ? 'at least ' : ''}${duration(repeated.length)}`
  return VERBS.get(kind)?.(value, length) ?? (value || 'has no reading')
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
function digitsOf(channel: NamedReading): number {
  const { reading, decimals } = channel
  const { low, high } = comparedWith(channel)
  // A channel that was always 0 has the size of what it reads now.
  const size = Math.max(Math.abs(low), Math.abs(high)) || Math.abs(reading) || 1
  const width = Math.max(high - low, 1e-3 * size)
  if (!Number.isFinite(width)) return Math.min(2, decimals)
  const coarse = 1 - Math.floor(Math.log10(width))
  let digits = Math.max(0, Math.min(MOST_DIGITS, Math.max(coarse, Math.min(coarse + 1, decimals))))
  const rounded = (value: number) => Number(value.toFixed(digits))
  const isOutside = reading < low || reading > high
  while (isOutside && digits < MOST_DIGITS && isWithin(rounded(reading), rounded(low), rounded(high)))
    digits++
  return digits
}
