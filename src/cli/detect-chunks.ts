import { createError } from '../core/errors.js'
import { openScores, writeEvents } from '../emit/index.js'
import { type ChunkedTable, summaryNotes, type TableChunk, type TableSource } from '../ingest/index.js'
import {
  type DetectOptions,
  detectStream,
  eventTable,
  type Model,
  notInStream,
  type TimedEvent,
} from '../pipeline/index.js'
import type { Io } from './io.js'
import { isLargerThanMemory } from './larger-than-memory.js'
import { printNotes } from './notes.js'
import { makeFolderOf, pathIn } from './paths.js'
import type { Progress } from './progress.js'

/** Rows of a chunk when the user does not say. */
export const CHUNK_ROWS = 65_536

/** Whether a table is scored chunk by chunk: when the user says so, or when it is larger than memory and nothing stands against it. */
export async function isForChunks(source: TableSource, model: Model, options: DetectOptions) {
  if (options.chunkRows !== undefined) return true
  return !notInStream(model, options) && isLargerThanMemory(source, options.memory)
}

/** The chunks of a table of one device. Errors: `data-many-devices` when a second one comes. */
export async function* oneDevice(table: ChunkedTable): AsyncGenerator<TableChunk> {
  let device: string | undefined
  for await (const chunk of table) {
    device ??= chunk.device
    if (chunk.device !== device) {
      const got = `${device}, ${chunk.device}`
      throw createError('data-many-devices', { file: 'the table', count: 'several', got })
    }
    yield chunk
  }
}

/** What is known of a table that was scored chunk by chunk: its events over the samples that they name, and counts. */
export interface ChunkedDetection extends ReturnType<typeof eventTable> {
  readonly samples: number
  readonly scored: number
  readonly flagged: number
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
  async function* frames() {
    for await (const chunk of oneDevice(table)) yield chunk.frame
  }
  const found: TimedEvent[] = []
  let samples = 0
  let scored = 0
  let flagged = 0
  try {
    for await (const piece of detectStream(model, frames(), options, { signal: io.signal })) {
      if (writer) await writer.write(piece)
      found.push(...piece.events)
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
    return { ...events, samples, scored, flagged }
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
