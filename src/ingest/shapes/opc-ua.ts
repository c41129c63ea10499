import { joinSeries, type Series } from './join-series.js'
import { isCell, isRow, type Row, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** One reading of a node. */
interface Reading {
  /** What published it. */
  readonly source: string
  readonly name: string
  readonly time: unknown
  /** null where it is not good. */
  readonly value: unknown
}

/**
 * Messages of OPC UA: those of PubSub as JSON (OPC 10000-14), `{"Messages": [{"Timestamp", "Payload": {"temp": {"Value", "SourceTimestamp", "StatusCode"}}}]}`, with
 * or without the message around them, and flat records of a node each, `{"NodeId", "Value", "SourceTimestamp"}`; one, one per line, or a list.
 */
export const opcUaShape: Shape = {
  name: 'messages of OPC UA',
  isJoined: true,
  mayBe: head => /"Payload":\{/.test(head) || (/"NodeId":"/.test(head) && /"Value":/.test(head)),
  rows(documents, note, _file, known) {
    const records = documents.flatMap(document => (Array.isArray(document) ? document : [document]))
    if (records.length === 0 || !records.every(isRow)) return undefined
    const found = records.map(record => readingsOf(record))
    if (found.includes(undefined)) return undefined
    const readings = found.flatMap(own => own!)
    if (readings.length === 0 || readings.some(({ time }) => time === undefined)) return undefined
    const bad = readings.filter(({ value }) => value === null).length
    if (bad > 0)
      note(`${bad} ${bad === 1 ? 'reading that is' : 'readings that are'} not good are taken as missing`)
    return joinSeries(seriesOf(readings, known?.has(WRITER) === true))
  },
}

/** The readings of one record; none of a message that holds no data, undefined where it is of another shape. */
function readingsOf(record: Row): Reading[] | undefined {
  const { Messages, MessageType, PublisherId } = record
  if (Messages === undefined)
    return isRow(record.Payload) ? payloadReadings(record, PublisherId) : nodeReading(record)
  // A description of the data comes between the data.
  if (typeof MessageType === 'string' && MessageType !== 'ua-data') return []
  const messages = isRow(Messages) ? [Messages] : rowsOf(Messages)
  const found = messages.map(message => payloadReadings(message, PublisherId))
  return found.includes(undefined) ? undefined : found.flatMap(own => own!)
}

function payloadReadings(message: Row, publisher: unknown): Reading[] | undefined {
  const { Payload, Timestamp, DataSetWriterName, DataSetWriterId } = message
  if (!isRow(Payload)) return undefined
  const source = [publisher, DataSetWriterName ?? DataSetWriterId]
    .filter(part => part !== undefined)
    .join(' ')
  return Object.entries(Payload).map(([name, data]) => ({ source, name, ...valueIn(data, Timestamp) }))
}

/** The reading of a record of one node, whose value stands in it or one level deeper. */
function nodeReading(record: Row): Reading[] | undefined {
  const { NodeId, DisplayName, Value, Timestamp } = record
  if (typeof NodeId !== 'string' || Value === undefined) return undefined
  const isDeeper = isRow(Value) && 'Value' in Value
  return [
    { source: '', name: String(DisplayName ?? NodeId), ...valueIn(isDeeper ? Value : record, Timestamp) },
  ]
}

/** A value, alone or with its time and status. A number or text; null where it is neither, or not good. */
function valueIn(data: unknown, sent: unknown): Pick<Reading, 'time' | 'value'> {
  if (!isRow(data)) return { time: sent, value: isCell(data) ? data : null }
  const { SourceTimestamp, ServerTimestamp, StatusCode, Status, Value, Body } = data
  const inner = Value ?? Body ?? null
  const value = isRow(inner) && 'Body' in inner ? inner.Body : inner
  return {
    time: SourceTimestamp ?? ServerTimestamp ?? sent,
    value: isGood(StatusCode ?? Status) && isCell(value) ? value : null,
  }
}

/** Whether a status, a code or its name, is good: the two highest bits of its code are 0. */
function isGood(status: unknown): boolean {
  if (status === undefined || status === null) return true
  if (typeof status === 'number') return status >>> 30 === 0
  if (typeof status === 'string') return /^\d+$/.test(status) ? isGood(Number(status)) : /^good/i.test(status)
  if (!isRow(status)) return false
  return isGood(status.Code ?? status.Symbol ?? 0)
}

/** Column of the source. */
const WRITER = 'writer'

/** One series per name; where several sources have the same name, one per source, which is then a column, as it is where it is read. */
function seriesOf(readings: readonly Reading[], isWanted: boolean): Series[] {
  const sources = new Map<string, Set<string>>()
  for (const { name, source } of readings)
    sources.set(name, (sources.get(name) ?? new Set<string>()).add(source))
  const isShared = isWanted || [...sources.values()].some(own => own.size > 1)
  const series = new Map<string, { tags: Row; samples: [unknown, [[string, unknown]]][] }>()
  for (const { name, source, time, value } of readings) {
    const key = JSON.stringify([source, name])
    const own = series.get(key) ?? { tags: isShared ? { [WRITER]: source } : {}, samples: [] }
    series.set(key, own)
    own.samples.push([time, [[name, value]]])
  }
  // An empty one brings all into the order of their times, also where there is one series.
  return [...[...series.values()].map(own => ({ time: 'time', ...own })), { time: 'time', samples: [] }]
}
