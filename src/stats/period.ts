import { mean } from './moments.js'

/** Shortest and longest period that is looked for, samples. */
const SHORTEST = 3
const LONGEST = 300
/** Samples that are looked at, from the first. */
const LOOKED_AT = 20_000

/**
 * Dominant period of a series, in samples: the lag of the highest local maximum of its autocorrelation between 4 and 302; undefined when
 * there is none. Values that are not finite count as the mean. Cost O(n 300) for at most 20,000 samples. Source: the window rule of the
 * TSB-AD benchmark (Liu & Paparrizos, NeurIPS 2024).
 *
 * @example
 * import { autocorrelationPeriod } from 'telltale/stats'
 * autocorrelationPeriod(Float64Array.from({ length: 500 }, (_, i) => Math.sin((2 * Math.PI * i) / 24))) // => 24
 */
export function autocorrelationPeriod(values: ArrayLike<number>): number | undefined {
  const n = Math.min(values.length, LOOKED_AT)
  const centre = mean(Array.from({ length: n }, (_, i) => values[i]).filter(Number.isFinite))
  const x = Float64Array.from({ length: n }, (_, i) => (Number.isFinite(values[i]) ? values[i] - centre : 0))
  const product = (lag: number): number => {
    let sum = 0
    for (let i = lag; i < n; i++) sum += x[i] * x[i - lag]
    return sum
  }
  if (!(product(0) > 0)) return undefined
  const products = Float64Array.from({ length: Math.min(n, LONGEST + SHORTEST + 2) }, (_, lag) =>
    product(lag),
  )
  let best: number | undefined
  for (let lag = SHORTEST + 1; lag + 1 < products.length; lag++) {
    const peak = products[lag] > products[lag - 1] && products[lag] > products[lag + 1]
    if (peak && (best === undefined || products[lag] > products[best])) best = lag
  }
  return best !== undefined && best >= 2 * SHORTEST ? best : undefined
}
