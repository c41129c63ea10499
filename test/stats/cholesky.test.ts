import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { solvePositiveDefinite } from '../../src/stats/index.js'

describe('solvePositiveDefinite', () => {
  it.each([1, 2, 7, 40])('finds the X of A X = B for %i unknowns', async n => {
    const random = createRandom(n)
    const m = 3
    const root = Float64Array.from({ length: n * n }, () => random.normal())
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < n; k++) a[i * n + j] += root[i * n + k] * root[j * n + k]
        if (i === j) a[i * n + j] += 1
      }
    const x = Float64Array.from({ length: n * m }, () => random.normal())
    const b = new Float64Array(n * m)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) for (let k = 0; k < n; k++) b[i * m + j] += a[i * n + k] * x[k * m + j]
    expect(await solvePositiveDefinite(a, b, n, m)).toBe(true)
    for (let i = 0; i < n * m; i++) expect(b[i]).toBeCloseTo(x[i], 9)
  })

  it('says so when the matrix is not positive definite, or holds NaN', async () => {
    expect(await solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), new Float64Array(2), 2, 1)).toBe(false)
    expect(await solvePositiveDefinite(Float64Array.of(Number.NaN), new Float64Array(1), 1, 1)).toBe(false)
  })

  it('hears the abort signal, and pauses', async () => {
    const n = 40
    const matrix = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 2 : 0))
    let pauses = 0
    const pause = () => {
      pauses++
      return Promise.resolve()
    }
    await solvePositiveDefinite(matrix.slice(), new Float64Array(n), n, 1, { pause })
    expect(pauses).toBeGreaterThan(5)
    const signal = AbortSignal.abort()
    await expect(solvePositiveDefinite(matrix, new Float64Array(n), n, 1, { signal })).rejects.toMatchObject({
      code: 'interrupted',
    })
  })
})
