import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { ACTIVATIONS } from '../../src/kernels/index.js'
import { BUILDS, expectClose, expectSameBits, twins } from './twins.js'

describe.each(BUILDS)('the activations of the %s build', build => {
  const { array, reset, run, kernels } = twins(build)
  const random = createRandom(5)

  describe.each(ACTIVATIONS.map((name, which) => [name, which] as const))('%s', (_, which) => {
    it('have the values and slopes of the reference at every length, and touch nothing past the end', () => {
      for (let n = 0; n <= 67; n++) {
        reset()
        const x = array(n, n % 4, () => 3 * random.normal())
        const [y, dy, dx] = [array(n + 3, (n + 1) % 4), array(n, (n + 2) % 4), array(n + 3, (n + 3) % 4)]
        run((k, own) => k.activate(own(y), own(x), which, n))
        expectClose(y, 1e-6, `n=${n}`)
        run((k, own) => k.activateBackward(own(dx), own(dy), own(x), own(y), which, n))
        expectClose(dx, 3e-6, `n=${n}`)
      }
    })

    it('stay within 5e-7, slopes within 1e-6, relative above 1, from -100 to 100', () => {
      reset()
      const x = array(20001, 0, i => (i - 10000) / 100)
      const ones = array(20001, 0, () => 1)
      const [y, dx] = [array(20001), array(20001)]
      run((k, own) => k.activate(own(y), own(x), which, 20001))
      run((k, own) => k.activateBackward(own(dx), own(ones), own(x), own(y), which, 20001))
      for (const [[expected, actual], bound] of [
        [y, 5e-7],
        [dx, 1e-6],
      ] as const) {
        for (let i = 0; i < expected.length; i++) {
          const error = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]))
          if (!(error < bound)) expect.fail(`${(i - 10000) / 100}: ${actual[i]} instead of ${expected[i]}`)
        }
      }
    })

    it('give a number the same bits wherever it stands', () => {
      reset()
      const [, x] = array(23)
      const [, together] = array(23)
      const [, alone] = array(23)
      kernels.activate(together, x, which, 23)
      for (let i = 0; i < 23; i++) kernels.activate(alone.subarray(i), x.subarray(i), which, 1)
      expectSameBits(alone, together)
    })

    it('let NaN through, and only NaN', () => {
      const specials = [Number.NaN, 1e30, -1e30, 0, -0]
      reset()
      const x = array(15, 0, i => specials[i % 5])
      const dy = array(15, 0, () => 1)
      const [y, dx] = [array(15), array(15)]
      run((k, own) => k.activate(own(y), own(x), which, 15))
      run((k, own) => k.activateBackward(own(dx), own(dy), own(x), own(y), which, 15))
      for (let i = 0; i < 15; i++) {
        expect(Number.isNaN(y[1][i]), `value at ${specials[i % 5]}`).toBe(i % 5 === 0)
        if (i % 5 !== 0) expect(dx[1][i], `slope at ${specials[i % 5]}`).toBeCloseTo(dx[0][i], 5)
      }
    })
  })
})
