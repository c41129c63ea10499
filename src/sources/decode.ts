import { createError, TelltaleError } from '../core/errors.js'
import { parseTime } from '../core/parse-time.js'
import { epochMs, epochUnitOf, type TimeUnit } from '../core/time-unit.js'
import { isMissingText, parseNumber, splitRecord } from '../ingest/index.js'
import type { BadMessage, Message, RawMessage } from './contract.js'

/** Where a message says what. A path names a field, with dots for nested ones; `{name}` in a text stands for a part of the topic or a field. */
export interface Mapping {
  readonly time?: string
  readonly timeUnit?: TimeUnit
  readonly device?: string
  /** With `value`: the message is one reading, and this field names its channel. */
  readonly channel?: string
  readonly value?: string
  /** The object that holds the channels; default the message itself. */
  readonly channels?: string
  /** Channels whose field has another name: path by channel. */
  readonly renamed: ReadonlyMap<string, string>
}

const ROLES = ['time', 'device', 'channel', 'value', 'channels'] as const

/**
 * Reads `--map`: `time=ts,device=meta.id,temperature=values.t1`.
 *
 * @param defaults what is known of the training, used where the map says nothing
 * @throws OptionError `option-invalid`
 */
export function parseMapping(
  entries: readonly string[],
  defaults: Pick<Mapping, 'time' | 'device' | 'channel' | 'value'> = {},
  timeUnit?: TimeUnit,
): Mapping {
  const roles: Partial<Record<(typeof ROLES)[number], string>> = {}
  const renamed = new Map<string, string>()
  for (const entry of entries) {
    const [, name, path] = /^([^=]+)=(.+)$/.exec(entry) ?? []
    if (name === undefined)
      throw createError('option-invalid', {
        name: '--map',
        got: entry,
        where: 'the command line or configuration',
        wanted: 'it must be NAME=FIELD, such as time=ts',
      })
    const role = ROLES.find(role => role === name)
    if (role) roles[role] = path
    else renamed.set(name, path)
  }
  return { ...defaults, ...roles, timeUnit, renamed }
}

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
    [mapping.time, mapping.device, mapping.channel, mapping.value, ...mapping.renamed.values()].filter(
      path => path !== undefined,
    ),
  )
  return raw => {
    const tally = { badReadings: 0 }
    try {
      const messages = recordsOf(raw).map(record => messageOf(record, raw.fields ?? {}, mapping, own, tally))
      return { messages, ...tally }
    } catch (error) {
      if (error instanceof Unusable) return { bad: error.bad, detail: error.message }
      throw error
    }
  }
}

function recordsOf({ payload, columns, delimiter = ',', fields, origin }: RawMessage): Fields[] {
  if (payload === undefined) throw new Unusable('too-large', `${origin} is longer than is read`)
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

function messageOf(
  record: Fields,
  topic: Readonly<Record<string, string>>,
  mapping: Mapping,
  own: ReadonlySet<string>,
  tally: { badReadings: number },
): Message {
  const find = (path: string): unknown =>
    at(record, path) ?? (Object.hasOwn(topic, path) ? topic[path] : undefined)
  const device = deviceOf(mapping.device ?? (Object.hasOwn(topic, 'device') ? 'device' : undefined), find)
  const timeMs = mapping.time === undefined ? Number.NaN : timeOf(find(mapping.time), mapping)
  const names: string[] = []
  const values: number[] = []
  const add = (name: string, value: unknown) => {
    const number = numberOf(value)
    if (number === undefined) tally.badReadings++
    names.push(name)
    values.push(number ?? Number.NaN)
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
  if (names.length === 0) throw new Unusable('no-reading', 'it holds no reading')
  return { device, timeMs, names, values }
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

function timeOf(value: unknown, { time, timeUnit }: Mapping): number {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : undefined
  const ms =
    number !== undefined
      ? Number.isFinite(number)
        ? epochMs(number, timeUnit ?? epochUnitOf(number))
        : number
      : typeof value === 'string'
        ? textTime(value)
        : undefined
  if (ms === undefined || !Number.isFinite(ms))
    throw new Unusable('bad-time', `the field ${time} is ${JSON.stringify(value) ?? 'not there'}`)
  return ms
}

/** Undefined for what is no time, or more than one. */
function textTime(text: string): number | undefined {
  try {
    return parseTime(text)
  } catch (error) {
    if (error instanceof TelltaleError) return undefined
    throw error
  }
}

/** NaN for what is not there, undefined for what is no number. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return undefined
  if (isMissingText(value, true)) return Number.NaN
  const number = parseNumber(value)
  return Number.isNaN(number) ? undefined : number
}
