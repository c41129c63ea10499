import { describe, expect, it } from 'vitest'
import { BUILDS, expectClose, expectSameBits, twins } from './twins.js'

const SIZES = Array.from({ length: 68 }, (_, i) => i)

describe.each(BUILDS)('matrix products of the %s build', build => {
  const { array, reset, run, kernels } = twins(build)

  function check(m: number, n: number, k: number, accumulate: 0 | 1, layout: 'rows' | 'columns' | 'strided') {
    reset()
    const odd = (m + n + k) % 4
    const [aRow, aCol] = { rows: [k + 3, 1], columns: [1, m + 1], strided: [2 * k + 5, 2] }[layout]
    const ldc = n + (odd % 3)
    const ldb = n + ((odd + 1) % 3)
    const a = array(m * aRow + k * aCol + 1, odd)
    const b = array(k * ldb + 1, (odd + 1) % 4)
    const c = array(m * ldc + 9, (odd + 2) % 4)
    run((f, own) => f.gemm(own(c), own(a), own(b), m, n, k, ldc, aRow, aCol, ldb, accumulate))
    expectClose(c, 2e-7 * (k + 4) * 4, `${layout} m=${m} n=${n} k=${k} accumulate=${accumulate}`)
  }

  it.each(['rows', 'columns', 'strided'] as const)(
    'equal the reference for every size with A by %s',
    layout => {
      for (const size of SIZES) {
        const flag = (size % 2) as 0 | 1
        check(size, 7, 5, flag, layout)
        check(3, size, 9, flag, layout)
        check(6, 13, size, flag, layout)
        check(size, size, size, flag, layout)
        check(1, size, 33, 1, layout)
        check(size, 3, 33, 0, layout)
      }
    },
  )

  it('continue one sum through a long inner dimension', () => {
    for (const k of [255, 256, 257, 960, 1025]) {
      check(32, 13, k, 0, 'columns')
      check(3, 128, k, 1, 'columns')
      check(5, 11, k, 0, 'rows')
    }
  })

  it('leave what lies between the rows of C alone', () => {
    reset()
    const [, a] = array(5 * 4)
    const [, b] = array(4 * 3)
    const [, c] = array(5 * 7, 1, () => 42)
    kernels.gemm(c, a, b, 5, 3, 4, 7, 4, 1, 3, 0)
    for (let i = 0; i < 5; i++) expect([...c.subarray(i * 7 + 3, i * 7 + 7)]).toEqual([42, 42, 42, 42])
  })

  it('give each row the same bits in a batch of any size', () => {
    for (const [n, k] of [
      [128, 32],
      [13, 33],
      [3, 32],
      [1, 300],
      [38, 16],
    ]) {
      reset()
      const [, a] = array(67 * k, 1)
      const [, b] = array(k * n, 2)
      const [, start] = array(67 * n)
      const [, alone] = array(67 * n, 3)
      const [, together] = array(67 * n)
      alone.set(start)
      for (let i = 0; i < 67; i++) {
        kernels.gemm(alone.subarray(i * n), a.subarray(i * k), b, 1, n, k, n, k, 1, n, 1)
      }
      for (let m = 2; m <= 67; m++) {
        together.set(start)
        kernels.gemm(together, a, b, m, n, k, n, k, 1, n, 1)
        expectSameBits(together.subarray(0, m * n), alone.subarray(0, m * n), `m=${m} n=${n} k=${k}`)
      }
    }
  })

  it('give the same bits for A by rows, by columns and strided', () => {
    reset()
    const [m, n, k] = [11, 15, 270]
    const [, a] = array(m * k)
    const [, b] = array(k * n)
    const [, byColumns] = array(m * k)
    const [, strided] = array(m * k * 2)
    for (let i = 0; i < m * k; i++) strided[2 * i] = a[i]
    kernels.transpose(byColumns, a, m, k)
    const results = [[a, k, 1] as const, [byColumns, 1, m] as const, [strided, 2 * k, 2] as const].map(
      ([matrix, aRow, aCol]) => {
        const [, c] = array(m * n)
        kernels.gemm(c, matrix, b, m, n, k, n, aRow, aCol, n, 0)
        return c
      },
    )
    expectSameBits(results[1], results[0])
    expectSameBits(results[2], results[0])
  })

  it('let NaN and Inf through to exactly the elements they touch', () => {
    for (const [m, n, k] of [
      [1, 3, 5],
      [4, 8, 6],
      [9, 21, 10],
    ]) {
      reset()
      const a = array(m * k, 1)
      const b = array(k * n, 2)
      const c = array(m * n, 3)
      for (const own of a) own[(m - 1) * k + 2] = Number.NaN
      for (const own of a) own[0] = Number.POSITIVE_INFINITY
      for (const own of b) own[n - 1] = -2
      run((f, own) => f.gemm(own(c), own(a), own(b), m, n, k, n, k, 1, n, 0))
      expectClose(c, 1e-4, `m=${m}`)
      expect(c[1].subarray((m - 1) * n).every(Number.isNaN)).toBe(true)
    }
  })

  it('start every row of an affine map at the bias', () => {
    for (const size of SIZES) {
      for (const [m, n, k] of [
        [3, size, 5],
        [size, 3, 4],
        [2, 8, size],
      ]) {
        reset()
        const a = array(m * k, 1)
        const b = array(k * n, 2)
        const bias = array(n, 3)
        const c = array(m * n, 1)
        run((f, own) => f.affine(own(c), own(a), own(b), own(bias), m, n, k, k, 1))
        expectClose(c, 1e-6 * (k + 4), `m=${m} n=${n} k=${k}`)
      }
    }
  })

  it('transpose every shape', () => {
    for (const size of SIZES) {
      for (const [m, n] of [
        [size, 5],
        [5, size],
        [size, size],
      ]) {
        reset()
        const a = array(m * n, 1)
        const out = array(m * n + 3, 2)
        run((f, own) => f.transpose(own(out), own(a), m, n))
        expectClose(out, 0)
      }
    }
  })
})
