import { stat } from 'node:fs/promises'
import { createError } from '../core/errors.js'
import { openScores, writeEvents } from '../emit/index.js'
import type { Suppressed } from '../events/index.js'
import { type ChunkedTable, type ReadOptions, summaryNotes } from '../ingest/index.js'
import {
  type DetectOptions,
  detectStream,
  eventTable,
  type Model,
  type ScoredPiece,
  type TimedEvent,
} from '../pipeline/index.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'
import { makeFolderOf, pathIn } from './paths.js'
import type { Progress } from './progress.js'

/** Readings of a chunk when the user does not say how many rows: 2 MB of them, since the work on a chunk holds several copies. */
const CHUNK_READINGS = 2 ** 18
/** Rows of a chunk at least, so that the overlap of chunks does not count, and when late rows are sorted within a chunk. */
const CHUNK_ROWS = { least: 2048, sorting: 65_536 }
/** Bytes in memory while a table is scored whole, per byte of its file: text, and what is compressed. */
const GROWTH = { text: 4, compressed: 20 }

/** Rows of a chunk for tables of so many channels. */
export function chunkRowsOf({ chunkRows, lateRows }: DetectOptions & ReadOptions, channels: number): number {
  if (chunkRows !== undefined) return chunkRows
  return lateRows === 'sort'
    ? CHUNK_ROWS.sorting
    : Math.max(CHUNK_ROWS.least, Math.floor(CHUNK_READINGS / channels))
}

/** Whether a table is scored chunk by chunk: when the user says so, or when it is a large file and nothing stands against it. */
export async function isForChunks(path: string | undefined, options: DetectOptions) {
  if (options.chunkRows !== undefined) return true
  if (path === undefined) return false
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return false
  const growth = /\.(parquet|gz|zst)$/i.test(path) ? GROWTH.compressed : GROWTH.text
  return found.size * growth > options.memory * 2 ** 20
}

/** What is known of a table that was scored chunk by chunk: its events over the samples that they name, and counts. */
export interface ChunkedDetection extends ReturnType<typeof eventTable> {
  readonly samples: number
  readonly scored: number
  readonly flagged: number
  readonly suppressed: Suppressed
  readonly adaptation: ScoredPiece['adaptation']
}

/** Scores a table chunk by chunk and writes scores as they come; the files are in their place only when everything went well. */
export async function detectChunks(
  io: Io,
  model: Model,
  table: ChunkedTable,
  options: DetectOptions,
  progress: Progress,
): Promise<ChunkedDetection> {
  const { timeKind } = table
  const axis = { channels: model.info.channels, timeKind }
  for (const file of [options.scores, options.events])
    if (file !== undefined && file !== '-') await makeFolderOf(pathIn(io, file), file)
  const { stream } = io
  const writer = options.scores && (await openScores(pathIn(io, options.scores), axis, { stream }))
  let device: string | undefined
  async function* frames() {
    for await (const chunk of table) {
      device ??= chunk.device
      if (chunk.device !== device) {
        const got = `${device}, ${chunk.device}`
        throw createError('data-many-devices', { file: 'the table', count: 'several', got })
      }
      yield chunk.frame
    }
  }
  const found: TimedEvent[] = []
  let samples = 0
  let scored = 0
  let flagged = 0
  let suppressed: Suppressed = { inMaintenance: 0, inCoolDown: 0 }
  let adaptation: ScoredPiece['adaptation'] = null
  try {
    for await (const piece of detectStream(model, frames(), options, { signal: io.signal })) {
      if (writer) await writer.write(piece)
      found.push(...piece.events)
      suppressed = piece.suppressed
      adaptation = piece.adaptation
      samples += piece.score.length
      for (const value of piece.score) if (!Number.isNaN(value)) scored++
      for (const value of piece.flag) flagged += value
    }
    const events = eventTable(found, axis)
    const stepMs = model.info.schema?.cadenceMs ?? undefined
    if (options.events) await writeEvents(pathIn(io, options.events), { ...events, stepMs }, { stream })
    await (writer || undefined)?.finish()
    progress.finish()
    printNotes(io, [...summaryNotes(table.summary), ...notJudged(table)])
    return { ...events, samples, scored, flagged, suppressed, adaptation }
  } catch (error) {
    await (writer || undefined)?.abandon()
    throw error
  }
}

function notJudged({ summary }: ChunkedTable): string[] {
  const notes = [
    'scored chunk by chunk: ranges and frozen runs were not compared with the history (`telltale validate` does that), and gaps in time were judged by the cadence of the history',
  ]
  if (summary.labelColumn !== undefined) notes.push('the labels were left out of account')
  return notes
}
