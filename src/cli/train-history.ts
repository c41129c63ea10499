import { counted } from '../core/counted.js'
import type { Frame } from '../core/frame.js'
import { sampleCount } from '../core/frame.js'
import {
  estimateMemory,
  type ReadSummary,
  type ReadTableOptions,
  readChunks,
  readTable,
  summaryNotes,
  type TableSource,
} from '../ingest/index.js'
import { type HistoryBlocks, sampleBlocks, type TrainOptions } from '../pipeline/index.js'
import type { Io } from './io.js'
import type { Progress } from './progress.js'
import { countOnes } from './score-counts.js'
import { oneDevice } from './table-chunks.js'

/** Peak bytes of a training per reading in memory; measured by `npm run bench:out-of-core -- --train`. Scoring needs less. */
const BYTES_PER_READING = 120
/** The shortest block, in windows and in samples. */
const WINDOWS_PER_BLOCK = 16
const SHORTEST_BLOCK = 1000

/** Says that anomalous samples are learnt from. */
export const labelledNote = (labelled: number): string =>
  labelled === 1
    ? '1 sample of the history is labelled anomalous; the model learns it as normal'
    : `${labelled} samples of the history are labelled anomalous; the model learns them as normal`

/** The history of a model, and notes about it. */
export interface TrainHistory {
  readonly history: Frame | HistoryBlocks
  readonly columns: { readonly time?: string; readonly label?: string }
  readonly summary: ReadSummary
  /** Samples that are labelled anomalous. */
  readonly labelled: number
  readonly notes: readonly string[]
}

/** Reads a table to train on: whole, or blocks of one that is larger than `memory` MB. */
export async function readHistory(
  io: Io,
  source: TableSource,
  request: ReadTableOptions,
  options: TrainOptions & { readonly memory: number },
  progress: Progress,
): Promise<TrainHistory> {
  const needed = await estimateMemory(source, request)
  // Input of unknown size is read whole: it may be short.
  if (!Number.isFinite(needed) || needed <= options.memory * 2 ** 20) {
    const { frame, labels, timeColumn, labelColumn, summary, notes } = await readTable(source, request)
    return {
      history: frame,
      columns: { time: timeColumn, label: labelColumn },
      summary,
      labelled: labels ? countOnes(labels) : 0,
      notes,
    }
  }
  const table = await readChunks(source, {
    ...request,
    onProgress: ({ rows, expectedRows, ...bytes }) => progress.read(rows, expectedRows, bytes),
  })
  let labelled = 0
  async function* frames() {
    for await (const { frame, labels } of oneDevice(table)) {
      if (labels) labelled += countOnes(labels)
      yield frame
    }
  }
  const blocks = await sampleBlocks(frames(), {
    ...blockRoom(table.channels.length, options),
    signal: io.signal,
  })
  progress.finish()
  const { timeColumn: time, labelColumn: label } = table.summary
  const { history, notes } = asHistory(blocks, options.memory)
  return {
    history,
    columns: { time, label },
    summary: table.summary,
    labelled,
    notes: [...summaryNotes(table.summary), ...notes],
  }
}

/** Peak memory of the work on samples in memory. */
export function bytesOfWork(samples: number, channels: number): number {
  return samples * (channels + 1) * BYTES_PER_READING
}

/** Number of samples of `channels` channels that fit into the memory. */
export function blockRoom(
  channels: number,
  { memory, window, seed }: Pick<TrainOptions, 'window' | 'seed'> & { readonly memory: number },
) {
  return {
    capacity: Math.floor((memory * 2 ** 20) / bytesOfWork(1, channels)),
    shortestBlock: Math.max(SHORTEST_BLOCK, WINDOWS_PER_BLOCK * window),
    seed,
  }
}

/** Blocks as a history, or the frame of one that fitted, with what a user should know. */
export function asHistory(blocks: HistoryBlocks, memory: number): Pick<TrainHistory, 'history' | 'notes'> {
  const { frame, borders, whole } = blocks
  const kept = sampleCount(frame)
  if (kept === whole.samples) return { history: frame, notes: [] }
  return {
    history: blocks,
    notes: [
      `the table is larger than --memory ${memory} MB: the model is trained on ${kept} of ${counted(whole.samples, 'sample')}, ${counted(borders.length + 1, 'block')} spread evenly over it`,
      'ranges, missing shares and frozen runs come from all samples; medians and the cadence come from the blocks',
    ],
  }
}
