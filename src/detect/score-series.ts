import type { FittedDetector, OnlineOptions, Scores } from '../core/contracts.js'
import { type ScaledFrame, sampleCount, sliceFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { joinScores } from './scores.js'

/** Readings that are scored between two pauses: some ten ms of the default detector; and fewest samples, for tables with many channels. */
const READINGS_AT_ONCE = 2 ** 12
const FEWEST_SAMPLES = 256

/** How a series is scored, and what is called with it. */
export interface SeriesOptions extends OnlineOptions, Pauses {
  onProgress?(done: number, total: number): void
}

/**
 * Scores a whole series by one online scorer, with pauses between its parts: for training and evaluation. A session scores what comes in.
 *
 * @param frame scaled, `[N, C]`
 * @returns scores of all N samples
 * @throws InterruptedError `interrupted` when the signal aborts
 */
export async function scoreSeries(
  detector: Pick<FittedDetector, 'online'>,
  frame: ScaledFrame,
  options: SeriesOptions = {},
): Promise<Scores> {
  const n = sampleCount(frame)
  const atOnce = Math.max(FEWEST_SAMPLES, Math.floor(READINGS_AT_ONCE / Math.max(1, frame.channels.length)))
  const scorer = detector.online(options)
  const parts: Scores[] = []
  for (let start = 0; start < n; start += atOnce) {
    await breathe(options, 'scoring')
    const end = Math.min(n, start + atOnce)
    parts.push(scorer.push(sliceFrame(frame, start, end)))
    options.onProgress?.(end, n)
  }
  await breathe(options, 'scoring')
  parts.push(scorer.finish())
  return joinScores(parts)
}
