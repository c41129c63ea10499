import { checkParts } from '../core/check-input.js'
import type { AnomalyEvent } from '../core/contracts.js'
import { floatText } from '../core/float-text.js'
import type { Frame } from '../core/frame.js'
import { csvCell } from '../core/safe-text.js'
import { checkOutputFormat, type Output, type OutputOptions, openOutput, writeThrough } from './output.js'
import { createTimeText, timeType } from './times.js'

/** Events of a series. */
export interface EventTable {
  readonly events: readonly AnomalyEvent[]
  readonly timeKind: Frame['timeKind']
  /** Time between samples, ms: an event ends this long after its last sample. Default 0. */
  readonly stepMs?: number
  /** Where events of several devices are written. */
  readonly device?: string
}

const COLUMNS = [
  'id',
  'start',
  'end',
  'onset',
  'peak',
  'score',
  'p_value',
  'severity',
  'channels',
  'kind',
  'verdict',
  'reason',
  'sentence',
] as const
/** One event as a row. */
export interface Row
  extends Record<Exclude<(typeof COLUMNS)[number], 'score' | 'severity' | 'channels'>, unknown> {
  readonly device?: string
  readonly score: number
  readonly severity: number
  readonly channels: readonly { readonly name: string; readonly share: number }[]
}

/**
 * Writes `id,start,end,onset,peak,score,p_value,severity,channels,kind,verdict,reason,sentence`, one row per event, as CSV, JSON lines or Parquet by the ending of the
 * file. Sample numbers become times; the end is exclusive: the time of the last sample plus `stepMs`. Channels are
 * `name:share;...` in CSV and `[{name, share}]` elsewhere; shares and severity have two decimals. A p-value that is not known, and the kind of an event that was not
 * explained, is null, an empty cell in CSV. Several tables, one per device, make one file with a first column `device`, the most severe event first.
 * Errors: `format-unknown`, `file-unwritable`; a file is written whole or not at all.
 */
export async function writeEvents(
  file: string,
  table: EventTable | readonly EventTable[],
  options: OutputOptions = {},
): Promise<void> {
  checkParts({ tables: table }, ['tables'], 'events', 'the output')
  const isOne = 'events' in table
  if (!isOne && !Array.isArray(table)) checkParts(table, ['events'], 'table', 'the output')
  for (const one of isOne ? [table] : table) checkEvents(one)
  const columns = isOne ? COLUMNS : (['device', ...COLUMNS] as const)
  const { timeKind } = isOne ? table : (table[0] ?? { timeKind: 'utc' })
  const rows = isOne ? eventRows(table) : deviceRows(table)
  await writeThrough(await openRows(file, columns, timeKind, options), rows)
}

function checkEvents(table: EventTable): void {
  checkParts(table, ['events'], 'table', 'the output')
  if (!Array.isArray(table.events)) checkParts({ events: undefined }, ['events'], 'table', 'the output')
  for (const event of table.events) checkParts(event, ['times', 'channels'], 'event', 'the output')
}

/** Takes events part by part. The file appears when it is finished; nothing is left of it when it is abandoned. */
export interface EventWriter {
  /** Appends events; wait for it before the next. */
  write(events: readonly AnomalyEvent[]): Promise<void>
  finish(): Promise<void>
  abandon(): Promise<void>
}

/** How the times of events are written. */
export interface EventAxis extends Pick<Frame, 'timeKind'> {
  /** Time between samples, ms: an event ends so long after its last sample. */
  readonly stepMs: number
}

/** Opens the file that `writeEvents` writes, for events that come part by part. Errors are the same; memory is that of one part. */
export async function openEvents(
  file: string,
  axis: EventAxis,
  options: OutputOptions = {},
): Promise<EventWriter> {
  const rows = await openRows(file, COLUMNS, axis.timeKind, options)
  return { ...rows, write: events => rows.write(eventRows({ ...axis, events })) }
}

async function openRows(
  file: string,
  columns: readonly (keyof Row)[],
  timeKind: Frame['timeKind'],
  options: OutputOptions,
): Promise<{ write(rows: readonly Row[]): Promise<void> } & Pick<Output, 'finish' | 'abandon'>> {
  const format = options.format ?? checkOutputFormat(file)
  const types = columns.map(name => [name, typeOf(name, timeKind)] as const)
  const output = await openOutput(file, format, types, options.stream)
  if (format === 'csv') await output.write([`${columns.join()}\n`])
  const lineOf = (row: Row) => (format === 'csv' ? csvLine(row, columns) : `${JSON.stringify(row)}\n`)
  return { ...output, write: rows => output.write(rows.map(lineOf)) }
}

function typeOf(column: keyof Row, timeKind: Frame['timeKind']): string {
  const time = timeType(timeKind)
  const types = {
    start: time,
    end: time,
    onset: time,
    peak: time,
    score: 'float',
    p_value: 'float',
    severity: 'double',
    kind: 'varchar',
    verdict: 'varchar',
    reason: 'varchar',
    sentence: 'varchar',
  } as const
  const channels = 'struct(name varchar, share double)[]'
  return { device: 'varchar', id: 'varchar', channels, ...types }[column]
}

function deviceRows(tables: readonly EventTable[]): Row[] {
  const rows = tables.flatMap(table => eventRows(table).map(row => ({ device: table.device ?? '', ...row })))
  return rows.sort((a, b) => b.severity - a.severity || b.score - a.score)
}

/** Events as rows of a file. */
export function eventRows({ events, timeKind, stepMs = 0 }: EventTable): Row[] {
  const isIndex = timeKind === 'index'
  const step = isIndex ? 1 : stepMs
  const timeText = createTimeText('utc')
  const time = (ms: number) => (isIndex ? ms : timeText(ms))
  return events.map(({ times, ...event }) => ({
    id: event.id,
    start: time(times.startMs),
    end: time(times.lastMs + step),
    onset: time(times.onsetMs),
    peak: time(times.peakMs),
    score: Number(floatText(Math.fround(event.score))),
    p_value: event.pValue === undefined ? null : Number(floatText(Math.fround(event.pValue))),
    severity: rounded(event.severity),
    channels: event.channels.map(({ name, share }) => ({ name, share: rounded(share) })),
    kind: event.explanation?.kind ?? null,
    verdict: event.explanation?.verdict ?? null,
    reason: event.explanation?.reason ?? null,
    sentence: event.explanation?.sentence ?? null,
  }))
}

function csvLine(row: Row, columns: readonly (keyof Row)[]): string {
  const channels = row.channels.map(({ name, share }) => `${name}:${share.toFixed(2)}`).join(';')
  const device = csvCell(row.device ?? '')
  const words = Object.fromEntries(
    (['kind', 'verdict', 'reason', 'sentence'] as const).map(name => [
      name,
      csvCell(String(row[name] ?? '')),
    ]),
  )
  const cells = { ...row, ...words, device, id: csvCell(String(row.id)), channels: csvCell(channels) }
  return `${columns.map(column => cells[column]).join()}\n`
}

const rounded = (x: number) => Math.round(x * 100) / 100
