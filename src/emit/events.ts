import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import { textCell } from './cells.js'
import { floatText } from './numbers.js'
import { checkOutputFormat, type OutputOptions, openOutput, writeThrough } from './output.js'
import type { ColumnTypes } from './parquet.js'
import { createTimeText, timeType } from './times.js'

/** Events of a frame. */
export interface EventTable {
  readonly frame: Frame
  readonly events: readonly AnomalyEvent[]
  /** Time between samples, ms; default: the median step of the frame. */
  readonly stepMs?: number
}

const COLUMNS = ['id', 'start', 'end', 'onset', 'peak', 'score', 'p_value', 'severity', 'channels'] as const
type Row = Record<(typeof COLUMNS)[number], unknown>

/**
 * Writes `id,start,end,onset,peak,score,p_value,severity,channels`, one row per event, as CSV, JSON lines or Parquet by the ending of the
 * file. Sample numbers become times; the end is exclusive: the time of the last sample and one median step. Channels are
 * `name:share;...` in CSV and `[{name, share}]` elsewhere; shares and severity have two decimals. A p-value that is not known is null, an empty
 * cell in CSV.
 * Errors: `format-unknown`, `file-unwritable`; a file is written whole or not at all.
 */
export async function writeEvents(
  file: string,
  table: EventTable,
  options: OutputOptions = {},
): Promise<void> {
  const format = options.format ?? checkOutputFormat(file)
  const lines = format === 'csv' ? csvLines(table) : eventRows(table).map(row => `${JSON.stringify(row)}\n`)
  await writeThrough(await openOutput(file, format, columnsOf(table.frame), options.stream), lines)
}

function columnsOf({ timeKind }: Frame): ColumnTypes {
  const time = timeType(timeKind)
  const types = {
    start: time,
    end: time,
    onset: time,
    peak: time,
    score: 'float',
    p_value: 'float',
    severity: 'double',
  } as const
  const channels = 'struct(name varchar, share double)[]'
  return COLUMNS.map(name => [name, { id: 'varchar', channels, ...types }[name]])
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
    p_value: event.pValue === undefined ? null : Number(floatText(Math.fround(event.pValue))),
    severity: rounded(event.severity),
    channels: event.channels.map(({ name, share }) => ({ name, share: rounded(share) })),
  }))
}

function* csvLines(table: EventTable): Generator<string> {
  yield `${COLUMNS.join()}\n`
  for (const [i, row] of eventRows(table).entries()) {
    const channels = table.events[i]!.channels.map(({ name, share }) => `${name}:${share.toFixed(2)}`).join(
      ';',
    )
    const cells = { ...row, id: textCell(String(row.id)), channels: textCell(channels) }
    yield `${COLUMNS.map(column => cells[column]).join()}\n`
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
