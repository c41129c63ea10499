import { createError } from '../core/errors.js'
import { openEvents, openScores } from '../emit/index.js'
import type { Suppressed } from '../events/index.js'
import {
  type ChunkedTable,
  estimateMemory,
  type ReadOptions,
  type ReadTableOptions,
  summaryNotes,
  type TableChunk,
  type TableSource,
} from '../ingest/index.js'
import type { Model } from '../model/index.js'
import { type DetectOptions, detectStream, type ScoredPiece } from '../pipeline/index.js'
import type { LabelCounts } from '../report/index.js'
import { eventTable, type TimedEvent } from '../session/index.js'
import type { Issue } from '../validate/index.js'
import type { Io } from './io.js'
import { createLabelQueue } from './label-queue.js'
import { printIssues, printNotes } from './notes.js'
import { makeFolderOf, pathIn } from './paths.js'
import type { Progress } from './progress.js'
import { countScores, NO_SCORES, type ScoreCounts } from './score-counts.js'

/** Readings of a chunk by default: 2 MB of them, because the work on a chunk needs several copies. */
const CHUNK_READINGS = 2 ** 18
/** Minimum rows of a chunk: the overlap of chunks must be negligible, and late rows are sorted within a chunk. */
const CHUNK_ROWS = { least: 2048, sorting: 65_536 }
/** Maximum number of events that are listed. */
const MOST_EVENTS = 1000

/** Rows of a chunk for a table of `channels` channels. */
export function chunkRowsOf(
  { chunkRows, lateRows }: Pick<DetectOptions, 'chunkRows'> & Partial<Pick<ReadOptions, 'lateRows'>>,
  channels: number,
): number {
  if (chunkRows !== undefined) return chunkRows
  if (lateRows === 'sort') return CHUNK_ROWS.sorting
  return Math.max(CHUNK_ROWS.least, Math.floor(CHUNK_READINGS / channels))
}

/** Whether a table is scored chunk by chunk: on request, when it would take too much memory, or when its size is unknown. */
export async function isForChunks(
  source: TableSource,
  request: ReadTableOptions,
  { chunkRows, memory }: Pick<DetectOptions, 'chunkRows' | 'memory'>,
): Promise<boolean> {
  return chunkRows !== undefined || (await estimateMemory(source, request)) > memory * 2 ** 20
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

/** The result of a table that was scored chunk by chunk. */
export interface ChunkedDetection extends ReturnType<typeof eventTable>, ScoreCounts {
  /** Of all events; `events` are the worst of them. */
  readonly eventCount: number
  readonly suppressed: Suppressed
  readonly adaptation: ScoredPiece['adaptation']
  /** Absent when the table has no labels. */
  readonly labels?: LabelCounts
}

/** Scores a table chunk by chunk and writes scores and events as they come. The files appear only when everything succeeded. */
export async function detectChunks(
  io: Io,
  model: Model,
  table: ChunkedTable,
  options: DetectOptions,
  progress: Progress,
): Promise<ChunkedDetection> {
  const { timeKind } = table
  const axis = { channels: model.info.channels, timeKind }
  const stepMs = model.info.schema?.cadenceMs ?? 0
  for (const file of [options.scores, options.events])
    if (file !== undefined && file !== '-') await makeFolderOf(pathIn(io, file), file)
  const { stream, signal } = io
  const scores = options.scores && (await openScores(pathIn(io, options.scores), axis, { stream }))
  const events =
    options.events && (await openEvents(pathIn(io, options.events), { timeKind, stepMs }, { stream }))
  const writers = [scores, events].filter(writer => writer !== undefined && writer !== '')
  const labels = createLabelQueue()
  const worst = createWorstEvents()
  let issues: readonly Issue[] = []
  let counts = NO_SCORES
  let suppressed: Suppressed = { inMaintenance: 0, inCoolDown: 0 }
  let adaptation: ScoredPiece['adaptation'] = null
  try {
    for await (const piece of detectStream(model, framesOf(table, labels.push), options, { signal })) {
      if (scores) await scores.write(piece)
      if (events && piece.events.length > 0) await events.write(eventTable(piece.events, axis))
      worst.push(piece.events)
      labels.take(piece)
      issues = piece.issues
      suppressed = piece.suppressed
      adaptation = piece.adaptation
      counts = countScores(piece.score, piece.flag, counts)
    }
    for (const writer of writers) await writer.finish()
  } catch (error) {
    for (const writer of writers) await writer.abandon()
    throw error
  }
  progress.finish()
  printNotes(io, [
    ...summaryNotes(table.summary),
    'scored chunk by chunk: gaps in time are measured by the cadence of the history',
  ])
  printIssues(io, issues)
  const { count: eventCount, events: listed } = worst.found()
  const found = { eventCount, ...counts, labels: labels.counts() }
  return { ...eventTable(listed, axis), ...found, suppressed, adaptation }
}

/** The frames of a table of one device; labels are handed to `onLabels` before their samples are scored. */
async function* framesOf(table: ChunkedTable, onLabels: (labels: Uint8Array) => void) {
  for await (const { frame, labels } of oneDevice(table)) {
    if (labels) onLabels(labels)
    yield frame
  }
}

/** Keeps the events with the highest scores, in the order of time, and counts all. */
function createWorstEvents() {
  let kept: readonly TimedEvent[] = []
  let count = 0
  const worst = () =>
    [...kept]
      .sort((a, b) => b.event.score - a.event.score)
      .slice(0, MOST_EVENTS)
      .sort((a, b) => a.event.start - b.event.start)
  return {
    push(events: readonly TimedEvent[]) {
      if (events.length === 0) return
      count += events.length
      kept = [...kept, ...events]
      if (kept.length > 2 * MOST_EVENTS) kept = worst()
    },
    found: () => ({ count, events: worst() }),
  }
}
