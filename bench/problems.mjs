// The standard problems of the benchmark, as in peers/problems.py.

const MODEL = { units: 32, latent: 16 }

const P1 = { steps: 30, channels: 3, windows: 10_000, ...MODEL }
const P2 = { steps: 30, channels: 38, windows: 5_000, ...MODEL }

/** `layers` says what the network is made of. */
export const PROBLEMS = {
  P1: { ...P1, layers: 'lstm' },
  P2: { ...P2, layers: 'lstm' },
  'P1-gru': { ...P1, layers: 'gru' },
  'P2-gru': { ...P2, layers: 'gru' },
  'P1-conv1d': { ...P1, layers: 'conv1d' },
  'P2-conv1d': { ...P2, layers: 'conv1d' },
}

/** `[N * C]` with N = windows + steps - 1: sin(0.02 t + channel) + noise of 0.1. */
export function series({ steps, channels, windows: count }) {
  let state = 1
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const values = new Float32Array((count + steps - 1) * channels)
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.sin(0.02 * Math.floor(i / channels) + (i % channels)) + 0.1 * normal()
  }
  return values
}

/** `[W * T * C]` every window of the series, stride 1. */
export function windows(problem) {
  const { steps, channels, windows: count } = problem
  const values = series(problem)
  const size = steps * channels
  const out = new Float32Array(count * size)
  for (let w = 0; w < count; w++) out.set(values.subarray(w * channels, w * channels + size), w * size)
  return out
}

/**
 * Calls `step(item)` round and round for `seconds`; windows per second after a warm-up of a fifth of that time.
 * `step` may be asynchronous.
 */
export async function rateOf(step, items, batch, seconds) {
  let index = 0
  const run = async limitMs => {
    const start = performance.now()
    let count = 0
    let elapsed = 0
    while (elapsed < limitMs || count < 2) {
      const pending = step(items[index++ % items.length])
      // Awaiting what is no promise would cost a turn of the event loop per step.
      if (pending instanceof Promise) await pending
      count++
      elapsed = performance.now() - start
    }
    return (count * 1000) / elapsed
  }
  await run(seconds * 200)
  return (await run(seconds * 1000)) * batch
}
