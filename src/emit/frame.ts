import { checkFrame } from '../core/check-input.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { csvCell } from '../core/safe-text.js'
import { checkOutputFormat, openOutput, writeThrough } from './output.js'
import type { ColumnTypes } from './parquet.js'
import { createTimeText, timeType } from './times.js'

/** A frame with its ground truth, if there is one. */
export interface FrameTable {
  readonly frame: Frame
  /** `[N]` written as a last column `label`. */
  readonly labels?: Uint8Array
}

/**
 * Writes `time,<channel>...[,label]` as CSV, JSON lines or Parquet by the ending of the file, in the form that `readTable` reads back to the same
 * values (times to the millisecond). A frame without times gets no time column. NaN is an empty cell, null outside of CSV.
 * Errors: `format-unknown`, `file-unwritable`. Cost O(N * C), constant memory.
 */
export async function writeFrame(file: string, table: FrameTable): Promise<void> {
  const format = checkOutputFormat(file)
  checkFrame(table?.frame, 'the output')
  const output = await openOutput(file, format, columnsOf(table))
  await writeThrough(output, format === 'csv' ? csvLines(table) : jsonLines(table))
}

function columnsOf({ frame, labels }: FrameTable): ColumnTypes {
  return [
    ...(frame.timeKind === 'utc' ? [['time', timeType('utc')] as const] : []),
    ...frame.channels.map(name => [name, 'double'] as const),
    ...(labels ? [['label', 'utinyint'] as const] : []),
  ]
}

function* csvLines(table: FrameTable): Generator<string> {
  yield `${columnsOf(table)
    .map(([name]) => csvCell(name))
    .join()}\n`
  for (const cells of rows(table)) yield `${cells.join()}\n`
}

function* jsonLines(table: FrameTable): Generator<string> {
  const keys = columnsOf(table).map(([name]) => `${JSON.stringify(name)}:`)
  const hasTime = table.frame.timeKind === 'utc'
  for (const cells of rows(table)) {
    const members = cells.map(
      (cell, i) => keys[i] + (cell === '' ? 'null' : i === 0 && hasTime ? `"${cell}"` : cell),
    )
    yield `{${members.join()}}\n`
  }
}

/** The cells of each row as text, empty for NaN. */
function* rows({ frame, labels }: FrameTable): Generator<string[]> {
  const { timeMs, timeKind, values, channels } = frame
  const timeText = createTimeText(timeKind)
  const c = channels.length
  for (let i = 0; i < sampleCount(frame); i++) {
    const cells = timeKind === 'utc' ? [timeText(timeMs[i]!)] : []
    for (let j = i * c; j < (i + 1) * c; j++) cells.push(Number.isNaN(values[j]!) ? '' : String(values[j]))
    if (labels) cells.push(String(labels[i]))
    yield cells
  }
}
