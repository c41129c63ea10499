import type { Scored } from './scored.js'

/** A distinct score, and what a threshold at it flags. */
export interface CurvePoint {
  readonly threshold: number
  /** Anomalous samples scored at or above it. */
  readonly hits: number
  /** Samples scored at or above it. */
  readonly flagged: number
}

/** Every distinct score as a threshold, from the highest down. Cost O(n log n). */
export function thresholdCurve({ scores, labels }: Scored): CurvePoint[] {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a])
  const curve: CurvePoint[] = []
  let hits = 0
  order.forEach((sample, i) => {
    hits += labels[sample]
    const threshold = scores[sample]
    if (scores[order[i + 1]] !== threshold) curve.push({ threshold, hits, flagged: i + 1 })
  })
  return curve
}
