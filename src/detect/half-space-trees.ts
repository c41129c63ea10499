import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { createRandom, type Random } from '../core/random.js'
import type { State } from '../core/state.js'
import type { CrossFitted } from './cross-fit.js'
import { fitRunning, type RunningModel, runningDetector, stored, type Walk, wholeRows } from './running.js'

export interface HalfSpaceTreesOptions {
  readonly trees: number
  /** Cuts from the root to a leaf. */
  readonly depth: number
  /** Samples after which the masses just counted become the ones that are compared with. */
  readonly window: number
}

/** A node that holds fewer reference samples than this share of the window is not looked into further. */
const SMALL_SHARE = 0.1
/** Keeps the score of a sample where none was before finite. */
const LEAST_MASS = 0.01
/** Range of the readings that the trees cut, standard deviations around 0, moved by up to half as much. */
const HALF_RANGE = 6

/**
 * Half-space trees: random trees halve the space again and again; a sample where few of the last `window` samples were is anomalous. The
 * trees never change, only the counts do, so it learns while it runs, at a constant cost. The score falls with the mass m of the nodes
 * reached, 1 / (0.01 + m); m = 1 on average for an even spread.
 *
 * Frames are scaled. Causal; memory without end: normal is what the last windows held, so a lasting fault becomes normal. A scorer
 * holds two numbers a node, 400 kB for 25 trees of depth 10; windows are scored by the training part alone. Cost O(N trees depth). Source: Tan, Ting & Liu, IJCAI 2011, algorithms 1-3.
 */
export function halfSpaceTrees(options: HalfSpaceTreesOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const { trees, depth } = options
      const random = createRandom(context.seed).fork('half-space-trees')
      const inner = 2 ** depth - 1
      const cuts = new Float64Array(trees * inner)
      const levels = new Float64Array(trees * inner)
      for (let t = 0; t < trees; t++)
        plant(cuts.subarray(t * inner), levels.subarray(t * inner), depth, channels, random)
      const latest = wholeRows(train).slice(-options.window)
      const reference = new Float64Array(trees * (2 * inner + 1))
      const forest: Forest = { cuts, levels, reference, ...options }
      const path = new Int32Array(depth + 1)
      for (const row of latest) {
        for (let t = 0; t < trees; t++) {
          descend(forest, t, row, path)
          for (const node of path) reference[node] += 1 / latest.length
        }
      }
      return fitRunning(forestModel(forest, channels), train, context, true)
    },
  }
}

/** Restores a saved forest. */
export function loadHalfSpaceTrees(state: State): FittedDetector {
  const usual = stored(state, 'usualError')
  const { trees, depth, window } = state.options as Record<string, number>
  const arrays = {
    cuts: stored(state, 'cuts'),
    levels: stored(state, 'levels'),
    reference: stored(state, 'reference'),
  }
  return runningDetector(forestModel({ ...arrays, trees, depth, window }, usual.length), usual)
}

interface Forest extends HalfSpaceTreesOptions {
  /** `[trees * inner]` channel of each cut, level by level. */
  readonly cuts: Float64Array
  readonly levels: Float64Array
  /** `[trees * nodes]` share of a full window of training samples in each node. */
  readonly reference: Float64Array
}

/** Draws a tree: each cut halves what its parent left of the range of a random channel. */
function plant(
  cuts: Float64Array,
  levels: Float64Array,
  depth: number,
  channels: number,
  random: Random,
): void {
  const low = Float64Array.from({ length: channels }, () => -HALF_RANGE * (1 + 0.5 * random.uniform()))
  const high = Float64Array.from({ length: channels }, () => HALF_RANGE * (1 + 0.5 * random.uniform()))
  const cut = (node: number, left: number) => {
    if (left === 0) return
    const channel = random.integer(channels)
    const middle = (low[channel] + high[channel]) / 2
    cuts[node] = channel
    levels[node] = middle
    const [before, after] = [low[channel], high[channel]]
    high[channel] = middle
    cut(2 * node + 1, left - 1)
    high[channel] = after
    low[channel] = middle
    cut(2 * node + 2, left - 1)
    low[channel] = before
  }
  cut(0, depth)
}

/** The nodes that a sample passes in tree t, the root first, as places in `reference`. */
function descend({ cuts, levels, depth }: Forest, t: number, row: Float32Array, path: Int32Array): void {
  const inner = 2 ** depth - 1
  let node = 0
  for (let d = 0; d <= depth; d++) {
    path[d] = t * (2 * inner + 1) + node
    const cut = t * inner + node
    node = 2 * node + (row[cuts[cut]] < levels[cut] ? 1 : 2)
  }
}

function forestModel(forest: Forest, channels: number): RunningModel {
  const { cuts, levels, reference, trees, depth, window } = forest
  const inner = 2 ** depth - 1
  const nodes = 2 * inner + 1
  const path = new Int32Array(depth + 1)
  const shares = new Float64Array(channels)
  return {
    contextLength: Number.POSITIVE_INFINITY,
    // Windows are scored against the reference alone.
    windowLength: 1,
    start() {
      /** Samples in each node, in the last full window and in the one that fills. */
      const full = new Float32Array(reference.length)
      const counts = new Float32Array(reference.length)
      /** Samples in the window that fills, and full windows so far. */
      const seen = new Float64Array(2)
      const share = (node: number) => (seen[1] > 0 ? full[node] / window : reference[node])
      const step: Walk['step'] = (row, timeMs, out) => {
        const learns = !Number.isNaN(timeMs)
        let mass = 0
        shares.fill(0)
        for (let t = 0; t < trees; t++) {
          descend(forest, t, row, path)
          if (learns) for (const node of path) counts[node]++
          let d = 0
          while (d < depth && share(path[d]) >= SMALL_SHARE) {
            shares[cuts[t * inner + path[d] - t * nodes]] += 1 / (d + 1)
            d++
          }
          mass += (share(path[d]) * 2 ** d) / trees
        }
        const score = 1 / (LEAST_MASS + mass)
        const sum = shares.reduce((a, b) => a + b, 0)
        for (let c = 0; c < channels; c++) out[c] = score * (sum > 0 ? (channels * shares[c]) / sum : 1)
        if (!learns || ++seen[0] < window) return
        full.set(counts)
        counts.fill(0)
        seen[0] = 0
        seen[1]++
      }
      return { step, memory: { full, counts, seen } }
    },
    state: () => ({
      kind: 'detector:half-space-trees',
      version: 1,
      options: { trees, depth, window },
      arrays: {
        cuts: { shape: [trees, inner], data: cuts },
        levels: { shape: [trees, inner], data: levels },
        reference: { shape: [trees, nodes], data: reference },
      },
    }),
  }
}
