import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { createReferenceKernels } from '../../src/kernels/index.js'
import { BUILDS, expectClose, expectSameBits, twins } from './twins.js'

const SIZES = Array.from({ length: 68 }, (_, i) => i)

describe.each(BUILDS)('the GRU of the %s build', build => {
  const { array, reset, run, kernels } = twins(build, 1 << 25)

  function forward(steps: number, batch: number, hidden: number) {
    const size = batch * hidden
    const xp = array(steps * batch * 3 * hidden, 1)
    const u = array(3 * hidden * hidden, 2, i => Math.sin(i * 1.7) / Math.sqrt(hidden))
    const bias = array(3 * hidden, 3)
    const h = array(steps * size, 1)
    const gates = array(4 * steps * size, 2)
    run((f, own) =>
      f.gruForward(
        own(h),
        own(gates),
        own(xp),
        own(u),
        own(bias),
        steps,
        batch,
        hidden,
        batch,
        1,
        size,
        4 * size,
      ),
    )
    return { xp, u, bias, h, gates, size }
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
        const { h, gates } = forward(steps, batch, hidden)
        expectClose(h, 4e-6, `h ${what}`)
        expectClose(gates, 1e-5, `gates ${what}`)
      }
    }
  })

  it('gives the same bits whether the steps are kept or overwritten', () => {
    for (const hidden of [1, 6, 32]) {
      reset()
      const { xp, u, bias, h, gates, size } = forward(7, 5, hidden)
      const kept = h[1].slice(6 * size)
      kernels.gruForward(h[1], gates[1], xp[1], u[1], bias[1], 7, 5, hidden, 5, 1, 0, 0)
      expectSameBits(h[1].subarray(0, size), kept, `H=${hidden}`)
    }
  })

  it('gives each row the same bits in a batch of any size', () => {
    for (const hidden of [3, 16, 32]) {
      reset()
      const [steps, most, wide] = [4, 67, 3 * hidden]
      const { xp, u, bias, h, gates } = forward(steps, most, hidden)
      const [, alone] = array(most * hidden)
      for (let b = 0; b < most; b++) {
        const row = xp[1].subarray(b * wide)
        kernels.gruForward(h[1], gates[1], row, u[1], bias[1], steps, 1, hidden, most, 1, 0, 0)
        alone.set(h[1].subarray(0, hidden), b * hidden)
      }
      for (let batch = 2; batch <= most; batch++) {
        kernels.gruForward(h[1], gates[1], xp[1], u[1], bias[1], steps, batch, hidden, most, 1, 0, 0)
        expectSameBits(h[1].subarray(0, batch * hidden), alone.subarray(0, batch * hidden), `B=${batch}`)
      }
    }
  })

  it('reads overlapping windows and a constant input straight from the projections', () => {
    const [steps, batch, hidden] = [5, 4, 6]
    const wide = 3 * hidden
    for (const [xpStep, xpRow] of [
      [1, 1],
      [1, 3],
      [0, 1],
    ]) {
      reset()
      const xp = array((steps * xpStep + batch * xpRow + 1) * wide)
      const u = array(wide * hidden, 1, i => Math.cos(i))
      const bias = array(wide, 2)
      const [h, gates] = [array(batch * hidden), array(4 * batch * hidden)]
      run((f, own) =>
        f.gruForward(
          own(h),
          own(gates),
          own(xp),
          own(u),
          own(bias),
          steps,
          batch,
          hidden,
          xpStep,
          xpRow,
          0,
          0,
        ),
      )
      expectClose(h, 4e-6)
      expectClose(gates, 1e-5)
    }
  })

  it('keeps r and z within 1.9e-7, n within 2.1e-7 and h within 3e-7 of the true value', () => {
    const rows = 4000
    reset()
    const random = createRandom(3)
    // Every unit has a value of the grid in one gate or the other, and something else in the rest.
    const at = (b: number) => (b - rows) / 200
    const xp = array(3 * 2 * rows, 0, i => (i % 3 === 2 ? 3 * random.normal() : at(Math.floor(i / 3))))[1]
    const [[, h], [, gates], [, u]] = [4 * rows, 16 * rows, 3].map(n => array(n))
    const [, bias] = array(3, 0, i => [0.3, -0.2, 0.7][i])
    // Two steps: the second reads the same projections and an h that is not zero.
    kernels.gruForward(h, gates, xp, u, bias, 2, 2 * rows, 1, 0, 1, 2 * rows, 8 * rows)
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
    const worst = { gate: 0, n: 0, h: 0 }
    for (let b = 0; b < 2 * rows; b++) {
      const before = h[b]
      const [n, r, z, q] = gates.subarray(4 * (2 * rows + b), 4 * (2 * rows + b + 1))
      const pre = (gate: number) => Math.fround(xp[3 * b + gate] + Math.fround(bias[gate] + before * u[gate]))
      const wanted = { r: sigmoid(pre(0)), z: sigmoid(pre(1)), n: Math.tanh(xp[3 * b + 2] + r * q) }
      worst.gate = Math.max(worst.gate, Math.abs(r - wanted.r), Math.abs(z - wanted.z))
      worst.n = Math.max(worst.n, Math.abs(n - wanted.n))
      worst.h = Math.max(worst.h, Math.abs(h[2 * rows + b] - ((1 - wanted.z) * wanted.n + wanted.z * before)))
    }
    expect(worst.gate).toBeLessThan(1.9e-7)
    expect(worst.n).toBeLessThan(2.1e-7)
    expect(worst.h).toBeLessThan(3e-7)
  })

  it('saturates at infinite pre-activations', () => {
    reset()
    const gates = array(4, 0, () => 0)
    const [h, u, bias] = [array(1), array(3), array(3)]
    for (const x of [
      [Infinity, 0, Infinity],
      [-Infinity, -Infinity, -Infinity],
      [1, Infinity, 5],
    ]) {
      const xp = array(3, 0, j => x[j])
      run((k, own) => k.gruForward(own(h), own(gates), own(xp), own(u), own(bias), 1, 1, 1, 1, 1, 1, 4))
      for (const pair of [h, gates]) expectClose(pair, 5e-7)
    }
  })

  it('does not read U at the first step', () => {
    reset()
    const { xp, u, bias, h, gates } = forward(1, 3, 5)
    const before = h[1].slice()
    u[1].fill(Number.NaN)
    kernels.gruForward(h[1], gates[1], xp[1], u[1], bias[1], 1, 3, 5, 3, 1, 15, 60)
    expectSameBits(h[1], before)
  })

  it('lets a NaN in any gate through to h of its unit, and to its row from the next step on', () => {
    for (const hidden of [5, 8]) {
      for (let gate = 0; gate < 3; gate++) {
        reset()
        const [steps, batch] = [2, 3]
        const { xp, u, bias, h, gates, size } = forward(steps, batch, hidden)
        const unit = hidden - 1
        xp[1][(1 * 3 + gate) * hidden + unit] = Number.NaN
        kernels.gruForward(
          h[1],
          gates[1],
          xp[1],
          u[1],
          bias[1],
          steps,
          batch,
          hidden,
          batch,
          1,
          size,
          4 * size,
        )
        const first = [...h[1].subarray(0, size)]
          .map((x, i) => (Number.isNaN(x) ? i : -1))
          .filter(i => i >= 0)
        expect(first).toEqual([hidden + unit])
        expect(h[1].subarray(size + hidden, size + 2 * hidden).every(Number.isNaN)).toBe(true)
        for (const other of [0, 2]) {
          const row = size + other * hidden
          expect(h[1].subarray(row, row + hidden).some(Number.isNaN)).toBe(false)
        }
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
        const { u, h, gates } = forward(steps, batch, hidden)
        for (const pair of [h, gates]) pair[1].set(pair[0])
        const ut = array(3 * hidden * hidden, 1)
        const dh = array((lastOnly ? 1 : steps) * batch * hidden, 2)
        const carried = array(batch * hidden, 3, () => Number.NaN)
        run((f, own) => {
          f.transpose(own(ut), own(u), hidden, 3 * hidden)
          f.gruBackward(own(gates), own(dh), own(h), own(ut), own(carried), steps, batch, hidden, lastOnly)
        })
        expectClose(gates, 3e-5, `T=${steps} B=${batch} H=${hidden} last=${lastOnly}`)
      }
    }
  })

  it('gives each row of the gradient the same bits in a batch of any size', () => {
    for (const hidden of [3, 16]) {
      reset()
      const [steps, most] = [4, 13]
      const { u, h, gates } = forward(steps, most, hidden)
      const [, ut] = array(3 * hidden * hidden)
      const [, dh] = array(steps * most * hidden)
      const [, carried] = array(most * hidden)
      kernels.transpose(ut, u[1], hidden, 3 * hidden)
      const kept = gates[1].slice()
      kernels.gruBackward(gates[1], dh, h[1], ut, carried, steps, most, hidden, 0)
      const [[, g1], [, dh1], [, h1]] = [4, 1, 1].map(n => array(n * steps * hidden))
      for (let b = 0; b < most; b++) {
        for (let t = 0; t < steps; t++) {
          const row = (t * most + b) * hidden
          g1.set(kept.subarray(4 * row, 4 * (row + hidden)), 4 * t * hidden)
          dh1.set(dh.subarray(row, row + hidden), t * hidden)
          h1.set(h[1].subarray(row, row + hidden), t * hidden)
        }
        kernels.gruBackward(g1, dh1, h1, ut, carried, steps, 1, hidden, 0)
        for (let t = 0; t < steps; t++) {
          const row = (t * most + b) * hidden
          const alone = g1.subarray(4 * t * hidden, 4 * (t + 1) * hidden)
          expectSameBits(gates[1].subarray(4 * row, 4 * (row + hidden)), alone, `row ${b} step ${t}`)
        }
      }
    }
  })
})

describe('the gradient of the reference GRU', () => {
  // The loops do not mind the width of the numbers: in float64 central differences are exact enough to prove them.
  const double = (n: number, make: (i: number) => number) =>
    Float64Array.from({ length: n }, (_, i) => make(i)) as unknown as Float32Array

  it.each([0, 1] as const)('agrees with central differences (lastOnly = %i)', lastOnly => {
    const kernels = createReferenceKernels({ bytes: 16 })
    const random = createRandom(5)
    const normal = () => random.normal()
    const [steps, batch, hidden] = [4, 2, 3]
    const size = batch * hidden
    const wide = 3 * hidden
    const zeros = (n: number) => double(n, () => 0)
    const xp = double(steps * batch * wide, normal)
    const u = double(hidden * wide, normal)
    const bias = double(wide, normal)
    const ut = zeros(wide * hidden)
    kernels.transpose(ut, u, hidden, wide)
    const dh = double((lastOnly ? 1 : steps) * size, normal)
    const [h, gates] = [zeros(steps * size), zeros(4 * steps * size)]
    const loss = (): number => {
      kernels.gruForward(h, gates, xp, u, bias, steps, batch, hidden, batch, 1, size, 4 * size)
      const out = lastOnly ? h.subarray((steps - 1) * size) : h
      return dh.reduce((sum, d, i) => sum + d * out[i], 0)
    }
    const slope = (values: Float32Array, i: number): number => {
      const kept = values[i]
      values[i] = kept + 1e-5
      const above = loss()
      values[i] = kept - 1e-5
      const below = loss()
      values[i] = kept
      return (above - below) / 2e-5
    }
    loss()
    kernels.gruBackward(gates, dh, h, ut, zeros(size), steps, batch, hidden, lastOnly)
    const found = gates.slice()
    /** Gradient of x (r, z, n) or of q (r, z, n) in a row of n, r, z, q. */
    const column = (row: number, gate: number, j: number) => found[(row * 4 + gate) * hidden + j]
    for (let row = 0; row < steps * batch; row++) {
      for (let j = 0; j < hidden; j++) {
        for (const [gate, at] of [1, 2, 0].entries()) {
          expect(column(row, at, j)).toBeCloseTo(slope(xp, (row * 3 + gate) * hidden + j), 7)
        }
      }
    }
    for (let j = 0; j < wide; j++) {
      let sum = 0
      for (let row = 0; row < steps * batch; row++) sum += column(row, 1 + Math.floor(j / hidden), j % hidden)
      expect(sum).toBeCloseTo(slope(bias, j), 7)
    }
  })
})
