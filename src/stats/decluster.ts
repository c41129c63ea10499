/** An interval of scores above a level, counted once. */
export interface Cluster {
  /** Half-open range of samples, from the first to the last one above the level. */
  readonly start: number
  readonly end: number
  /** Highest level at which it still is a cluster of the asked length: for `minLength` 1 its largest score. */
  readonly peak: number
}

/** What makes exceedances one cluster. */
export interface ClusterRule {
  /** Exceedances with at most this many samples between them belong together. */
  readonly mergeGap: number
  /** Shorter clusters do not count, samples. */
  readonly minLength: number
}

/**
 * Runs declustering: the exceedances of a level, joined over gaps of at most `mergeGap` samples. Neighbouring scores share
 * most of their window, so exceedances come in runs; what is independent is the run, and its peak is what extreme value theory is about.
 *
 * NaN counts as not above the level. Cost O(n), and O(m log m) for clusters of m samples when `minLength` > 1.
 * Source: Smith and Weissman 1994.
 *
 * @param scores `[n]` in time order
 * @example
 * import { decluster } from 'telltale/stats'
 * decluster([0, 3, 0, 5, 0, 0, 0, 4], 2, { mergeGap: 1, minLength: 1 }) // => [{ start: 1, end: 4, peak: 5 }, { start: 7, end: 8, peak: 4 }]
 */
export function decluster(scores: ArrayLike<number>, level: number, rule: ClusterRule): Cluster[] {
  const clusters: Cluster[] = []
  for (const { start, end } of runs(scores, level, rule.mergeGap, 0, scores.length)) {
    if (end - start >= rule.minLength) clusters.push({ start, end, peak: peakOf(scores, start, end, rule) })
  }
  return clusters
}

/** How many clusters a level has: `decluster(...).length` without the list. Cost O(n). */
export function clusterCount(scores: ArrayLike<number>, level: number, rule: ClusterRule): number {
  let count = 0
  for (const { start, end } of runs(scores, level, rule.mergeGap, 0, scores.length)) {
    if (end - start >= rule.minLength) count++
  }
  return count
}

function* runs(scores: ArrayLike<number>, level: number, mergeGap: number, from: number, to: number) {
  let start = -1
  let end = -1
  for (let i = from; i < to; i++) {
    if (!(scores[i] > level)) continue
    if (start >= 0 && i - end > mergeGap) {
      yield { start, end }
      start = i
    }
    if (start < 0) start = i
    end = i + 1
  }
  if (start >= 0) yield { start, end }
}

function peakOf(scores: ArrayLike<number>, start: number, end: number, rule: ClusterRule): number {
  const inside: number[] = []
  for (let i = start; i < end; i++) if (!Number.isNaN(scores[i])) inside.push(scores[i])
  if (rule.minLength === 1) return inside.reduce((a, b) => Math.max(a, b))
  // A lower level only ever makes runs longer, so the highest level that keeps one can be searched by halving.
  inside.sort((a, b) => a - b)
  const holds = (level: number) => {
    for (const run of runs(scores, level, rule.mergeGap, start, end)) {
      if (run.end - run.start >= rule.minLength) return true
    }
    return false
  }
  let low = 0
  let high = inside.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(inside[middle])) low = middle + 1
    else high = middle
  }
  return inside[low]
}
