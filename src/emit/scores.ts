import { checkFrame } from '../core/check-input.js'
import { REASONS } from '../core/contracts.js'
import { floatText } from '../core/float-text.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { csvCell } from '../core/safe-text.js'
import { checkOutputFormat, type OutputOptions, openOutput, writeThrough } from './output.js'
import type { ColumnTypes } from './parquet.js'
import { createTimeText, timeType } from './times.js'

/** Scores of a frame, one row per sample. */
export interface ScoreTable {
  readonly frame: Frame
  /** `[N]` 1.0 = threshold; NaN where the sample was not scored. */
  readonly score: Float32Array
  /** `[N]` share of healthy scores that are at least as high; NaN where not scored. */
  readonly pValue: Float32Array
  /** `[N]` 0 to 100; NaN where not scored. */
  readonly severity: Float32Array
  /** `[N]` 1 = anomalous. */
  readonly flag: Uint8Array
  /** `[N]` index into `REASONS`: why it was not scored; 0 = it was. */
  readonly reason: Uint8Array
  /** `[N * C]` row-major. */
  readonly residual: Float32Array
  /** Where scores of several devices are written. */
  readonly device?: string
}

/** The common properties of all parts of a file of scores; with `devices` the first column is the device. */
export type ScoreAxis = Pick<Frame, 'channels' | 'timeKind'> & { readonly devices?: boolean }

/** Takes scores part by part. The file appears when it is finished; nothing is left of it when it is abandoned. */
export interface ScoreWriter {
  /** Appends the scores of the next samples; wait for it before the next. */
  write(scores: ScoreTable): Promise<void>
  /** Marks this point; the returned function removes all that was written since. Absent on standard output. */
  mark?(): Promise<() => Promise<void>>
  finish(): Promise<void>
  abandon(): Promise<void>
}

/**
 * Writes `time,score,p_value,severity,flag,reason,residual:<channel>...`, one row per sample, as CSV, JSON lines or Parquet by the ending of the
 * file. Floats are the shortest text that reads back to the same float32. NaN is an empty cell in CSV, null elsewhere.
 * Errors: `format-unknown`, `file-unwritable`; a file is written whole or not at all. Cost O(N * C), constant memory.
 */
export async function writeScores(
  file: string,
  scores: ScoreTable,
  options: OutputOptions = {},
): Promise<void> {
  checkFrame(scores?.frame, 'the output')
  await writeThrough(await openScores(file, scores.frame, options), scores)
}

/** Opens the file that `writeScores` writes, for scores that come part by part. Errors and cost are the same; memory is that of one part. */
export async function openScores(
  file: string,
  { channels, timeKind, devices }: ScoreAxis,
  options: OutputOptions = {},
): Promise<ScoreWriter> {
  const format = options.format ?? checkOutputFormat(file)
  const residuals = channels.map(name => `residual:${name}`)
  const columns: ColumnTypes = [
    ...(devices ? [['device', 'varchar'] as const] : []),
    ['time', timeType(timeKind)],
    ['score', 'float'],
    ['p_value', 'float'],
    ['severity', 'float'],
    ['flag', 'utinyint'],
    ['reason', 'varchar'],
    ...residuals.map(name => [name, 'float'] as const),
  ]
  const output = await openOutput(file, format, columns, options.stream)
  if (format === 'csv') {
    await output.write([
      `${devices ? 'device,' : ''}time,score,p_value,severity,flag,reason${residuals.map(name => `,${csvCell(name)}`).join('')}\n`,
    ])
  }
  const lines = format === 'csv' ? csvLines : jsonLines
  return { ...output, write: scores => output.write(lines(scores)) }
}

function* csvLines(table: ScoreTable): Generator<string> {
  const { frame, score, pValue, severity, flag, reason, residual, device } = table
  const timeText = createTimeText(frame.timeKind)
  const c = frame.channels.length
  const first = device === undefined ? '' : `${csvCell(device)},`
  for (let i = 0; i < sampleCount(frame); i++) {
    const numbers = `${floatText(score[i]!)},${floatText(pValue[i]!)},${floatText(severity[i]!)}`
    let line = `${first}${timeText(frame.timeMs[i]!)},${numbers},${flag[i]},${REASONS[reason[i]!]}`
    for (let j = i * c; j < (i + 1) * c; j++) line += `,${floatText(residual[j]!)}`
    yield `${line}\n`
  }
}

/** Scores as JSON lines, one per sample. */
export function* jsonLines(table: ScoreTable): Generator<string> {
  const { frame, score, pValue, severity, flag, reason, residual, device } = table
  const timeText = createTimeText(frame.timeKind)
  const c = frame.channels.length
  const keys = frame.channels.map(name => `,${JSON.stringify(`residual:${name}`)}:`)
  const first = device === undefined ? '' : `"device":${JSON.stringify(device)},`
  const number = (x: number) => (Number.isFinite(x) ? floatText(x) : 'null')
  for (let i = 0; i < sampleCount(frame); i++) {
    const text = timeText(frame.timeMs[i]!)
    const time = frame.timeKind === 'utc' ? `"${text}"` : text
    const numbers = `"score":${number(score[i]!)},"p_value":${number(pValue[i]!)},"severity":${number(severity[i]!)}`
    let line = `{${first}"time":${time},${numbers},"flag":${flag[i]},"reason":${JSON.stringify(REASONS[reason[i]!])}`
    for (let k = 0; k < c; k++) line += keys[k]! + number(residual[i * c + k]!)
    yield `${line}}\n`
  }
}
