import { readdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createError, TelltaleError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { sampleCount } from '../core/frame.js'
import { similarName } from '../core/nearest.js'
import type { ParseTimeOptions } from '../core/parse-time.js'
import { scanTime } from '../core/time-text.js'
import { labelsOf, readLabels } from '../evaluate/index.js'
import { readTextFile } from '../files/index.js'
import { splitRecord, type Table } from '../ingest/index.js'
import { parseRanges } from '../pipeline/index.js'
import type { Io } from './io.js'
import { LONGEST_QUOTED, linesOfJson } from './labels-json.js'
import { pathIn } from './paths.js'

/** How times of labels are read, and the row of the table that is the first sample: intervals of samples count from the start of the table. */
type LabelTimes = ParseTimeOptions & { readonly firstRow?: number }

/** An interval of rows of the table as one of samples from row `first` on, cut to them; undefined when it holds none. */
function fromRow(range: string, first: number, samples: number): string | undefined {
  const rows = /^(\d{1,15}):(\d{1,15})$/.exec(range)
  if (rows === null || first === 0) return range
  const [start, end] = [Math.max(0, Number(rows[1]) - first), Math.min(samples, Number(rows[2]) - first)]
  return end <= start ? undefined : `${start}:${end}`
}

/** Of a file of labels. */
const LIMIT_BYTES = 67_108_864

/**
 * A table and its labels: from the file that `--labels` names, from the column of that name, or from the label column that reading detects.
 *
 * Errors: those of `read` and `parseLabels`, and `labels-unknown` when there is neither such a file nor such a column.
 */
export async function readLabelled(
  io: Io,
  labels: string | undefined,
  times: LabelTimes,
  read: (labelColumn: string | undefined) => Promise<Table>,
): Promise<{ readonly table: Table; readonly labels?: Uint8Array }> {
  if (labels === undefined) {
    const table = await read(undefined)
    return { table, labels: table.labels }
  }
  const path = pathIn(io, labels)
  const isFile = (await stat(path).catch(() => undefined))?.isFile() === true
  if (isFile) {
    const table = await read(undefined)
    return {
      table,
      labels: parseLabels(await readTextFile(path, LIMIT_BYTES, { shown: labels }), table.frame, times),
    }
  }
  try {
    const table = await read(labels)
    return { table, labels: table.labels }
  } catch (error) {
    if (error instanceof TelltaleError && isChannel(error, labels))
      throw createError(
        'option-invalid',
        {
          name: '--labels',
          got: JSON.stringify(labels),
          where: 'the command',
          wanted: 'that is a channel of the model: the column or the file of the labels is expected',
        },
        error,
      )
    if (!(error instanceof TelltaleError) || error.code !== 'data-column-missing') throw error
    if (error.where.column !== labels) throw error
    const { file, got, nearest: column } = error.where
    const files = await readdir(dirname(path)).catch(() => [])
    const besides = labels.slice(0, labels.length - (labels.split(/[\\/]/).at(-1)?.length ?? 0))
    const nearest = similarName(labels, [String(column), ...files.map(name => `${besides}${name}`)])
    throw createError('labels-unknown', { name: labels, file, columns: got, nearest }, error)
  }
}

/** Whether reading failed because the column of the labels is a channel that the model lacks then. */
function isChannel({ code, where }: TelltaleError, labels: string): boolean {
  return code === 'data-channels-differ' && String(where.difference).startsWith(`missing ${labels}`)
}

/** Labels of each device of a fleet: from a file of times, or from a column; none for `--no-labels`. */
export async function fleetLabels(io: Io, labels: string | false | undefined) {
  const path = typeof labels === 'string' ? pathIn(io, labels) : undefined
  const isFile = path !== undefined && (await stat(path).catch(() => undefined))?.isFile() === true
  const text = isFile ? await readTextFile(path, LIMIT_BYTES, { shown: String(labels) }) : undefined
  return {
    labelColumn: typeof labels === 'string' && !isFile ? labels : undefined,
    labelsOf(samples: Pick<Table, 'frame' | 'labels'>, times: ParseTimeOptions): Uint8Array | undefined {
      if (labels === false) return undefined
      return text === undefined ? samples.labels : parseLabels(text, samples.frame, times)
    },
  }
}

/**
 * Labels from the text of a file: one 0 or 1 per line, alone or as the last of several cells, or one interval per line, `START,END`, half-open, in
 * samples of the table or in times, or the columns `start` and `end` of a table such as that of `detect --events`; or JSON, as `linesOfJson` reads it. A first line without a
 * digit at its start is a header.
 *
 * Errors: `labels-length`, `labels-value`, `labels-interval`, `option-invalid`.
 */
export function parseLabels(
  given: string,
  frame: Frame,
  { firstRow = 0, ...times }: LabelTimes = {},
): Uint8Array {
  const split = (text: string) => linesOf(text, sampleCount(frame))
  const json = linesOfJson(given, split)
  const all = json ?? split(given)
  const lines = namedIntervals(all) ?? all
  const rows = lines.slice(json || startsData(lines[0] ?? '0') ? 0 : 1)
  // No list of intervals ends them all at sample 0 or 1: several such lines are samples, each with its label last.
  const ends = rows.map(lastLabel)
  const perSample = rows.length > 1 && ends.every(end => end !== undefined)
  if (perSample || !rows.some(line => /[,;:]|\.\./.test(line)))
    return readLabels(
      rows.map((line, i) => Number(ends[i] ?? (line.trim().replaceAll('"', '') || Number.NaN))),
      sampleCount(frame),
    )
  const samples = sampleCount(frame)
  const intervals = rows.flatMap(line => {
    const range = fromRow(rangeOf(line), firstRow, samples)
    return range === undefined
      ? []
      : parseRanges(range, frame, {
          ...times,
          name: 'an interval of --labels',
          place: `the line ${JSON.stringify(line.trim().slice(0, LONGEST_QUOTED))}`,
        })
  })
  return labelsOf(intervals, sampleCount(frame))
}

/** Whether a line is no header: it begins with a digit, or with a time. */
function startsData(line: string): boolean {
  const [first = ''] = line.split(/[,;\t]|\.\./, 1)
  return /^\s*["']?\d/.test(first) || scanTime(first.replaceAll('"', '')) !== undefined
}

/** Characters of the header of a table of intervals. */
const LONGEST_HEADER = 65_536

/** The intervals of a table whose header names `start` and `end`, such as that of `detect --events`; undefined for another. */
function namedIntervals([header = '', ...rows]: readonly string[]): string[] | undefined {
  if (header.length > LONGEST_HEADER) return undefined
  const delimiter = [',', ';', '\t'].find(one => header.includes(one)) ?? ','
  const names = splitRecord(header, delimiter).cells.map(name => name.trim().toLowerCase())
  const [start, end] = [names.indexOf('start'), names.indexOf('end')]
  if (start < 0 || end < 0) return undefined
  return rows.map(row => {
    const { cells } = splitRecord(row, delimiter)
    return `${cells[start] ?? ''},${cells[end] ?? ''}`
  })
}

/** There is at most one line per sample, and some that are blank. */
const BLANK_LINES = 4

/** The lines of a text that are not blank. Errors: `labels-length` when they are far more than samples, before any is split off. */
function linesOf(text: string, samples: number): string[] {
  const most = BLANK_LINES * (samples + 1)
  const count = lineCount(text, most)
  if (count > most) throw createError('labels-length', { got: count, wanted: samples })
  return text.split(/\r?\n/).filter(line => line.trim() !== '')
}

/** Lines of a text; it stops counting beyond `most`. */
function lineCount(text: string, most: number): number {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0 && count <= most; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** The 0 or 1 in the last of several cells; undefined when there is none. */
function lastLabel(line: string): string | undefined {
  const trimmed = line.trimEnd()
  const at = Math.max(...[',', ';', '\t'].map(separator => trimmed.lastIndexOf(separator)))
  const cell =
    at < 0
      ? ''
      : trimmed
          .slice(at + 1)
          .trim()
          .replace(/^"|"$/g, '')
  return cell === '0' || cell === '1' ? cell : undefined
}

/** A line of two fields as `A:B` or `FROM..TO`; a line that is a range already stays. */
function rangeOf(line: string): string {
  const fields = line.split(/[,;\t]/, 2).map(field => field.trim().replaceAll('"', ''))
  if (fields.length === 1) return fields[0]
  const [start, end] = fields
  if (fields.length < 2 || start === '' || end === '')
    throw createError('option-invalid', {
      name: '--labels',
      got: line.slice(0, LONGEST_QUOTED),
      where: 'the file',
      wanted: 'it must have one 0 or 1 per line, or one interval START,END per line',
    })
  return /^\d+$/.test(start) && /^\d+$/.test(end) ? `${start}:${end}` : `${start}..${end}`
}
