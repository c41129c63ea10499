/**
 * Random numbers by place: a stream that is a function of the step, the layer and the window alone, so that threads, batches and the order
 * of work never change what a window draws. Murmur3's finaliser over a Weyl sequence (Steele et al. 2014 use the same construction).
 *
 * @returns uniform numbers in [0, 1), 24 bits each, exact in float32
 */
export function placedNoise(seed: number, stream: number, window: number): () => number {
  let state = mix(mix(mix(seed) ^ stream) ^ window)
  return () => {
    state = (state + 0x9e3779b9) | 0
    return (mix(state) >>> 8) / 16777216
  }
}

function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Standard normal numbers from uniform ones (Box & Muller 1958, the cosine half). */
export function normalNoise(uniform: () => number): number {
  const u = 1 - uniform()
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * uniform())
}
