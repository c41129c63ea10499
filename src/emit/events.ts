import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import { textCell } from './cells.js'
import { floatText } from './numbers.js'
import { checkOutputFormat, type OutputOptions, openOutput, writeThrough } from './output.js'
import { createTimeText, timeType } from './times.js'

/** Events of a frame. */
export interface EventTable {
  readonly frame: Frame
  readonly events: readonly AnomalyEvent[]
  /** Time between samples, ms; default: the median step of the frame. */
  readonly stepMs?: number
  /** Where events of several devices are written. */
  readonly device?: string
}

const COLUMNS = ['id', 'start', 'end', 'onset', 'peak', 'score', 'severity', 'channels'] as const
interface Row extends Record<Exclude<(typeof COLUMNS)[number], 'score' | 'severity' | 'channels'>, unknown> {
  readonly device?: string
  readonly score: number
  readonly severity: number
  readonly channels: readonly { readonly name: string; readonly share: number }[]
}

/**
 * Writes `id,start,end,onset,peak,score,severity,channels`, one row per event, as CSV, JSON lines or Parquet by the ending of the
 * file. Sample numbers become times; the end is exclusive: the time of the last sample and one median step. Channels are
 * `name:share;...` in CSV and `[{name, share}]` elsewhere; shares and severity have two decimals.
 * Several tables, one per device, make one file with a first column `device`, the gravest event first.
 * Errors: `format-unknown`, `file-unwritable`; a file is written whole or not at all.
 */
export async function writeEvents(
  file: string,
  table: EventTable | readonly EventTable[],
  options: OutputOptions = {},
): Promise<void> {
  const format = options.format ?? checkOutputFormat(file)
  const isOne = 'frame' in table
  const rows = isOne ? eventRows(table) : deviceRows(table)
  const columns = isOne ? COLUMNS : (['device', ...COLUMNS] as const)
  const { timeKind } = isOne ? table.frame : (table[0]?.frame ?? { timeKind: 'utc' })
  const lines = format === 'csv' ? csvLines(rows, columns) : rows.map(row => `${JSON.stringify(row)}\n`)
  const types = columns.map(name => [name, typeOf(name, timeKind)] as const)
  await writeThrough(await openOutput(file, format, types, options.stream), lines)
}

function typeOf(column: keyof Row, timeKind: Frame['timeKind']): string {
  const time = timeType(timeKind)
  const types = {
    start: time,
    end: time,
    onset: time,
    peak: time,
    score: 'float',
    severity: 'double',
  } as const
  const channels = 'struct(name varchar, share double)[]'
  return { device: 'varchar', id: 'varchar', channels, ...types }[column]
}

function deviceRows(tables: readonly EventTable[]): Row[] {
  const rows = tables.flatMap(table => eventRows(table).map(row => ({ device: table.device ?? '', ...row })))
  return rows.sort((a, b) => b.severity - a.severity || b.score - a.score)
}

function eventRows({ frame, events, stepMs }: EventTable): Row[] {
  const isIndex = frame.timeKind === 'index'
  const step = events.length === 0 || isIndex ? 1 : (stepMs ?? medianStep(frame.timeMs))
  const timeText = createTimeText('utc')
  const time = (ms: number) => (isIndex ? ms : timeText(ms))
  const at = (sample: number) => time(frame.timeMs[sample]!)
  return events.map(event => ({
    id: event.id,
    start: at(event.start),
    end: time(frame.timeMs[event.end - 1]! + step),
    onset: at(event.onset),
    peak: at(event.peak),
    score: Number(floatText(Math.fround(event.score))),
    severity: rounded(event.severity),
    channels: event.channels.map(({ name, share }) => ({ name, share: rounded(share) })),
  }))
}

function* csvLines(rows: readonly Row[], columns: readonly (keyof Row)[]): Generator<string> {
  yield `${columns.join()}\n`
  for (const row of rows) {
    const channels = row.channels.map(({ name, share }) => `${name}:${share.toFixed(2)}`).join(';')
    const device = textCell(row.device ?? '')
    const cells = { ...row, device, id: textCell(String(row.id)), channels: textCell(channels) }
    yield `${columns.map(column => cells[column]).join()}\n`
  }
}

function medianStep(timeMs: Float64Array): number {
  if (timeMs.length < 2) return 0
  const steps = timeMs
    .slice(1)
    .map((t, i) => t - timeMs[i]!)
    .sort()
  return steps[steps.length >> 1]!
}

const rounded = (x: number) => Math.round(x * 100) / 100
