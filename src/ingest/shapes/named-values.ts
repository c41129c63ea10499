import { isCell, isRow, type Row, rowOf } from './row.js'
import type { Shape } from './shape.js'

const NAMES = [
  'name',
  'id',
  'n',
  'key',
  'tag',
  'sensor',
  'metric',
  'variable',
  'resourceName',
  'field',
  'Name',
]
const VALUES = ['value', 'v', 'val', 'Value', 'reading']
const TIMES = ['timestamp', 'time', 't', 'ts', 'Timestamp']

/** A reading of a list, with a time of its own where it has one. */
interface NamedValue {
  readonly name: string
  readonly value: unknown
  readonly time: unknown
}

/**
 * Messages with a list of readings by their names, as gateways send them: `{"timestamp": ..., "values": [{"id": "p", "v": 20.1}, ...]}`, one, one per
 * line, or a list. The other fields of a message stay columns; counts of messages are left out.
 */
export const namedValuesShape: Shape = {
  name: 'messages with a list of named values',
  isJoined: true,
  mayBe: head =>
    /:\[\{/.test(head) &&
    /"(?:name|id|n|key|tag|sensor|metric|variable|resourceName|field|Name)":"/.test(head),
  rows(documents, note) {
    const messages = documents.flatMap(document => (Array.isArray(document) ? document : [document]))
    const found = messages.map(listOf)
    if (found.length === 0 || found.includes(undefined)) return undefined
    const bad = (found as List[])
      .flatMap(({ readings }) => readings)
      .filter(({ value }) => value === null).length
    if (bad > 0)
      note(
        `${bad} ${bad === 1 ? 'reading that is' : 'readings that are'} not good or empty are taken as missing`,
      )
    return (found as List[]).map(({ message, key, readings }) => {
      const others = Object.entries(message).filter(
        ([name, value]) => name !== key && isCell(value) && !COUNTS.has(name),
      )
      const hasTime = others.some(([name]) => TIMES.includes(name)) || readings[0]!.time === undefined
      return rowOf([
        ...others,
        ...(hasTime ? [] : [['timestamp', readings[0]!.time] as const]),
        ...readings.map(({ name, value }) => [name, value] as const),
      ])
    })
  },
}

/** What counts the messages of a sender, and says nothing of a machine. */
const COUNTS = new Set(['seq', 'sequence', 'seqNo', 'SequenceNumber', 'MessageId', 'messageId', 'uuid'])

interface List {
  readonly message: Row
  readonly key: string
  readonly readings: readonly NamedValue[]
}

/** The one list of named values in a message; undefined where there is none or several. */
function listOf(message: unknown): List | undefined {
  if (!isRow(message)) return undefined
  const lists = Object.entries(message).flatMap(([key, value]) => {
    const readings = Array.isArray(value) && value.length > 0 ? value.map(namedValue) : [undefined]
    return readings.includes(undefined) ? [] : [{ message, key, readings: readings as NamedValue[] }]
  })
  const [list] = lists
  const isOfOneTime = list !== undefined && new Set(list.readings.map(({ time }) => time)).size === 1
  const isEach =
    list !== undefined && new Set(list.readings.map(({ name }) => name)).size === list.readings.length
  const hasTime =
    list !== undefined &&
    (TIMES.some(key => key in message) || list.readings[0]!.time !== undefined || isOrigin(message))
  return lists.length === 1 && isOfOneTime && isEach && hasTime ? list : undefined
}

/** A field of another name that may be the time: a number of that size, or a text that begins as a date. */
const isOrigin = (message: Row) =>
  Object.values(message).some(
    value =>
      (typeof value === 'number' && value > 1e9) ||
      (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)),
  )

function namedValue(item: unknown): NamedValue | undefined {
  if (!isRow(item)) return undefined
  // The most specific one: an id beside a name may be a number of the message.
  const name = NAMES.map(key => item[key]).find(one => typeof one === 'string' && one !== '')
  const key = VALUES.find(one => one in item)
  if (name === undefined || key === undefined || !isCell(item[key])) return undefined
  const own = item.resourceName ?? name
  return {
    name: String(own),
    value: isGood(item) ? item[key] : null,
    time: TIMES.map(one => item[one]).find(isTime),
  }
}

/** Readings that say that they are not good are missing. */
function isGood({ q, quality, good }: Row): boolean {
  const said = q ?? quality ?? good
  return said !== false && !(typeof said === 'string' && /^(?:bad|uncertain|invalid)/i.test(said))
}

const isTime = (value: unknown) => typeof value === 'number' || typeof value === 'string'
