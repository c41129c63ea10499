import { createError } from '../../core/errors.js'
import { type Frame, sampleCount, sliceFrame } from '../../core/frame.js'
import { createRandom } from '../../core/random.js'
import type { BlocksInfo } from '../../model/index.js'
import { type DataSchema, schemaLearner } from '../../validate/index.js'
import { splitAt } from '../../window/index.js'

/** Blocks of a history that is too long to be kept, one after the other in time order: what a model can be trained on in its place. */
export interface HistoryBlocks {
  readonly frame: Frame
  /** Samples of `frame` that do not follow on the one before them, ascending. */
  readonly borders: readonly number[]
  /** First sample of each interval between borders, counted in the whole history: one more than there are borders. */
  readonly origins: readonly number[]
  /** What all samples of the history looked like; its medians and its cadence are those of the blocks. */
  readonly schema: DataSchema
  /** The whole history: samples, first and last time. */
  readonly whole: { readonly samples: number; readonly from: number; readonly to: number }
}

export interface BlockOptions {
  /** Samples that may be kept. */
  readonly capacity: number
  /** Shortest block, samples: many windows, so that few are lost at borders. */
  readonly shortestBlock: number
  readonly seed: number
  readonly signal?: AbortSignal
}

/** Blocks that are kept at most, when they are long enough: between half of them and all, wherever the history ends. */
const MOST_BLOCKS = 128
const FEWEST_BLOCKS = 16

/**
 * Keeps blocks of a history in one pass, however long it is: the history so far is cut into intervals of equal length, and of each a block is kept,
 * whose place in it is drawn, so that a rhythm of the machine does not show at one phase only. When the room is used up, neighbouring
 * intervals become one, and one of their two blocks is kept. Every block is as likely as any other; a history that fits is kept whole.
 *
 * The same samples, capacity and seed give the same blocks, whatever the size of the chunks. Memory: `capacity` samples and one chunk.
 *
 * @param chunks consecutive samples with the same channels
 * @throws LimitError `limit-blocks` when not even 16 of the shortest blocks may be kept; DataError `data-empty`; `interrupted`
 */
export async function sampleBlocks(
  chunks: AsyncIterable<Frame> | Iterable<Frame>,
  { capacity, shortestBlock, seed, signal }: BlockOptions,
): Promise<HistoryBlocks> {
  const length = Math.max(shortestBlock, Math.floor(capacity / MOST_BLOCKS))
  const most = 2 * Math.floor(capacity / length / 2)
  if (most < FEWEST_BLOCKS)
    throw createError('limit-blocks', { got: Math.floor(capacity), wanted: FEWEST_BLOCKS * length, length })
  const random = createRandom(seed).fork('blocks')
  let store: Store | undefined
  let learner: ReturnType<typeof schemaLearner> | undefined
  /** Blocks of an interval; intervals that have begun; the block of the last one that is kept. */
  let stride = 1
  let begun = 0
  let chosen = 0
  let samples = 0
  let from = Number.NaN
  let to = Number.NaN

  const begin = (kept: Store) => {
    if (begun === most) {
      kept.halve(() => random.integer(2))
      begun = most / 2
      stride *= 2
    }
    chosen = begun * stride + random.integer(stride)
    begun++
  }
  for await (const chunk of chunks) {
    if (signal?.aborted) throw createError('interrupted', { what: 'reading' })
    const n = sampleCount(chunk)
    if (n === 0) continue
    store ??= createStore(chunk, most, length)
    learner ??= schemaLearner(chunk.channels.length)
    learner.push(chunk)
    for (let at = 0; at < n; ) {
      const block = Math.floor(samples / length)
      const within = samples % length
      if (within === 0 && block % stride === 0 && block === begun * stride) begin(store)
      const size = Math.min(length - within, n - at)
      if (block === chosen) store.put(begun - 1, within, sliceFrame(chunk, at, at + size), samples)
      at += size
      samples += size
    }
    if (Number.isNaN(from)) from = chunk.timeMs[0]
    to = chunk.timeMs[n - 1]
  }
  if (!store || !learner)
    throw createError('data-empty', { file: 'the history', reason: 'no chunk holds a sample' })
  const { frame, borders, origins } = store.take()
  return {
    frame,
    borders,
    origins,
    schema: learner.finish(frame, borders),
    whole: { samples, from, to },
  }
}

interface Store {
  put(slot: number, within: number, piece: Frame, sample: number): void
  /** Keeps one block of each pair of neighbours: the first for 0, the second for 1. */
  halve(draw: () => number): void
  take(): Pick<HistoryBlocks, 'frame' | 'borders' | 'origins'>
}

/** Room for blocks of equal length; memory is taken as it is filled. */
function createStore(like: Frame, blocks: number, length: number): Store {
  const { channels, timeKind } = like
  const width = channels.length
  const timeMs = new Float64Array(blocks * length)
  const values = new Float64Array(blocks * length * width)
  let origins: number[] = []
  /** Only the last block may be shorter than the others. */
  let filled = 0
  return {
    put(slot, within, piece, sample) {
      const at = slot * length + within
      timeMs.set(piece.timeMs, at)
      values.set(piece.values, at * width)
      if (within === 0) origins[slot] = sample
      filled = at + sampleCount(piece)
    },
    halve(draw) {
      origins = Array.from({ length: origins.length / 2 }, (_, slot) => {
        const from = 2 * slot + draw()
        timeMs.copyWithin(slot * length, from * length, (from + 1) * length)
        values.copyWithin(slot * length * width, from * length * width, (from + 1) * length * width)
        return origins[from]
      })
      filled = origins.length * length
    },
    take() {
      const isBorder = (slot: number) => origins[slot] !== origins[slot - 1] + length
      const firsts = [...origins.keys()].filter(slot => slot === 0 || isBorder(slot))
      return {
        frame: {
          timeMs: timeMs.subarray(0, filled),
          timeKind,
          values: values.subarray(0, filled * width),
          channels,
        },
        borders: firsts.slice(1).map(slot => slot * length),
        origins: firsts.map(slot => origins[slot]),
      }
    },
  }
}

export function blocksInfo({ origins, whole }: HistoryBlocks): BlocksInfo {
  const { samples, from, to } = whole
  return {
    count: origins.length,
    ofRows: samples,
    from,
    to,
    ofAllRows: ['samples', 'min', 'max', 'missingShare', 'longestRun', 'usualRun'],
  }
}

/** Scores with `between` places without one before each border, where time does not continue; borders outside of the scores do nothing. */
export function apart(scores: Float32Array, borders: readonly number[], between: number): Float32Array {
  const stretches = splitAt(
    scores.length,
    borders.filter(border => border > 0),
  )
  const spread = new Float32Array(scores.length + between * (stretches.length - 1)).fill(Number.NaN)
  stretches.forEach(({ start, end }, k) => {
    spread.set(scores.subarray(start, end), start + k * between)
  })
  return spread
}

/**
 * The sample of the blocks at which a sample of the whole history lies, or would lie: of the first one kept that is not before it.
 */
export function placeInBlocks({ frame, borders, origins }: HistoryBlocks, sample: number): number {
  const starts = [0, ...borders]
  const k = origins.findLastIndex(origin => origin <= sample)
  if (k < 0) return 0
  const end = starts[k + 1] ?? sampleCount(frame)
  return Math.min(starts[k] + sample - origins[k], end)
}
