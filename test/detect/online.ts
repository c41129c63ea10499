import type { FittedDetector, OnlineOptions, Scores } from '../../src/core/contracts.js'
import type { ScaledFrame } from '../../src/core/frame.js'
import { joinScores } from '../../src/detect/scores.js'

/** Scores of series that follow one another, with what was expected where it was asked for. */
export function joined(parts: readonly Scores[]): Scores {
  const expected = parts.flatMap(part => [...(part.expected ?? [])])
  return expected.length > 0
    ? { ...joinScores(parts), expected: Float32Array.from(expected) }
    : joinScores(parts)
}

/** All scores of a series, pushed in one piece. */
export function scoresOf(
  detector: Pick<FittedDetector, 'online'>,
  frame: ScaledFrame,
  options?: OnlineOptions,
): Scores {
  const online = detector.online(options)
  return joined([online.push(frame), online.finish()])
}
