import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Table, tableFromIPC } from '@uwdata/flechette'
import { channelSources } from '../../align/index.js'
import { leftOutNotes } from '../../core/channels.js'
import { createError, TelltaleError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import {
  badCellNotes,
  type Table as ReadTable,
  type ReadTableOptions,
  readTable,
  readWithout,
  trainedRequest,
  unknownStateNotes,
} from '../../ingest/index.js'
import { seriesChannels } from '../../live/index.js'
import type { ModelInfo } from '../../model/index.js'
import type { TaskHooks } from '../../runtime/index.js'
import { readingIn, seriesTimes } from './readings.js'
import { inTemporaryFolder } from './temporary.js'

export interface DecodeJob {
  /** A file of Parquet, or Arrow as a stream or a file. */
  readonly bytes: Uint8Array
  /** Its columns are read as it learnt them; the others are left out. */
  readonly model: Pick<ModelInfo, 'channels' | 'options' | 'training' | 'timeColumn'>
  readonly mostRows: number
}

/** The samples of a table, and what is to be said of them: columns that are neither time nor taken, readings that are not known. */
export interface DecodedTable {
  readonly frame: Frame
  readonly notes: readonly string[]
}

/** Bytes of times and readings: runs of equal values are small in the body. */
const MOST_BYTES = 512 * 1024 * 1024

/**
 * The samples of a table that came as a body. Other columns are left out and named; what is missing is NaN.
 *
 * @throws `request-unreadable` for bytes that are neither; `request-too-large`; `request-invalid` without a column; DataError of reading
 */
export async function decodeTable(job: DecodeJob, hooks: TaskHooks): Promise<DecodedTable> {
  const start = Buffer.from(job.bytes.buffer, job.bytes.byteOffset, Math.min(6, job.bytes.byteLength))
  if (start.toString('latin1', 0, 4) === 'PAR1') return parquetFrame(job, hooks)
  if (start.toString('latin1') === 'ARROW1' || (start.length > 3 && start.readUInt32LE() === 0xffffffff))
    return arrowFrame(job)
  throw createError('request-unreadable', { reason: 'the body is neither Parquet nor Arrow' })
}

function parquetFrame({ bytes, model, mostRows }: DecodeJob, { signal }: TaskHooks): Promise<DecodedTable> {
  return inTemporaryFolder(async folder => {
    const file = join(folder, 'body.parquet')
    await writeFile(file, bytes)
    const { resample: _, ...asTrained } = trainedRequest(model.options)
    const request: ReadTableOptions = {
      ...asTrained,
      expectChannels: model.channels,
      missing: 'keep',
      rows: { end: mostRows + 1 },
      mostBytes: MOST_BYTES,
      signal,
    }
    const read = (given: ReadTableOptions) => readWithout(given, one => readTable(file, one))
    try {
      const { frame, summary } = await read(request).catch(error => readComputed(error, request, read))
      if (summary.stoppedAt !== undefined) throw tooLarge('more', mostRows)
      checkRows(frame.timeMs.length, mostRows)
      const columns = channelSources(model.channels, summary.derived).columns
      const taken = [...columns, ...(summary.timeColumn?.split(',') ?? [])]
      const leftOut = summary.columns.map(({ name }) => name).filter(name => !taken.includes(name))
      const notes = [
        ...leftOutNotes(leftOut),
        ...badCellNotes(summary.badCells),
        ...unknownStateNotes(summary.unknownStates, summary.derived),
      ]
      return { frame, notes }
    } catch (error) {
      // The name of the temporary file says nothing to a client.
      if (error instanceof TelltaleError && 'file' in error.where)
        throw createError(error.code, { ...error.where, file: 'the body' } as never, error)
      throw error
    }
  })
}

/** A table may have the channels of a model themselves in place of the columns that they are computed from. */
function readComputed(
  error: unknown,
  { derived, ...request }: ReadTableOptions,
  read: (request: ReadTableOptions) => Promise<ReadTable>,
): Promise<ReadTable> {
  const isMissing =
    error instanceof TelltaleError && ['data-column-missing', 'data-channels-differ'].includes(error.code)
  if (!isMissing || !derived?.length) throw error
  return read(request).catch(() => Promise.reject(error))
}

function arrowFrame({ bytes, model, mostRows }: DecodeJob): DecodedTable {
  let table: Table
  try {
    table = tableFromIPC(bytes)
  } catch (error) {
    throw createError(
      'request-unreadable',
      { reason: `Arrow: ${(error as Error).message.slice(0, 200)}` },
      error,
    )
  }
  checkRows(table.numRows, mostRows)
  const named = new Set(table.names)
  const time = ['time', model.timeColumn].find(name => name != null && named.has(name))
  const series = seriesChannels(model, name => named.has(name))
  const columns = series.names.map(name => columnOf(table, name))
  const rows = Array.from({ length: table.numRows }, (_, i) =>
    series.names.map((name, c) => readingIn(columns[c][i], series, name, `row ${i + 1}`)),
  )
  const frame = series.frame(
    rows,
    seriesTimes(model, table.numRows, time == null ? undefined : columnOf(table, time)),
  )
  const leftOut = table.names.filter(name => name !== time && !series.names.includes(name))
  return { frame, notes: [...leftOutNotes(leftOut), ...series.notes(rows)] }
}

function columnOf(table: Table, name: string): ArrayLike<unknown> {
  const column = table.getChild(name)
  if (!column)
    throw createError('request-invalid', { where: 'body', reason: `has no column ${name.slice(0, 200)}` })
  try {
    return column.toArray() as ArrayLike<unknown>
  } catch (error) {
    throw createError(
      'request-unreadable',
      { reason: `Arrow: ${(error as Error).message.slice(0, 200)}` },
      error,
    )
  }
}

function checkRows(rows: number, mostRows: number): void {
  if (!(rows <= mostRows)) throw tooLarge(rows > mostRows && rows < 1e15 ? String(rows) : 'more', mostRows)
}

const tooLarge = (got: string, mostRows: number) =>
  createError('request-too-large', { what: 'the table', got: `${got} rows`, wanted: `${mostRows} rows` })
