import { expect } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import {
  createKernels,
  createReferenceKernels,
  type KernelBuild,
  type Kernels,
} from '../../src/kernels/index.js'

export const BUILDS: readonly KernelBuild[] = ['reference', 'simd', 'relaxed']

/** Twice the same array: one of the reference, one of the build under test. */
export type Pair = readonly [expected: Float32Array, actual: Float32Array]

/** A build beside the reference, with arrays that hold the same numbers in both. */
export function twins(build: KernelBuild, bytes = 1 << 24) {
  const reference = createReferenceKernels({ bytes })
  const kernels = createKernels({ bytes, build })
  const pools = [reference.alloc(bytes / 4 - 1024), kernels.alloc(bytes / 4 - 1024)] as const
  const random = createRandom(11)
  let next = 0

  /** `length` normal numbers (or those given by `make`), `offset` floats past a 16-byte boundary. */
  function array(length: number, offset = 0, make: (i: number) => number = () => random.normal()): Pair {
    const begin = Math.ceil(next / 4) * 4 + offset
    next = begin + length
    const [expected, actual] = pools.map(pool => pool.subarray(begin, next)) as [Float32Array, Float32Array]
    for (let i = 0; i < length; i++) expected[i] = make(i)
    actual.set(expected)
    return [expected, actual]
  }
  return {
    reference,
    kernels,
    array,
    /** Forgets all arrays. */
    reset: () => {
      next = 0
    },
    /** Calls both; arrays given as pairs are told apart. */
    run<R>(call: (k: Kernels, own: (pair: Pair) => Float32Array) => R): [R, R] {
      return [call(reference, pair => pair[0]), call(kernels, pair => pair[1])]
    },
  }
}

/** Equal NaN, equal Inf, and everything else within `tolerance`. */
export function expectClose(pair: Pair, tolerance: number, what = ''): void {
  const [expected, actual] = pair
  for (let i = 0; i < expected.length; i++) {
    const same = Object.is(expected[i], actual[i]) || Math.abs(expected[i] - actual[i]) <= tolerance
    if (!same) expect.fail(`${what} [${i}]: ${actual[i]} instead of ${expected[i]}`)
  }
}

export function expectSameBits(actual: Float32Array, expected: Float32Array, what = ''): void {
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i]))
      expect.fail(`${what} [${i}]: ${actual[i]} instead of ${expected[i]}`)
  }
}
