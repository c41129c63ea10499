/** Clustering of the exceedances of a level. */
export interface Clustering {
  /** Extremal index in (0, 1]: share of the exceedances that begin a cluster; 1 / (mean cluster size). */
  readonly index: number
  /** Exceedances with more than this many samples between them belong to different clusters. */
  readonly gap: number
}

/**
 * Extremal index of a level and the gap that separates its independent clusters, by the intervals estimator: no run length has to be
 * chosen. The index is 1 for independent scores; times n it is the number of independent decisions among n scores.
 *
 * NaN is time that did not pass. Fewer than 2 exceedances give index 1 and gap 0. Cost O(n + m log m) for m exceedances.
 * Source: Ferro and Segers 2003, eq. 5 and section 4.
 *
 * @param scores `[n]` in time order
 */
export function extremalClustering(scores: ArrayLike<number>, level: number): Clustering {
  const times: number[] = []
  let since = Number.NaN
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) continue
    since++
    if (!(scores[i] > level)) continue
    if (!Number.isNaN(since)) times.push(since)
    since = 0
  }
  if (times.length === 0) return { index: 1, gap: 0 }
  // Corrected for the lattice of the samples unless all exceedances are close together.
  const close = times.every(time => time <= 2)
  let sum = 0
  let squares = 0
  for (const time of times) {
    sum += close ? time : time - 1
    squares += close ? time * time : (time - 1) * (time - 2)
  }
  // Nothing but pairs with one sample between: the corrected squares vanish, and no cluster is to be seen.
  const index = squares === 0 ? 1 : Math.min(1, (2 * sum * sum) / (times.length * squares))
  // The largest times separate the clusters; the next one lies inside.
  times.sort((a, b) => b - a)
  const inside = times[Math.min(times.length, Math.floor(index * times.length))] ?? 1
  return { index, gap: inside - 1 }
}
