import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { breathe } from '../core/pause.js'
import { createRandom, type Random } from '../core/random.js'
import type { State } from '../core/state.js'
import type { CrossFitted } from './cross-fit.js'
import { fitRunning, type RunningModel, runningDetector, stored, wholeRows } from './running.js'

export interface IsolationForestOptions {
  readonly trees: number
  /** Samples that each tree is grown from. */
  readonly subsample: number
}

/** Numbers per node: channel (-1 = leaf), level or expected further depth, left child, right child, samples in it. */
const FIELDS = 5
const EULER = 0.5772156649015329

/**
 * Mean depth of an unsuccessful search in a binary tree of n keys, c(n) = 2 H(n-1) - 2 (n-1) / n. Source: Liu, Ting & Zhou, ICDM 2008, eq. 1.
 *
 * @example
 * import { meanSearchDepth } from './isolation-forest.js'
 * meanSearchDepth(2) // => 1
 * Math.round(100 * meanSearchDepth(256)) // => 1024
 */
export function meanSearchDepth(n: number): number {
  if (n <= 1) return 0
  if (n === 2) return 1
  return 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n
}

/**
 * Isolation forest: random trees cut the samples at random levels of random channels until each stands alone; what stands alone early is
 * anomalous, s = 2^(-mean depth / c(n)) in (0, 1). The residual divides s among the channels that were cut on the way, each cut
 * counting log2 of the factor by which it made the node smaller. Sees samples outside the cloud of the training part; knows nothing of time.
 *
 * Frames are scaled. Causal, context of one sample. Cost: score O(N trees log subsample). Source: Liu, Ting & Zhou, ICDM 2008.
 */
export function isolationForest({ trees, subsample }: IsolationForestOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const rows = wholeRows(train)
      const random = createRandom(context.seed).fork('isolation-forest')
      const size = Math.min(subsample, rows.length)
      const grown: number[][] = []
      while (grown.length < trees) {
        grown.push(grow(draw(rows, size, random), random))
        await breathe(context)
      }
      const roots = new Float64Array(trees)
      let nodes = 0
      grown.forEach((tree, t) => {
        roots[t] = nodes
        nodes += tree.length / FIELDS
      })
      const forest = Float64Array.from(grown.flat())
      return fitRunning(forestModel(forest, roots, meanSearchDepth(size), channels), train, context, true)
    },
  }
}

/** Restores a saved forest. */
export function loadIsolationForest(state: State): FittedDetector {
  const usual = stored(state, 'usualError')
  const { depth } = state.options as { depth: number }
  return runningDetector(
    forestModel(stored(state, 'forest'), stored(state, 'roots'), depth, usual.length),
    usual,
  )
}

/** `size` different rows. */
function draw(rows: readonly Float32Array[], size: number, random: Random): Float32Array[] {
  const left = [...rows]
  return Array.from({ length: size }, (_, k) => {
    const at = k + random.integer(left.length - k)
    const row = left[at]
    left[at] = left[k]
    left[k] = row
    return row
  })
}

/** Nodes of a tree, `FIELDS` numbers each, the root first; children are counted from the root. */
function grow(sample: Float32Array[], random: Random): number[] {
  const nodes: number[] = []
  const deepest = Math.ceil(Math.log2(Math.max(2, sample.length)))
  const add = (rows: Float32Array[], depth: number): number => {
    const node = nodes.length
    nodes.push(-1, meanSearchDepth(rows.length), 0, 0, rows.length)
    const cut = depth < deepest && rows.length > 1 ? drawCut(rows, random) : undefined
    if (cut) {
      const { channel, level } = cut
      const left = add(
        rows.filter(row => row[channel] < level),
        depth + 1,
      )
      const right = add(
        rows.filter(row => !(row[channel] < level)),
        depth + 1,
      )
      nodes.splice(node, 4, channel, level, left / FIELDS, right / FIELDS)
    }
    return node
  }
  add(sample, 0)
  return nodes
}

/** A random level of a random channel that still varies. */
function drawCut(rows: readonly Float32Array[], random: Random) {
  const varying: { channel: number; low: number; high: number }[] = []
  for (let channel = 0; channel < rows[0].length; channel++) {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (const row of rows) {
      low = Math.min(low, row[channel])
      high = Math.max(high, row[channel])
    }
    if (low < high) varying.push({ channel, low, high })
  }
  if (varying.length === 0) return undefined
  const { channel, low, high } = varying[random.integer(varying.length)]
  return { channel, level: low + random.uniform() * (high - low) }
}

function forestModel(
  forest: Float64Array,
  roots: Float64Array,
  depth: number,
  channels: number,
): RunningModel {
  const shares = new Float64Array(channels)
  return {
    contextLength: 1,
    windowLength: 1,
    start: () => ({ memory: {}, step }),
    state: () => ({
      kind: 'detector:isolation-forest',
      version: 1,
      options: { depth },
      arrays: {
        forest: { shape: [forest.length / FIELDS, FIELDS], data: forest },
        roots: { shape: [roots.length], data: roots },
      },
    }),
  }

  function step(row: Float32Array, _timeMs: number, out: Float64Array): void {
    shares.fill(0)
    let total = 0
    for (const root of roots) {
      let node = root * FIELDS
      let steps = 0
      for (; forest[node] >= 0; steps++) {
        const channel = forest[node]
        const child = (root + forest[row[channel] < forest[node + 1] ? node + 2 : node + 3]) * FIELDS
        shares[channel] += Math.log2(forest[node + 4] / forest[child + 4])
        node = child
      }
      total += steps + forest[node + 1]
    }
    const score = 2 ** (-total / (roots.length * Math.max(depth, 1)))
    const sum = shares.reduce((a, b) => a + b, 0)
    for (let c = 0; c < channels; c++) out[c] = score * (sum > 0 ? (channels * shares[c]) / sum : 1)
  }
}
