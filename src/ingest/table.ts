import type { DerivedChannel, Part } from '../align/index.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { listNames } from '../core/list-names.js'
import { shellWord } from '../core/shell-word.js'
import type { ColumnRole } from './columns/column-role.js'
import type { TableSource } from './files/source.js'
import type { ReadTableOptions } from './read-options.js'
import { openReader, type Reader } from './reader.js'
import { type ReadSummary, summaryNotes } from './summary.js'

export interface Table {
  readonly frame: Frame
  /** `[N]` 0 = normal, 1 = anomalous; absent when the table has no label column. */
  readonly labels?: Uint8Array
  /** Absent when the table has no device column. */
  readonly device?: string
  readonly timeColumn?: string
  readonly labelColumn?: string
  readonly file: string
  readonly sizeBytes: number
  readonly summary: ReadSummary
  /** What every column of the file was taken for, and why. */
  readonly columns: readonly ColumnRole[]
  /** Channels that were computed from columns; `derived` of a later reading computes exactly them. */
  readonly derived: readonly DerivedChannel[]
  /** What was assumed and noticed while reading, as sentences for the user. */
  readonly notes: readonly string[]
}

/**
 * Reads a table into a frame: CSV and TSV (delimiter found), Parquet, JSON and NDJSON, plain, gzip or zstd; one file, a pattern, a folder, standard
 * input (`-`) or a query. Time, label, and whether there is a row per reading, are detected automatically. Every other column is a channel and must
 * hold a finite number in every row, unless the options say otherwise; nothing is skipped, filled or guessed without being counted in `summary`.
 *
 * Errors: `file-not-found`, `file-unreadable`, `data-*` with file, line and column, `limit-columns`, `limit-memory`, `engine-missing`,
 * `query-refused`, `path-outside`, `data-many-devices`. Cost: O(rows * columns), one pass over the file; a second, slower one only to find the line of an error.
 */
export async function readTable(source: TableSource, options: ReadTableOptions = {}): Promise<Table> {
  const tables = await readTables(source, options)
  if (tables.length === 1) return tables[0]!
  const devices = tables.map(({ device }) => device ?? '')
  throw createError('data-many-devices', {
    file: tables[0]!.file,
    count: devices.length,
    column: tables[0]!.summary.deviceColumn ?? 'device',
    got: listNames(devices),
    device: shellWord(devices[0]!),
  })
}

/** Like `readTable`, with one table per device, in the order in which they appear. */
export async function readTables(source: TableSource, options: ReadTableOptions = {}): Promise<Table[]> {
  const collectors = new Map<string, Collector>()
  // Without devices there is one collector: rows are written where they stay.
  const room = (cells: number) => {
    const only = collectors.get('') ?? createCollector(reader, true)
    collectors.set('', only)
    return only.room(cells)
  }
  const reader = await openReader(source, options, Number.POSITIVE_INFINITY, room)
  const { channels, timeKind, summary, sizeBytes, hasLabels } = reader
  for await (const { device, part } of reader.parts) {
    const collector = collectors.get(device) ?? createCollector(reader, collectors.size === 0)
    collectors.set(device, collector)
    collector.add(part)
  }
  const notes = summaryNotes(summary)
  return [...collectors].map(([device, collector]) => {
    const { timeMs, values, labels } = collector.take()
    return {
      frame: { timeMs, timeKind, values, channels },
      labels: hasLabels ? labels : undefined,
      device: summary.deviceColumn === undefined ? undefined : device,
      timeColumn: summary.timeColumn,
      labelColumn: summary.labelColumn,
      file: typeof source === 'string' ? source : 'the query',
      sizeBytes,
      summary,
      columns: summary.columns,
      derived: summary.derived,
      notes,
    }
  })
}

interface Collector {
  /** Memory of the next readings: a part that lies in it is not copied. */
  room(cells: number): Float64Array
  add(part: Part): void
  take(): Pick<Part, 'timeMs' | 'values'> & { readonly labels: Uint8Array }
}

/** Arrays that grow. The first device gets room for all rows, because it is usually the only one. */
function createCollector({ channels, expectedRows }: Reader, isFirst: boolean): Collector {
  const width = channels.length
  let capacity = isFirst ? Math.max(16, expectedRows) : 1024
  let timeMs = new Float64Array(capacity)
  let values = new Float64Array(capacity * width)
  let labels = new Uint8Array(capacity)
  let size = 0
  const grow = (needed: number) => {
    if (needed <= capacity) return
    capacity = Math.ceil(needed * 1.5)
    timeMs = resized(timeMs, capacity)
    values = resized(values, capacity * width)
    const larger = new Uint8Array(capacity)
    larger.set(labels)
    labels = larger
  }
  const isInPlace = ({ buffer, byteOffset }: Float64Array) =>
    buffer === values.buffer && byteOffset === size * width * Float64Array.BYTES_PER_ELEMENT
  return {
    room(cells) {
      grow(size + cells / width)
      return values.subarray(size * width, size * width + cells)
    },
    add(part) {
      const needed = size + part.timeMs.length
      grow(needed)
      timeMs.set(part.timeMs, size)
      if (!isInPlace(part.values)) values.set(part.values, size * width)
      if (part.labels) labels.set(part.labels, size)
      size = needed
    },
    take: () => ({
      timeMs: resized(timeMs, size),
      values: resized(values, size * width),
      labels: labels.slice(0, size),
    }),
  }
}

/** Longer, or shorter: then a view when little would be wasted, else a copy. */
function resized(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (array.length - length <= length / 8 && array.length >= length) return array.subarray(0, length)
  if (array.length > length) return array.slice(0, length)
  const larger = new Float64Array(length)
  larger.set(array)
  return larger
}
