import { checkState, type State, vector } from './state.js'

/** A seeded stream of random numbers. The same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Integer in [0, n). */
  integer(n: number): number
  /** An independent stream, named so that adding a use elsewhere does not shift this one. */
  fork(name: string): Random
  /** Where the stream is; `restoreRandom` continues from there. */
  state(): State
}

const KIND = 'random:sfc32'

function hash(text: string, seed: number): number {
  // FNV-1a over the text, then the finaliser of MurmurHash3.
  let h = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * Seeded generator: sfc32 (Doty-Humphrey), normals by the polar method of Marsaglia and Bray (1964).
 *
 * @param seed any integer; only its low 32 bits count
 * @example
 * import { createRandom } from 'telltale/stats'
 * createRandom(7).uniform() === createRandom(7).uniform() // => true
 */
export function createRandom(seed: number): Random {
  const random = randomFrom(
    Float64Array.of(hash('a', seed), hash('b', seed), hash('c', seed), 1, Number.NaN, seed),
  )
  for (let i = 0; i < 12; i++) random.uniform()
  return random
}

/**
 * A stream that continues bit for bit from where another one was.
 *
 * @throws ArtefactError `state-unfit` when the state is none of a random stream
 * @example
 * import { createRandom, restoreRandom } from 'telltale/stats'
 * const random = createRandom(7)
 * const copy = restoreRandom(random.state())
 * copy.normal() === random.normal() // => true
 */
export function restoreRandom(state: State): Random {
  return randomFrom(Float64Array.from(checkState(state, KIND, 1, { stream: 6 }).arrays.stream.data))
}

/** Puts items into a random order, in place (Fisher and Yates). @returns the same items */
export function shuffle<Items extends Int32Array | unknown[]>(items: Items, random: Random): Items {
  const places = items as unknown[]
  for (let i = places.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const item = places[i]
    places[i] = places[j]
    places[j] = item
  }
  return items
}

/** @param stream the three words of the generator, its counter, the normal that is left over (NaN = none) and the seed */
function randomFrom([first, second, third, count, left, seed]: Float64Array): Random {
  let a = first
  let b = second
  let c = third
  let counter = count
  let spare = left
  const next = (): number => {
    const t = (((a + b) >>> 0) + counter) >>> 0
    counter = (counter + 1) >>> 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + t) >>> 0
    return t
  }
  const uniform = (): number => next() / 4294967296
  return {
    uniform,
    normal() {
      if (!Number.isNaN(spare)) {
        const kept = spare
        spare = Number.NaN
        return kept
      }
      for (;;) {
        const u = 2 * uniform() - 1
        const v = 2 * uniform() - 1
        const s = u * u + v * v
        if (s > 0 && s < 1) {
          const f = Math.sqrt((-2 * Math.log(s)) / s)
          spare = v * f
          return u * f
        }
      }
    },
    integer: n => Math.floor(uniform() * n),
    fork: name => createRandom(hash(name, seed)),
    state: () => ({
      kind: KIND,
      version: 1,
      options: {},
      arrays: { stream: vector(Float64Array.of(a, b, c, counter, spare, seed)) },
    }),
  }
}
