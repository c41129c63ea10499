import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'

/** Two channels that oscillate together, a sample a minute: small readings and a large offset. */
export function machine(n: number, seed: number): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(n * 2)
  for (let i = 0; i < n; i++) {
    values[i * 2] = 101325 + 20 * Math.sin(0.2 * i) + random.normal()
    values[i * 2 + 1] = 3 + Math.cos(0.2 * i) + 0.05 * random.normal()
  }
  const timeMs = Float64Array.from({ length: n }, (_, i) => Date.UTC(2024, 0, 1) + 60_000 * i)
  return { timeMs, timeKind: 'utc', values, channels: ['pressure', 'flow'] }
}

/** Two channels that swing apart in phase with a little noise, a sample a minute. */
export function swinging(n: number, seed: number): Frame {
  const random = createRandom(seed)
  const values = Float64Array.from(
    { length: 2 * n },
    (_, at) => Math.sin(0.3 * (at >> 1) + (at % 2)) + 0.05 * random.normal(),
  )
  const timeMs = Float64Array.from({ length: n }, (_, i) => 60_000 * i)
  return { timeMs, timeKind: 'utc', values, channels: ['a', 'b'] }
}
