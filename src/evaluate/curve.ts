import { countByScore, type Scored } from './scored.js'

/** A distinct score, and what a threshold at it flags. */
export interface CurvePoint {
  readonly threshold: number
  /** Anomalous samples scored at or above it. */
  readonly hits: number
  /** Samples scored at or above it. */
  readonly flagged: number
}

/** Every distinct score as a threshold, from the highest down. Cost O(n log n). */
export function thresholdCurve(scored: Scored): CurvePoint[] {
  const curve: CurvePoint[] = []
  sweepThresholds(scored, (threshold, hits, flagged) => curve.push({ threshold, hits, flagged }))
  return curve
}

/** Calls `visit` with the points of `thresholdCurve`. */
export function sweepThresholds(
  { labels, order }: Scored,
  visit: (threshold: number, hits: number, flagged: number) => void,
): void {
  const { distinct } = order()
  const all = countByScore(order())
  const labelled = countByScore(order(), labels)
  let hits = 0
  let flagged = 0
  for (let d = distinct.length - 1; d >= 0; d--) {
    if (all[d] === 0) continue
    hits += labelled[d]
    flagged += all[d]
    visit(distinct[d], hits, flagged)
  }
}
