import { createRandom } from '../../src/core/random.js'

/** An autocorrelated series with mean 0 and standard deviation 1; 0 = independent. */
export function autocorrelated(samples: number, correlation: number, seed: number): Float64Array {
  const random = createRandom(seed)
  const fresh = Math.sqrt(1 - correlation ** 2)
  let value = random.normal()
  return Float64Array.from({ length: samples }, () => {
    value = correlation * value + fresh * random.normal()
    return value
  })
}
