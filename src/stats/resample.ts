import type { Random } from '../core/random.js'

/**
 * Sample numbers of a series of the same length, made of blocks of consecutive samples drawn with replacement, so that what depends on its
 * neighbours stays beside them; the series is closed to a ring. Cost O(n). Source: Politis & Romano 1992 (circular block bootstrap).
 *
 * @param n samples
 * @param blockLength samples, longer than the dependence; 1 = the ordinary bootstrap
 * @returns `[n]` numbers in [0, n)
 * @example
 * import { createRandom, resampleBlocks } from 'telltale/stats'
 * resampleBlocks(10, 5, createRandom(1)).length // => 10
 */
export function resampleBlocks(n: number, blockLength: number, random: Random): Uint32Array {
  const drawn = new Uint32Array(n)
  for (let filled = 0; filled < n; filled += blockLength) {
    const start = random.integer(n)
    const end = Math.min(filled + blockLength, n)
    for (let i = filled; i < end; i++) drawn[i] = (start + i - filled) % n
  }
  return drawn
}
