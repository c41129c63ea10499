import { type Decimal, isMissingText, joinCells, parseNumber, splitRecord } from '../ingest/index.js'
import type { BadMessage, Message, RawMessage, Reading } from './contract.js'
import { LONGEST_LINE } from './lines.js'
import type { Mapping } from './mapping.js'
import { createMessageClock, type MessageClock } from './message-time.js'

/** What a raw message says, or why it cannot be used. */
export type Decoded =
  | { readonly messages: readonly Message[]; readonly badReadings: number }
  | { readonly bad: BadMessage; readonly detail: string }

type Fields = Readonly<Record<string, unknown>>
const LONGEST_NAME = 200
// biome-ignore lint/suspicious/noControlCharactersInRegex: names with control characters are refused
const CONTROL = /[\u0000-\u001f\u007f]/

class Unusable extends Error {
  readonly bad: BadMessage

  constructor(bad: BadMessage, detail: string) {
    super(detail)
    this.bad = bad
  }
}

/** Reads messages by a mapping: JSON objects and arrays of them, lines of CSV, plain numbers whose channel is in the topic. Never throws. */
export function createDecoder(mapping: Mapping): (raw: RawMessage) => Decoded {
  const own = new Set(
    [
      mapping.time,
      ...(mapping.time?.split(',') ?? []),
      mapping.device,
      mapping.channel,
      mapping.value,
      ...mapping.renamed.values(),
    ].filter(path => path !== undefined),
  )
  const clock = createMessageClock(mapping.form.times)
  return raw => {
    const tally = { badReadings: 0 }
    if (raw.bad) return { bad: raw.bad.reason, detail: raw.bad.detail }
    try {
      const messages = recordsOf(raw).map(record => messageOf(record, raw, { mapping, own, clock, tally }))
      return { messages, ...tally }
    } catch (error) {
      if (error instanceof Unusable) return { bad: error.bad, detail: error.message }
      throw error
    }
  }
}

function recordsOf({ payload, columns, delimiter = ',', fields, origin }: RawMessage): Fields[] {
  if (payload === undefined)
    throw new Unusable(
      'too-large',
      `it is longer than ${LONGEST_LINE / 1024 ** 2} MB, the longest line that is read`,
    )
  if (fields === undefined && columns === undefined && origin.startsWith('topic '))
    throw new Unusable('bad-topic', `${origin} fits no pattern`)
  if (columns) {
    const { cells, problem } = splitRecord(payload, delimiter)
    if (problem !== undefined) throw new Unusable('ragged-row', problem)
    if (cells.length !== columns.length)
      throw new Unusable('ragged-row', `${cells.length} cells, but the header has ${columns.length}`)
    return [Object.fromEntries(columns.map((name, c) => [name, cells[c]]))]
  }
  let json: unknown
  try {
    json = JSON.parse(payload)
  } catch {
    throw new Unusable('not-json', `${payload.slice(0, 60)} is not JSON`)
  }
  const records = Array.isArray(json) ? json : [json]
  return records.map(record => {
    if (typeof record === 'number' || typeof record === 'boolean') return { value: record }
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) return record as Fields
    throw new Unusable('not-json', `${payload.slice(0, 60)} is no JSON object`)
  })
}

interface Decoding {
  readonly mapping: Mapping
  /** Fields that are no channels. */
  readonly own: ReadonlySet<string>
  readonly clock: MessageClock
  readonly tally: { badReadings: number }
}

function messageOf(
  record: Fields,
  { fields: topic = {}, columns, isGone }: RawMessage,
  { mapping, own, clock, tally }: Decoding,
): Message {
  const find = (path: string): unknown =>
    at(record, path) ?? (Object.hasOwn(topic, path) ? topic[path] : undefined)
  const device = deviceOf(mapping.device ?? (Object.hasOwn(topic, 'device') ? 'device' : undefined), find)
  const timeMs =
    mapping.time === undefined
      ? Number.NaN
      : timeOf(timeField(mapping.time, find), device, record, mapping, clock)
  if (isGone) return { device, timeMs, names: [], values: [], isGone }
  const names: string[] = []
  const values: Reading[] = []
  const { states, decimal } = mapping.form
  const add = (name: string, value: unknown) => {
    const isText = states.has(name) && value !== null && value !== undefined
    const reading = isText ? String(value) : numberOf(value, decimal, columns !== undefined)
    if (reading === undefined) tally.badReadings++
    names.push(name)
    values.push(reading ?? Number.NaN)
  }
  const channelPath = mapping.channel ?? (Object.hasOwn(topic, 'channel') ? 'channel' : undefined)
  const channel = channelPath === undefined ? undefined : find(channelPath)
  if (channel !== undefined) {
    add(String(channel), find(mapping.value ?? 'value'))
  } else {
    const holder = mapping.channels === undefined ? record : at(record, mapping.channels)
    if (typeof holder === 'object' && holder !== null)
      for (const [name, value] of Object.entries(holder))
        if (!own.has(name) && (typeof value !== 'object' || value === null)) add(name, value)
    for (const [name, path] of mapping.renamed) add(name, find(path))
  }
  if (names.length === 0) throw new Unusable('no-reading', `it holds no reading${holderHint(record)}`)
  return { device, timeMs, names, values }
}

/** Names of fields, as far as they are worth reading. */
const listed = (names: readonly string[]) => names.slice(0, 8).join(', ')

/** Readings may lie in an object of their own. */
function holderHint(record: Fields): string {
  const holder = Object.keys(record).find(name => typeof record[name] === 'object' && record[name] !== null)
  return holder === undefined ? '' : `; --map channels=${holder} reads those in ${holder}`
}

function at(record: Fields, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path]
  if (!path.includes('.')) return undefined
  let value: unknown = record
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Fields)[key]
  }
  return value
}

function deviceOf(path: string | undefined, find: (path: string) => unknown): string {
  if (path === undefined) return ''
  const device = path.includes('{')
    ? path.replace(/\{([^}]+)\}/g, (_, name: string) => String(find(name) ?? ''))
    : find(path)
  if ((typeof device !== 'string' && typeof device !== 'number') || device === '')
    throw new Unusable('bad-device', `the field ${path} names no device`)
  const name = String(device)
  if (name.length > LONGEST_NAME || CONTROL.test(name))
    throw new Unusable('bad-device', 'the name of the device is too long or has control characters')
  return name
}

/** The field of the time, or several that make it up: date and clock, or the parts of a calendar. */
function timeField(path: string, find: (path: string) => unknown): unknown {
  const paths = path.split(',')
  if (paths.length === 1 || find(path) !== undefined) return find(path)
  return joinCells(
    paths.map(part => String(find(part) ?? '')),
    paths.length === 2 ? 'blank' : 'calendar',
  )
}

function timeOf(
  value: unknown,
  device: string,
  record: Fields,
  { time }: Mapping,
  clock: MessageClock,
): number {
  const ms = typeof value === 'number' || typeof value === 'string' ? clock(value, device) : Number.NaN
  if (value === undefined)
    throw new Unusable(
      'bad-time',
      `the field ${time} is not there; it holds ${listed(Object.keys(record))}: --map time=FIELD names the one with the time`,
    )
  if (!Number.isFinite(ms)) throw new Unusable('bad-time', `the field ${time} is ${JSON.stringify(value)}`)
  return ms
}

/** NaN for what is not there, undefined for what is no number. @param isCell of delimited text: in JSON a point may stand for the decimals as well */
function numberOf(value: unknown, decimal: Decimal, isCell: boolean): number | undefined {
  if (typeof value === 'number') return value
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return undefined
  if (isMissingText(value, true)) return Number.NaN
  const number = parseNumber(value, isCell || value.includes(',') ? decimal : '.')
  return Number.isNaN(number) ? undefined : number
}
