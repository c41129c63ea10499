import type { AnomalyEvent } from '../core/contracts.js'
import type { ChannelExpectation } from './expectation.js'
import type { ScoredSeries } from './reference.js'

/** An earlier event that looks like another one. */
export interface SimilarEvent {
  readonly event: AnomalyEvent
  /** Of both signatures, see `similarityOf`: 1 = the same channels, as far and in the same direction. */
  readonly similarity: number
}

/** Samples of an event that count at most, around its peak. */
const MOST_SAMPLES = 64
/** Earlier events that are compared at most, the latest. */
const MOST_EVENTS = 500
/** Distances from what the others call for up to this many usual errors are none. */
const USUAL = 2
/** Smaller similarities are chance. */
const LEAST_SIMILARITY = 0.7

/**
 * `[C]` how each channel departed over an event: sign and logarithm of its distance from what the others call for. The logarithm keeps one wild channel from
 * hiding the others. Cost O(n C^2) for at most 64 samples.
 */
export async function eventSignature(
  { frame }: Pick<ScoredSeries, 'frame'>,
  expectation: ChannelExpectation,
  { start, end, peak }: Pick<AnomalyEvent, 'start' | 'end' | 'peak'>,
): Promise<Float64Array> {
  const width = frame.channels.length
  const first = Math.max(start, Math.min(peak - MOST_SAMPLES / 2, end - MOST_SAMPLES))
  const range = { start: first, end: Math.min(end, first + MOST_SAMPLES) }
  const signature = new Float64Array(width)
  for (let c = 0; c < width; c++) {
    const { values, usualError } = await expectation.of(c, [], range)
    let [square, sum, count] = [0, 0, 0]
    for (let i = 0; i < values.length; i++) {
      const z = (frame.values[(range.start + i) * width + c] - values[i]) / usualError
      if (!Number.isFinite(z)) continue
      square += z * z
      sum += z
      count++
    }
    const size = count > 0 ? Math.sqrt(square / count) : 0
    signature[c] = size > USUAL ? Math.sign(sum) * Math.log(size / USUAL) : 0
  }
  return signature
}

/**
 * Tanimoto coefficient of two signatures: the cosine of the angle between them where they have the same length, less where they have not; 0 where one of them is
 * all 0, 1 only for equal ones.
 *
 * @example
 * import { similarityOf } from './similar-event.js'
 * [similarityOf([2, 0], [2, 0]), similarityOf([2, 0], [1, 0])] // => [1, 0.6666666666666666]
 */
export function similarityOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let c = 0; c < a.length; c++) {
    ab += a[c] * b[c]
    aa += a[c] * a[c]
    bb += b[c] * b[c]
  }
  return aa > 0 && bb > 0 ? ab / (aa + bb - ab) : 0
}

/**
 * The earlier event that is most like another one, of the 500 before it; null when none has a similarity of 0.7.
 *
 * @param all events in the order of time
 * @param signatureOf `eventSignature` of an event of them
 */
export async function similarEvent(
  event: AnomalyEvent,
  all: readonly AnomalyEvent[],
  signatureOf: (event: AnomalyEvent) => Promise<Float64Array>,
): Promise<SimilarEvent | null> {
  const earlier = all.filter(({ end }) => end <= event.start).slice(-MOST_EVENTS)
  if (earlier.length === 0) return null
  const own = await signatureOf(event)
  let best: SimilarEvent | null = null
  for (const other of earlier) {
    const similarity = similarityOf(own, await signatureOf(other))
    // Of equals the latest.
    if (similarity >= Math.max(LEAST_SIMILARITY, best?.similarity ?? 0)) best = { event: other, similarity }
  }
  return best
}
