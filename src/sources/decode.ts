import { counted } from '../core/counted.js'
import { TelltaleError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'
import {
  type Decimal,
  isMissingText,
  isYear,
  joinCells,
  joinOf,
  jsonRows,
  lineRows,
  type MessageRows,
  parseNumber,
  splitRecord,
  stateText,
} from '../ingest/index.js'
import { type Advice, COMMAND_ADVICE } from './advice.js'
import type { BadMessage, Message, RawMessage, Reading } from './contract.js'
import { LONGEST_LINE } from './lines.js'
import type { ComputedField, Mapping } from './mapping.js'
import { createMessageClock, type MessageClock } from './message-time.js'

/** What a raw message says, or why it cannot be used. */
export type Decoded =
  | {
      readonly messages: readonly Message[]
      /** Readings of channels that are no numbers and no known states: their messages are used. */
      readonly badReadings: number
      /** The first of each field; absent where there is none. */
      readonly unread?: readonly UnreadField[]
    }
  | { readonly bad: BadMessage; readonly detail: string }

/** A field whose reading is no number: it is missing; or no known state: it is none of them. */
export interface UnreadField {
  readonly name: string
  readonly reason: 'no-number' | 'unknown-state'
  /** What is wrong with it, and what helps. */
  readonly detail: string
}

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

export interface DecoderOptions {
  /** Channels that are read: they decide how series are named. Default: none is known. */
  readonly channels?: ReadonlySet<string>
  /** Default: that for users of the command line. */
  readonly advice?: Advice
  /** Is called with the form of messages that are no plain objects or rows, as a sentence. */
  onNote?(kind: string, text: string): void
}

/**
 * Reads messages by a mapping: JSON objects and arrays of them, JSON and lines in the forms that tables are read in, lines of CSV, plain numbers whose
 * channel is in the topic. Never throws.
 */
export function createDecoder(mapping: Mapping, options: DecoderOptions = {}): (raw: RawMessage) => Decoded {
  const own = new Set(
    [
      ...[mapping.time, mapping.otherTime].flatMap(path => [path, ...(path?.split(',') ?? [])]),
      mapping.device,
      mapping.channel,
      ...(mapping.channel?.split(',') ?? []),
      mapping.value,
      ...mapping.renamed.values(),
    ].filter(path => path !== undefined),
  )
  const clock = createMessageClock(mapping.form.times)
  const { channels = new Set(), advice = COMMAND_ADVICE } = options
  const known = new Set([...own, ...channels])
  const nested = [...channels].filter(name => name.includes('.') && !mapping.renamed.has(name))
  const isMapped = mapping.channel !== undefined || mapping.channels !== undefined || mapping.renamed.size > 0
  const forms: Forms = {
    isPlain(record) {
      if (!hasTime(mapping)) return true
      const find = (path: string) => at(record, path)
      const time = timeField(timePath(mapping, record, find), find)
      return isTime(time) && (isMapped || hasOne(record, channels))
    },
    take(found) {
      options.onNote?.(`form ${found.form}`, `messages are read as ${found.form}`)
      return found.rows
    },
    known,
  }
  return raw => {
    const unread = new Map<string, UnreadField>()
    const tally = { badReadings: 0 }
    const onUnread = (name: string, value: unknown) => {
      if (channels.size > 0 && !channels.has(name)) return
      tally.badReadings++
      if (!unread.has(name))
        unread.set(name, unreadField(name, value, mapping.form.states.get(name), channels.size > 0, advice))
    }
    if (raw.bad) return { bad: raw.bad.reason, detail: raw.bad.detail }
    try {
      const messages = recordsOf(raw, forms).map(record =>
        messageOf(record, raw, { mapping, own, channels, nested, clock, advice, onUnread }),
      )
      return { messages, ...tally, ...(unread.size > 0 && { unread: [...unread.values()] }) }
    } catch (error) {
      if (error instanceof Unusable) return { bad: error.bad, detail: error.message }
      throw error
    }
  }
}

/** Forms of messages besides plain objects. */
interface Forms {
  /** Whether an object says its time and holds a channel, so that it is a message as it is. */
  isPlain(record: Fields): boolean
  take(found: MessageRows): readonly Fields[]
  /** Columns and channels that are read. */
  readonly known: ReadonlySet<string>
}

/** Whether a message holds a channel; so it is taken where none is known. */
function hasOne(record: Fields, channels: ReadonlySet<string>): boolean {
  if (channels.size === 0) return true
  for (const name of channels) if (at(record, name) !== undefined) return true
  return false
}

const isTime = (value: unknown) => typeof value === 'number' || typeof value === 'string'

function recordsOf({ payload, columns, row, fields, origin }: RawMessage, forms: Forms): readonly Fields[] {
  if (payload === undefined)
    throw new Unusable(
      'too-large',
      `it is longer than ${LONGEST_LINE / 1024 ** 2} MB, the longest line that is read`,
    )
  if (fields === undefined && columns === undefined && origin.startsWith('topic '))
    throw new Unusable('bad-topic', `${origin} fits no pattern`)
  if (columns) {
    const { cells, problem } = row ?? splitRecord(payload, ',')
    if (problem !== undefined) throw new Unusable('ragged-row', problem)
    if (cells.length !== columns.length)
      throw new Unusable(
        'ragged-row',
        `${counted(cells.length, 'cell')}, but the header has ${columns.length}`,
      )
    return [Object.fromEntries(columns.map((name, c) => [name, cells[c]]))]
  }
  let json: unknown
  try {
    json = JSON.parse(payload)
  } catch {
    const lines = lineRows(payload, forms.known)
    if (lines !== undefined) return forms.take(lines)
    throw new Unusable('not-json', `${payload.slice(0, 60)} is not JSON`)
  }
  const shaped = hasPlain(json, forms) ? undefined : shapedOf(payload, json, forms)
  if (shaped !== undefined) return forms.take(shaped)
  const records = Array.isArray(json) ? json : [json]
  return records.map(record => {
    if (typeof record === 'number' || typeof record === 'boolean') return { value: record }
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) return record as Fields
    throw new Unusable('not-json', `${payload.slice(0, 60)} is no JSON object`)
  })
}

/** Whether a message is an object with its time, a list of such, or a value. */
function hasPlain(json: unknown, { isPlain }: Forms): boolean {
  const first = Array.isArray(json) ? json[0] : json
  return typeof first !== 'object' || first === null || (!Array.isArray(first) && isPlain(first as Fields))
}

function shapedOf(payload: string, json: unknown, { known }: Forms): MessageRows | undefined {
  try {
    return jsonRows(payload, json, known)
  } catch (error) {
    if (error instanceof RangeError) throw new Unusable('no-reading', 'it is nested too deep')
    if (error instanceof TelltaleError) throw new Unusable('no-reading', error.message)
    throw error
  }
}

interface Decoding {
  readonly mapping: Mapping
  /** Fields that are no channels. */
  readonly own: ReadonlySet<string>
  /** Those that are known. */
  readonly channels: ReadonlySet<string>
  /** Channels in objects within a message. */
  readonly nested: readonly string[]
  readonly clock: MessageClock
  readonly advice: Advice
  /** Takes each reading that is no number, and each text that is no known state. */
  onUnread(name: string, value: unknown): void
}

function messageOf(
  record: Fields,
  { fields: topic = {}, columns, isGone }: RawMessage,
  { mapping, own, channels, nested, clock, advice, onUnread }: Decoding,
): Message {
  const find = (path: string): unknown =>
    at(record, path) ?? (Object.hasOwn(topic, path) ? topic[path] : undefined)
  const device = deviceOf(
    mapping.device ?? (Object.hasOwn(topic, 'device') ? 'device' : undefined),
    find,
    advice,
  )
  const path = hasTime(mapping) ? timePath(mapping, record, find) : undefined
  const timeMs =
    path === undefined ? Number.NaN : timeOf(timeField(path, find), device, record, mapping, clock, advice)
  if (isGone) return { device, timeMs, names: [], values: [], isGone }
  const names: string[] = []
  const values: Reading[] = []
  const { states, decimal, computed } = mapping.form
  const add = (name: string, value: unknown) => {
    const source = computed?.get(name)
    if (source !== undefined) throw new Unusable('computed-channel', computedDetail(name, source))
    const known = isHolder(value) || value === null || value === undefined ? undefined : states.get(name)
    const reading = known ? String(value) : numberOf(value, decimal, columns !== undefined)
    if (reading === undefined || (known && isUnknownState(String(value), known))) onUnread(name, value)
    names.push(name)
    values.push(reading ?? Number.NaN)
  }
  // A list or an object is no reading, so that a message with nothing else holds none.
  const addField = (name: string, value: unknown) => {
    if (!isHolder(value)) add(name, value)
    else if (channels.has(name)) onUnread(name, value)
  }
  const channelPath = mapping.channel ?? (Object.hasOwn(topic, 'channel') ? 'channel' : undefined)
  const channel = channelPath === undefined ? undefined : channelOf(channelPath, find)
  if (channel !== undefined) {
    add(String(channel), find(mapping.value ?? 'value'))
  } else {
    const holder = mapping.channels === undefined ? record : at(record, mapping.channels)
    if (typeof holder === 'object' && holder !== null)
      for (const [name, value] of Object.entries(holder))
        if (!own.has(name) && name !== path) addField(name, value)
    for (const name of holder === record ? nested : []) {
      const value = Object.hasOwn(record, name) ? undefined : at(record, name)
      if (value !== undefined) addField(name, value)
    }
    for (const [name, path] of mapping.renamed) add(name, find(path))
  }
  if (names.length === 0) throw new Unusable('no-reading', `it holds no reading${holderHint(record, advice)}`)
  return { device, timeMs, names, values }
}

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null

const isUnknownState = (text: string, known: ReadonlySet<string>): boolean =>
  !known.has(stateText(text)) && !isMissingText(text, true)

/** Names of fields, as far as they are worth reading. */
const listed = (names: readonly string[]) => names.slice(0, 8).join(', ')

/** Readings may lie in an object of their own. */
function holderHint(record: Fields, advice: Advice): string {
  const holder = Object.keys(record).find(name => isHolder(record[name]))
  return holder === undefined ? '' : `; ${advice.holder(holder)}`
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

function deviceOf(path: string | undefined, find: (path: string) => unknown, advice: Advice): string {
  if (path === undefined) return ''
  const device = path.includes('{')
    ? path.replace(/\{([^}]+)\}/g, (_, name: string) => String(find(name) ?? ''))
    : find(path)
  if ((typeof device !== 'string' && typeof device !== 'number') || device === '')
    throw new Unusable('bad-device', `the field ${path} names no device: ${advice.noDevice}`)
  const name = String(device)
  if (name.length > LONGEST_NAME || CONTROL.test(name))
    throw new Unusable('bad-device', 'the name of the device is too long or has control characters')
  return name
}

/** The name of the channel in one field, or in several that are joined as those of a table. */
function channelOf(path: string, find: (path: string) => unknown): unknown {
  const own = find(path)
  if (own !== undefined || !path.includes(',')) return own
  const parts = path.split(',').map(part => String(find(part.trim()) ?? '').trim())
  return parts.every(part => part === '') ? undefined : parts.filter(part => part !== '').join(' ')
}

/** A mapping that says where the time is. */
type Timed = Mapping & { readonly time: string }
const hasTime = (mapping: Mapping): mapping is Timed => mapping.time !== undefined

/** The field of the time, which may differ in case alone; the other one of the mapping where a message has none of this name. */
function timePath({ time, otherTime }: Timed, record: Fields, find: (path: string) => unknown): string {
  if (find(time) !== undefined) return time
  const alike = Object.keys(record).filter(name => name.toLowerCase() === time.toLowerCase())
  if (alike.length === 1) return alike[0]
  const hasOther =
    otherTime?.split(',').every(part => find(part) !== undefined) ||
    (otherTime !== undefined && find(otherTime) !== undefined)
  return hasOther ? (otherTime as string) : time
}

/** The field of the time, or several that make it up: date and clock, or the parts of a calendar. */
function timeField(path: string, find: (path: string) => unknown): unknown {
  const paths = path.split(',')
  if (paths.length === 1 || find(path) !== undefined) return find(path)
  return joinCells(
    paths.map(part => String(find(part) ?? '')),
    joinOf(paths),
  )
}

function timeOf(
  value: unknown,
  device: string,
  record: Fields,
  { time }: Mapping,
  clock: MessageClock,
  advice: Advice,
): number {
  const ms = typeof value === 'number' || typeof value === 'string' ? clock(value, device) : Number.NaN
  if (value === undefined)
    throw new Unusable(
      'bad-time',
      `the field ${time} is not there; it holds ${listed(Object.keys(record))}: ${advice.noTime}`,
    )
  if (!Number.isFinite(ms))
    throw new Unusable(
      'bad-time',
      isYear(Number(value))
        ? `the field ${time} is ${value}, a year or a count of seconds: ${advice.timeUnit}; years are read by a model whose history has them in a column year`
        : `the field ${time} is ${JSON.stringify(value)}: ${advice.timeFormat}`,
    )
  return ms
}

/** NaN for what is not there, undefined for what is no number. @param isCell of delimited text: in JSON a point may stand for the decimals as well */
function numberOf(value: unknown, decimal: Decimal, isCell: boolean): number | undefined {
  if (typeof value === 'number') return Math.abs(value) === Number.POSITIVE_INFINITY ? undefined : value
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return undefined
  if (isMissingText(value, true)) return Number.NaN
  const number = parseNumber(value, isCell || value.includes(',') ? decimal : '.')
  return Number.isNaN(number) ? undefined : number
}

/**
 * What is wrong with a reading that cannot be used, and what helps.
 *
 * @param states the known texts of a column of states
 * @param isKnown whether a model reads the channel
 */
function unreadField(
  name: string,
  value: unknown,
  states: ReadonlySet<string> | undefined,
  isKnown: boolean,
  advice: Advice,
): UnreadField {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value).slice(0, 60)
  if (states && !isHolder(value)) {
    const detail = `${name} is ${text}, none of the states that the model knows (${listNames([...states], 6)}), so it counts as none of them: correct the text, or train the model on data with this state`
    return { name, reason: 'unknown-state', detail }
  }
  if (states) {
    const detail = `${name} is ${text}, which is no text: send that of a state, or null where there is none`
    return { name, reason: 'no-number', detail }
  }
  const hasComma = typeof value === 'string' && !Number.isNaN(parseNumber(value, ','))
  const help = hasComma
    ? advice.decimal
    : isKnown
      ? 'the model learnt numbers of it, so send a number, or null where there is none'
      : 'only numbers are learnt from messages; `telltale train` of a recording of them makes channels of its texts as well'
  return { name, reason: 'no-number', detail: `${name} is ${text}, which is no number: ${help}` }
}

function computedDetail(name: string, { from, kind, value }: ComputedField): string {
  const reading =
    kind === 'state'
      ? `with its text, such as ${JSON.stringify(value)}`
      : kind === 'rate'
        ? 'as it counts'
        : 'in degrees'
  return `${name} is computed from ${from}: send ${from} ${reading}`
}
