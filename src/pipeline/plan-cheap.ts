import type { OnlineDetector } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import { createRandom } from '../core/random.js'
import type { Fittable } from './detectors.js'

/** How long a rehearsal runs, at least. */
const REHEARSAL_MS = 500
const FIRST_ROWS = 1000
/** Rows of the largest rehearsal. */
const MOST_ROWS = 32_000

/**
 * Seconds that a detector without a network takes per sample: random numbers are scored, more and more of them, until the time can be told
 * from that of starting. Cost: one or two seconds.
 */
export async function rehearseScore(
  detector: OnlineDetector,
  channels: readonly string[],
  now: () => number,
): Promise<number> {
  return rehearse(now, rows => detector.score(randomFrame(rows, channels)))
}

/** The same for fitting. */
export async function rehearseFit(
  detector: Fittable,
  channels: readonly string[],
  seed: number,
  now: () => number,
): Promise<number> {
  return rehearse(now, rows => {
    const frame = randomFrame(rows, channels)
    return detector.fit(frame, { validation: randomFrame(Math.ceil(rows / 4), channels), seed })
  })
}

async function rehearse(now: () => number, work: (rows: number) => Promise<unknown>): Promise<number> {
  await work(FIRST_ROWS)
  for (let rows = FIRST_ROWS; ; rows *= 2) {
    const started = now()
    await work(rows)
    const elapsed = now() - started
    if (elapsed >= REHEARSAL_MS || rows >= MOST_ROWS) return elapsed / 1000 / rows
  }
}

function randomFrame(rows: number, channels: readonly string[]): Frame {
  const random = createRandom(1)
  return {
    timeMs: Float64Array.from({ length: rows }, (_, i) => i),
    timeKind: 'index',
    values: Float32Array.from({ length: rows * channels.length }, () => random.normal()),
    channels,
  }
}
