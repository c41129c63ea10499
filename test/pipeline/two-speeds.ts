import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'

export const STEP_MS = 300_000

/** A machine that is idle or at full load for 20 hours on average: ten times as noisy at full load unless told otherwise. `mode` is 0 or 1. */
export function twoSpeeds(n: number, seed: number, startMs = 0, noises = [0.05, 0.5]): Frame {
  const random = createRandom(seed)
  const channels = ['mode', 'power', 'vibration', 'flow']
  const values = new Float64Array(n * 4)
  let mode = 0
  for (let i = 0; i < n; i++) {
    if (random.uniform() < 1 / 240) mode = 1 - mode
    const noise = noises[mode]
    values.set([mode, 10 + 8 * mode, 1 + 4 * mode, 3 + 5 * mode], 4 * i)
    for (let c = 1; c < 4; c++) values[4 * i + c] += noise * random.normal()
  }
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => startMs + STEP_MS * i),
    timeKind: 'utc',
    values,
    channels,
  }
}
