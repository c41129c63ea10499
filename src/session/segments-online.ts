import {
  type OnlineDetector,
  type OnlineScorer,
  REASONS,
  type Reason,
  type ScoreOptions,
  type Scores,
} from '../core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import type { Prepared } from '../validate/index.js'

/**
 * Scores the segments of a series that comes in pieces, each segment as a series of its own: what comes out, joined, is what `scoreSegments` gives
 * for the whole, bit for bit.
 *
 * @param transform the scaler
 */
export function segmentsOnline(
  detector: OnlineDetector,
  transform: (frame: Frame) => Frame,
  width: number,
  options: Pick<ScoreOptions, 'batchSize' | 'stride'> = {},
) {
  const fewest = detector.fewestSamples ?? detector.contextLength
  let scorer: OnlineScorer | undefined
  /** The beginning of a segment, until it is long enough to be scored. */
  let held: Frame[] = []
  let heldSamples = 0

  const push = (frame: Frame): Scores[] => {
    if (scorer) return [scorer.push(frame)]
    held.push(frame)
    heldSamples += sampleCount(frame)
    if (heldSamples < fewest) return []
    const opened = detector.online(options)
    const scores = held.map(piece => opened.push(piece))
    scorer = opened
    held = []
    heldSamples = 0
    return scores
  }
  /** The segment has ended. */
  const finish = (): Scores[] => {
    const scores = scorer ? [scorer.finish()] : heldSamples > 0 ? [unscored(heldSamples, width, 'gap')] : []
    scorer = undefined
    held = []
    heldSamples = 0
    return scores
  }
  return {
    /** Samples `[from, to)` of a prepared stretch of the series; a segment that begins before `from` goes on from the piece before. */
    push({ frame, segments }: Pick<Prepared, 'frame' | 'segments'>, from: number, to: number): Scores[] {
      const scores: Scores[] = []
      let at = from
      const skipTo = (next: number) => {
        if (next > at) scores.push(...finish(), unscored(next - at, width, 'missing'))
        at = next
      }
      for (const segment of segments) {
        const start = Math.max(segment.start, from)
        const end = Math.min(segment.end, to)
        if (start >= end) continue
        skipTo(start)
        if (segment.start >= from) scores.push(...finish())
        scores.push(...push(transform(sliceFrame(frame, start, end))))
        at = end
      }
      skipTo(to)
      return scores
    },
    finish,
  }
}

function unscored(n: number, width: number, reason: Reason): Scores {
  return {
    score: new Float32Array(n).fill(Number.NaN),
    residual: new Float32Array(n * width).fill(Number.NaN),
    reason: new Uint8Array(n).fill(REASONS.indexOf(reason)),
  }
}
