import type { Interval } from '../core/frame.js'
import { columnOf, type Reference, type ScoredSeries } from './reference.js'

/** Two channels that used to move together and did not over an event. */
export interface BrokenPair {
  readonly first: number
  readonly second: number
  /** Pearson correlation in normal operation, and over the event. */
  readonly usual: number
  readonly now: number
}

const STRONG = 0.7
/** Samples of an event at least: a correlation of fewer is chance. */
const FEWEST = 20
/** Fall of the correlation at least. */
const FALL = 0.6
/** A channel has to move over the event by this share of its usual spread: else its correlation is that of noise. */
const LEAST_MOVE = 0.5
/** Pairs that are kept. */
const MOST_PAIRS = 3
/** Channels that are compared with all others. */
const MOST_MAIN = 3

/**
 * Pairs with a correlation of at least 0.7 in normal operation that fell by 0.6 or more over the event; only pairs in which both channels move enough
 * for a correlation to mean something. Cost O(R C) for R samples of reference, once for each channel.
 *
 * @param main channels whose pairs are compared
 */
export function brokenPairs(
  { frame }: ScoredSeries,
  reference: Pick<Reference, 'channels' | 'column'>,
  { start, end }: Interval,
  main: readonly number[],
): BrokenPair[] {
  if (end - start < FEWEST) return []
  const width = reference.channels.length
  const within = Int32Array.from({ length: end - start }, (_, k) => start + k)
  const found: BrokenPair[] = []
  for (const first of main.slice(0, MOST_MAIN)) {
    const during = columnOf(frame, within, first)
    for (let second = 0; second < width; second++) {
      if (second === first || (main.includes(second) && second < first)) continue
      const usual = usualCorrelation(reference, first, second)
      if (!(Math.abs(usual.r) >= STRONG)) continue
      const now = pearson(during, columnOf(frame, within, second))
      const moves = now.b > LEAST_MOVE * usual.b || now.a > LEAST_MOVE * usual.a
      if (moves && Math.abs(usual.r - now.r) >= FALL)
        found.push({ first, second, usual: usual.r, now: now.r })
    }
  }
  return found.sort((a, b) => Math.abs(b.usual - b.now) - Math.abs(a.usual - a.now)).slice(0, MOST_PAIRS)
}

/** Correlations in normal operation that are known, of each reference. */
const correlations = new WeakMap<object, Map<string, Correlation>>()

function usualCorrelation(reference: Pick<Reference, 'column'>, first: number, second: number): Correlation {
  const all = correlations.get(reference) ?? new Map<string, Correlation>()
  correlations.set(reference, all)
  const key = `${first},${second}`
  const known = all.get(key) ?? pearson(reference.column(first), reference.column(second))
  all.set(key, known)
  return known
}

interface Correlation {
  readonly r: number
  /** Standard deviations of both. */
  readonly a: number
  readonly b: number
}

/** Correlation and both standard deviations; samples with a missing reading are left out. */
function pearson(x: Float64Array, y: Float64Array): Correlation {
  let [n, sumX, sumY] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i] + y[i])) continue
    n++
    sumX += x[i]
    sumY += y[i]
  }
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i] - sumX / n, y[i] - sumY / n]
    if (!Number.isFinite(dx + dy)) continue
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return {
    r: xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN,
    a: Math.sqrt(xx / n),
    b: Math.sqrt(yy / n),
  }
}
