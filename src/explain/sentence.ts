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
    readonly unit?: string
  }[]
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
 * const main = [{ name: 'bearing_temp', reading: 88.1, low: 69.8, high: 74, unit: '°C' }]
 * const facts = { kind: 'drift', main, left: [{ name: 'bearing_temp', after: 0 }], duration: ms => `${ms / 60000} min` }
 * eventSentence(facts) // => 'bearing_temp drifted to 88.1 °C, expected 69.8-74.0; nothing else moved'
 */
export function eventSentence({ kind, main, left, repeated, duration }: SentenceFacts): string {
  if (main.length === 0) return 'no single channel explains it: the channels together are unusual'
  const [first, ...more] = main
  const parts = [readingText(first, kind, repeated === undefined ? undefined : duration(repeated))]
  for (const other of more.slice(0, MOST_NAMED - 1)) parts.push(readingText(other))
  const unnamed = main.length - MOST_NAMED
  if (unnamed > 0) parts.push(`${unnamed} more ${unnamed === 1 ? 'channel is' : 'channels are'} affected`)
  const place = left.findIndex(({ name }) => name === first.name)
  const named = new Set(main.map(({ name }) => name))
  const others = left.filter(({ name }) => name !== first.name)
  if (place >= 0 && others.length > 0) {
    const [earliest] = others
    const gap = Math.abs(earliest.after - left[place].after)
    const order = earliest.after < left[place].after ? 'after' : 'before'
    parts.push(
      gap === 0
        ? `${first.name} and ${earliest.name} left their bands together`
        : `${more.length === 0 ? '' : `${first.name} `}left its band ${duration(gap)} ${order} ${earliest.name}`,
    )
  }
  const rest = others.filter(({ name }) => !named.has(name))
  if (rest.length === 0) parts.push('nothing else moved')
  else if (rest.length > 1 || others[0]?.name !== rest[0].name)
    parts.push(`${rest.length === 1 ? rest[0].name : `${rest.length} other channels`} also moved`)
  return parts.join('; ')
}

type MainChannel = SentenceFacts['main'][number]

function readingText(
  { name, reading, low, high, unit }: MainChannel,
  kind?: string,
  repeated?: string,
): string {
  const digits = decimals(low, high)
  const suffix = unit ? ` ${unit}` : ''
  const value = `${fixed(reading, digits)}${suffix}`
  const verbs: Partial<Record<string, string>> = {
    drift: `drifted to ${value}`,
    frozen: `stayed at ${value}${repeated ? ` for ${repeated}` : ''}`,
    saturation: `stayed at ${value}${repeated ? ` for ${repeated}` : ''}`,
    dropout: Number.isFinite(reading) ? `dropped to ${value}` : 'has no readings',
    spike: `jumped to ${value}`,
    'noise-change': `varied up to ${value}`,
  }
  const band = Number.isFinite(low + high) ? `, expected ${rangeText(low, high, digits)}` : ''
  return `${name} ${(kind && verbs[kind]) ?? value}${band}`
}

/** `69.8-74.0`; with `to` where a minus sign would follow the dash. */
function rangeText(low: number, high: number, digits: number): string {
  return [low, high].map(value => fixed(value, digits)).join(low < 0 || high < 0 ? ' to ' : '-')
}

/** A fixed number of decimals, without the sign of a negative zero. */
function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, '$1')
}

/** Decimals that show the band with three significant digits. */
function decimals(low: number, high: number): number {
  const size = Math.max(Math.abs(low), Math.abs(high), 1e-9)
  const width = Math.max(high - low, 1e-3 * size)
  return Math.max(0, Math.min(6, Number.isFinite(width) ? 1 - Math.floor(Math.log10(width)) : 2))
}
