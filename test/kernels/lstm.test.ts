import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { createReferenceKernels } from '../../src/kernels/index.js'
import { BUILDS, expectClose, expectSameBits, twins } from './twins.js'

const SIZES = Array.from({ length: 68 }, (_, i) => i)

describe.each(BUILDS)('the LSTM of the %s build', build => {
  const { array, reset, run, kernels } = twins(build, 1 << 25)

  function forward(steps: number, batch: number, hidden: number, keep: boolean) {
    const size = batch * hidden
    const kept = keep ? steps : 1
    const xp = array(steps * batch * 4 * hidden, 1)
    const u = array(4 * hidden * hidden, 2, i => Math.sin(i * 1.7) / Math.sqrt(hidden))
    const h = array(kept * size, 3)
    const c = array(kept * size, 1)
    const tc = array(kept * size, 2)
    const gates = array(4 * kept * size, 3)
    run((f, own) =>
      f.lstmForward(
        own(h),
        own(c),
        own(tc),
        own(gates),
        own(xp),
        own(u),
        steps,
        batch,
        hidden,
        batch,
        1,
        keep ? size : 0,
        keep ? size : 0,
        keep ? 4 * size : 0,
      ),
    )
    return { xp, u, h, c, tc, gates, size }
  }

  it('equals the reference for every number of units and rows', () => {
    for (const size of SIZES) {
      for (const [steps, batch, hidden] of [
        [3, 2, size],
        [3, size, 5],
        [size, 1, 6],
      ]) {
        reset()
        const what = `T=${steps} B=${batch} H=${hidden}`
        const { h, c, tc, gates } = forward(steps, batch, hidden, true)
        expectClose(h, 4e-6, `h ${what}`)
        expectClose(c, 1e-5, `c ${what}`)
        expectClose(tc, 4e-6, `tanh(c) ${what}`)
        expectClose(gates, 4e-6, `gates ${what}`)
      }
    }
  })

  it('gives the same bits whether the steps are kept or overwritten', () => {
    for (const hidden of [1, 6, 32]) {
      reset()
      const { xp, u, h, c, tc, gates, size } = forward(7, 5, hidden, true)
      const kept = h[1].slice(6 * size)
      kernels.lstmForward(h[1], c[1], tc[1], gates[1], xp[1], u[1], 7, 5, hidden, 5, 1, 0, 0, 0)
      expectSameBits(h[1].subarray(0, size), kept, `H=${hidden}`)
    }
  })

  it('gives each row the same bits in a batch of any size', () => {
    for (const hidden of [3, 16, 32]) {
      reset()
      const [steps, most, wide] = [4, 67, 4 * hidden]
      const { xp, u, h, c, tc, gates } = forward(steps, most, hidden, true)
      const [, alone] = array(most * hidden)
      for (let b = 0; b < most; b++) {
        const row = xp[1].subarray(b * wide)
        kernels.lstmForward(h[1], c[1], tc[1], gates[1], row, u[1], steps, 1, hidden, most, 1, 0, 0, 0)
        alone.set(h[1].subarray(0, hidden), b * hidden)
      }
      for (let batch = 2; batch <= most; batch++) {
        kernels.lstmForward(h[1], c[1], tc[1], gates[1], xp[1], u[1], steps, batch, hidden, most, 1, 0, 0, 0)
        expectSameBits(h[1].subarray(0, batch * hidden), alone.subarray(0, batch * hidden), `B=${batch}`)
      }
    }
  })

  it('reads overlapping windows and a constant input straight from the projections', () => {
    const [steps, batch, hidden] = [5, 4, 6]
    const wide = 4 * hidden
    for (const [xpStep, xpRow] of [
      [1, 1],
      [1, 3],
      [0, 1],
    ]) {
      reset()
      const xp = array((steps * xpStep + batch * xpRow + 1) * wide)
      const u = array(wide * hidden, 1, i => Math.cos(i))
      const [h, c, tc] = [array(batch * hidden), array(batch * hidden), array(batch * hidden)]
      const gates = array(batch * wide)
      run((f, own) =>
        f.lstmForward(
          own(h),
          own(c),
          own(tc),
          own(gates),
          own(xp),
          own(u),
          steps,
          batch,
          hidden,
          xpStep,
          xpRow,
          0,
          0,
          0,
        ),
      )
      expectClose(h, 4e-6)
      expectClose(c, 1e-5)
    }
  })

  it('keeps tanh within 2.1e-7 and the sigmoid within 1.75e-7 of the true value', () => {
    const rows = 4000
    reset()
    const at = (i: number) => (i - rows) / 200
    const grid = array(4 * 2 * rows, 0, i => at(Math.floor(i / 4)))[1]
    const [[, h], [, c], [, tc], [, gates], [, u]] = [2, 2, 2, 8, 4].map(n => array(n * rows))
    kernels.lstmForward(h, c, tc, gates, grid, u, 1, 2 * rows, 1, 2 * rows, 1, 2 * rows, 2 * rows, 8 * rows)
    let tanhError = 0
    let sigmoidError = 0
    for (let i = 0; i < 2 * rows; i++) {
      const x = grid[4 * i]
      tanhError = Math.max(
        tanhError,
        Math.abs(gates[4 * i + 2] - Math.tanh(x)),
        Math.abs(tc[i] - Math.tanh(c[i])),
      )
      for (const gate of [0, 1, 3]) {
        sigmoidError = Math.max(sigmoidError, Math.abs(gates[4 * i + gate] - 1 / (1 + Math.exp(-x))))
      }
    }
    expect(tanhError).toBeLessThan(2.1e-7)
    expect(sigmoidError).toBeLessThan(1.75e-7)
  })

  it('saturates at infinite pre-activations', () => {
    reset()
    const gates = array(4, 0, () => 0)
    const [h, c, tc, u] = [array(1), array(1), array(1), array(4)]
    for (const [i, f, g, o] of [
      [Infinity, 0, Infinity, Infinity],
      [Infinity, -Infinity, -Infinity, 0],
      [-Infinity, 1, 5, -Infinity],
    ]) {
      const xp = array(4, 0, j => [i, f, g, o][j])
      run((k, own) =>
        k.lstmForward(own(h), own(c), own(tc), own(gates), own(xp), own(u), 1, 1, 1, 1, 1, 1, 1, 4),
      )
      for (const pair of [h, c, tc, gates]) expectClose(pair, 5e-7)
    }
  })

  it('lets a NaN in any gate through to h and c of its unit, and to its row from the next step on', () => {
    for (const hidden of [5, 8]) {
      for (let gate = 0; gate < 4; gate++) {
        reset()
        const [steps, batch] = [2, 3]
        const { xp, u, h, c, tc, gates, size } = forward(steps, batch, hidden, true)
        const unit = hidden - 1
        xp[1][(1 * 4 + gate) * hidden + unit] = Number.NaN
        kernels.lstmForward(
          h[1],
          c[1],
          tc[1],
          gates[1],
          xp[1],
          u[1],
          steps,
          batch,
          hidden,
          batch,
          1,
          size,
          size,
          4 * size,
        )
        const first = [...h[1].subarray(0, size)]
          .map((x, i) => (Number.isNaN(x) ? i : -1))
          .filter(i => i >= 0)
        expect(first).toEqual([hidden + unit])
        expect(Number.isNaN(c[1][hidden + unit])).toBe(gate !== 3)
        expect(h[1].subarray(size + hidden, size + 2 * hidden).every(Number.isNaN)).toBe(true)
        expect(h[1].subarray(size, size + hidden).some(Number.isNaN)).toBe(false)
      }
    }
  })

  it('has the gradient of the reference for every number of units and rows', () => {
    for (const size of SIZES) {
      for (const [steps, batch, hidden, lastOnly] of [
        [3, 2, size, 0],
        [3, 2, size, 1],
        [3, size, 5, 0],
        [size, 1, 6, 1],
      ] as const) {
        reset()
        const { u, c, tc, gates } = forward(steps, batch, hidden, true)
        for (const pair of [c, tc, gates]) pair[1].set(pair[0])
        const ut = array(4 * hidden * hidden, 1)
        const dh = array((lastOnly ? 1 : steps) * batch * hidden, 2)
        const scratch = array(2 * batch * hidden, 3, () => Number.NaN)
        run((f, own) => {
          f.transpose(own(ut), own(u), hidden, 4 * hidden)
          f.lstmBackward(
            own(gates),
            own(dh),
            own(c),
            own(tc),
            own(ut),
            own(scratch),
            steps,
            batch,
            hidden,
            lastOnly,
          )
        })
        expectClose(gates, 3e-5, `T=${steps} B=${batch} H=${hidden} last=${lastOnly}`)
      }
    }
  })
})

describe('the gradient of the reference LSTM', () => {
  // The loops do not mind the width of the numbers: in float64 central differences are exact enough to prove them.
  const double = (n: number, make: (i: number) => number) =>
    Float64Array.from({ length: n }, (_, i) => make(i)) as unknown as Float32Array

  it.each([0, 1] as const)('agrees with central differences (lastOnly = %i)', lastOnly => {
    const kernels = createReferenceKernels({ bytes: 16 })
    const random = createRandom(5)
    const normal = () => random.normal()
    const [steps, batch, hidden] = [4, 2, 3]
    const size = batch * hidden
    const xp = double(steps * 4 * size, normal)
    const u = double(4 * hidden * hidden, normal)
    const ut = double(4 * hidden * hidden, () => 0)
    kernels.transpose(ut, u, hidden, 4 * hidden)
    const dh = double((lastOnly ? 1 : steps) * size, normal)
    const zeros = (n: number) => double(n, () => 0)
    const [h, c, tc, gates] = [
      zeros(steps * size),
      zeros(steps * size),
      zeros(steps * size),
      zeros(4 * steps * size),
    ]
    const loss = (): number => {
      kernels.lstmForward(h, c, tc, gates, xp, u, steps, batch, hidden, batch, 1, size, size, 4 * size)
      const out = lastOnly ? h.subarray((steps - 1) * size) : h
      return dh.reduce((sum, d, i) => sum + d * out[i], 0)
    }
    loss()
    const gradient = gates
    kernels.lstmBackward(gradient, dh, c, tc, ut, zeros(2 * size), steps, batch, hidden, lastOnly)
    const found = gradient.slice()
    for (let i = 0; i < xp.length; i++) {
      const kept = xp[i]
      xp[i] = kept + 1e-5
      const above = loss()
      xp[i] = kept - 1e-5
      const below = loss()
      xp[i] = kept
      expect(found[i]).toBeCloseTo((above - below) / 2e-5, 7)
    }
  })
})
