import { type Frame, sampleCount } from '../core/frame.js'
import { textCell } from './cells.js'
import { floatText } from './numbers.js'
import { checkOutputFormat, type OutputOptions, writeLines } from './output.js'
import { createTimeText } from './times.js'

/** Scores of a frame, one row per sample. */
export interface ScoreTable {
  readonly frame: Frame
  /** `[N]` 1.0 = threshold; NaN where the sample was not scored. */
  readonly score: Float32Array
  /** `[N]` 1 = anomalous. */
  readonly flag: Uint8Array
  /** `[N]` or a function of the sample: why it was not scored, empty when it was. */
  readonly reason: readonly string[] | ((sample: number) => string)
  /** `[N * C]` row-major. */
  readonly residual: Float32Array
}

/**
 * Writes `time,score,flag,reason,residual:<channel>...`, one row per sample, as CSV or JSON lines by the ending of the
 * file. Floats are the shortest text that reads back to the same float32. NaN is an empty cell in CSV, null in JSON.
 * Errors: `format-unknown`, `file-unwritable`; a file is written whole or not at all. Cost O(N * C), constant memory.
 */
export async function writeScores(
  file: string,
  scores: ScoreTable,
  options: OutputOptions = {},
): Promise<void> {
  const format = options.format ?? checkOutputFormat(file)
  await writeLines(file, format === 'csv' ? csvLines(scores) : jsonLines(scores), options.stream)
}

function* csvLines({ frame, score, flag, reason, residual }: ScoreTable): Generator<string> {
  const reasonOf = typeof reason === 'function' ? reason : (i: number) => reason[i]!
  const timeText = createTimeText(frame.timeKind)
  const c = frame.channels.length
  yield `time,score,flag,reason${frame.channels.map(name => `,${textCell(`residual:${name}`)}`).join('')}\n`
  for (let i = 0; i < sampleCount(frame); i++) {
    let line = `${timeText(frame.timeMs[i]!)},${floatText(score[i]!)},${flag[i]},${textCell(reasonOf(i))}`
    for (let j = i * c; j < (i + 1) * c; j++) line += `,${floatText(residual[j]!)}`
    yield `${line}\n`
  }
}

function* jsonLines({ frame, score, flag, reason, residual }: ScoreTable): Generator<string> {
  const reasonOf = typeof reason === 'function' ? reason : (i: number) => reason[i]!
  const timeText = createTimeText(frame.timeKind)
  const c = frame.channels.length
  const keys = frame.channels.map(name => `,${JSON.stringify(`residual:${name}`)}:`)
  const number = (x: number) => (Number.isFinite(x) ? floatText(x) : 'null')
  for (let i = 0; i < sampleCount(frame); i++) {
    const text = timeText(frame.timeMs[i]!)
    const time = frame.timeKind === 'utc' ? `"${text}"` : text
    let line = `{"time":${time},"score":${number(score[i]!)},"flag":${flag[i]},"reason":${JSON.stringify(reasonOf(i))}`
    for (let k = 0; k < c; k++) line += keys[k]! + number(residual[i * c + k]!)
    yield `${line}}\n`
  }
}
