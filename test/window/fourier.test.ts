import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { autocorrelator, createFourier } from '../../src/window/fourier.js'

const noise = (n: number, seed = 1) => {
  const random = createRandom(seed)
  return Float64Array.from({ length: n }, () => random.normal())
}

describe('the discrete Fourier transform', () => {
  it.each([2, 8, 64])('equals the sum that defines it at %i samples', n => {
    const [re, im] = [noise(n, 1), noise(n, 2)]
    const [real, imaginary] = [re.slice(), im.slice()]
    createFourier(n).transform(real, imaginary)
    for (let k = 0; k < n; k++) {
      let [sumRe, sumIm] = [0, 0]
      for (let i = 0; i < n; i++) {
        const angle = (-2 * Math.PI * k * i) / n
        sumRe += re[i] * Math.cos(angle) - im[i] * Math.sin(angle)
        sumIm += re[i] * Math.sin(angle) + im[i] * Math.cos(angle)
      }
      expect(real[k]).toBeCloseTo(sumRe, 9)
      expect(imaginary[k]).toBeCloseTo(sumIm, 9)
    }
  })

  it('takes the next power of two', () => {
    expect([1, 2, 3, 64, 65].map(n => createFourier(n).size)).toEqual([2, 2, 4, 64, 128])
  })
})

describe('the autocorrelation', () => {
  it('equals the sum of products at every lag', () => {
    const series = noise(100)
    const correlation = autocorrelator(100, 40)(series)
    const sum = (lag: number) => {
      let total = 0
      for (let i = 0; i + lag < 100; i++) total += series[i] * series[i + lag]
      return total
    }
    for (let lag = 0; lag <= 40; lag++)
      expect(correlation[lag]).toBeCloseTo(((sum(lag) / sum(0)) * 100) / (100 - lag), 9)
  })

  it('is 0 for a series without variance, also after one with', () => {
    const correlate = autocorrelator(50, 10)
    correlate(noise(50))
    expect(Array.from(correlate(new Float64Array(50)))).toEqual(Array(11).fill(0))
  })
})
