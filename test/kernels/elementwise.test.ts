import { describe, expect, it } from 'vitest'
import { BUILDS, expectClose, twins } from './twins.js'

const SIZES = Array.from({ length: 68 }, (_, i) => i)

describe.each(BUILDS)('the simple loops of the %s build', build => {
  const { array, reset, run, kernels } = twins(build)

  /** Runs `body` for every length at changing offsets. */
  function everyLength(body: (n: number, offset: number) => void) {
    for (const n of SIZES) {
      for (let offset = 0; offset < 4; offset++) {
        reset()
        body(n, offset)
      }
    }
  }

  it('add and scale in place, and touch nothing past the end', () => {
    everyLength((n, offset) => {
      const out = array(n + 4, offset)
      const a = array(n, (offset + 1) % 4)
      run((f, own) => f.add(own(out), own(a), n))
      run((f, own) => f.scale(own(out), -1.5, n))
      expectClose(out, 1e-6, `n=${n}`)
    })
  })

  it('sum steps and rows in order', () => {
    everyLength((n, offset) => {
      const a = array(n * 9, offset)
      const steps = array(n + 2, 1)
      const rows = array(n + 2, 2)
      run((f, own) => f.sumSteps(own(steps), own(a), offset * 3, n))
      run((f, own) => f.addColumnSums(own(rows), own(a), offset * 3, n))
      expectClose(steps, 5e-6, `n=${n}`)
      expectClose(rows, 5e-6, `n=${n}`)
    })
  })

  it('sum squares in float64', () => {
    everyLength((n, offset) => {
      const a = array(n, offset, i => 1000 + i / 7)
      const [expected, actual] = run((f, own) => f.sumSquares(own(a), n))
      expect(Math.abs(actual - expected)).toBeLessThanOrEqual(expected * 1e-15)
    })
  })

  it('return the squared error and its gradient', () => {
    everyLength((n, offset) => {
      const y = array(n, offset)
      const x = array(n, (offset + 1) % 4)
      const dy = array(n + 2, (offset + 2) % 4)
      const [expected, actual] = run((f, own) => f.squaredError(own(dy), own(y), own(x), 0.25, n))
      expect(Math.abs(actual - expected)).toBeLessThanOrEqual(expected * 2e-7)
      expectClose(dy, 1e-6, `n=${n}`)
    })
  })

  it('take the same step of Adam', () => {
    everyLength((n, offset) => {
      const w = array(n + 1, offset)
      const g = array(n, 1)
      const m = array(n + 1, 2)
      const v = array(n + 1, 3, i => (i + 1) / 50)
      run((f, own) => f.adam(own(w), own(g), own(m), own(v), 0.01, 0.9, 0.999, 1e-7, 0.1, 0.001, n))
      for (const pair of [w, m, v]) expectClose(pair, 1e-6, `n=${n}`)
    })
  })

  it('let NaN and Inf through', () => {
    for (const special of [Number.NaN, Infinity, -Infinity]) {
      for (const place of [0, 5, 6]) {
        reset()
        const make = (i: number) => (i === place ? special : i)
        const [a, b, w, m] = [array(7, 1, make), array(7), array(7), array(7)]
        const v = array(7, 0, i => i + 1)
        run((f, own) => f.add(own(b), own(a), 7))
        run((f, own) => f.scale(own(b), 2, 7))
        run((f, own) => f.adam(own(w), own(a), own(m), own(v), 0.01, 0.9, 0.999, 1e-7, 0.1, 0.001, 7))
        for (const pair of [b, w, m, v]) expectClose(pair, 1e-6)
        const [expected, actual] = run((f, own) => f.sumSquares(own(a), 7))
        expect(actual).toBe(expected)
        const sums = run((f, own) => f.squaredError(own(b), own(a), own(m), 1, 7))
        expect(sums[1]).toBe(sums[0])
      }
    }
  })

  it('give each element the same bits wherever it stands', () => {
    reset()
    const values = array(4)
    const element = (n: number, place: number) => {
      const [w, g, m, v] =
        values.map(() => 0) && [0, 1, 2, 3].map(j => array(n, j, () => values[1][j] ** 2)[1])
      kernels.adam(w, g, m, v, 0.013, 0.9, 0.999, 1e-7, 0.19, 0.001, n)
      kernels.add(w, m, n)
      kernels.scale(w, 1.1, n)
      return w[place]
    }
    const alone = element(1, 0)
    for (const [n, place] of [
      [4, 0],
      [7, 3],
      [7, 6],
      [67, 65],
    ]) {
      expect(element(n, place)).toBe(alone)
    }
  })
})
