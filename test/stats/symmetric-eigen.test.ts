import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { symmetricEigen } from '../../src/stats/index.js'

describe('symmetricEigen', () => {
  it('knows the second-difference matrix: eigenvalues 2 - 2 cos(k pi / (n + 1))', async () => {
    const n = 12
    const matrix = new Float64Array(n * n)
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2
      if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1
    }
    const { values } = await symmetricEigen(matrix, n)
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)), 12)
    })
  })

  it.each([1, 2, 3, 10, 45])(
    'gives orthonormal vectors that put a matrix of size %i together again',
    async n => {
      const random = createRandom(n)
      const matrix = new Float64Array(n * n)
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random.normal()
      const before = matrix.slice()
      const { values, vectors } = await symmetricEigen(matrix, n)
      expect(matrix).toEqual(before)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let product = 0
          let sum = 0
          for (let k = 0; k < n; k++) {
            product += vectors[i * n + k] * vectors[j * n + k]
            sum += values[k] * vectors[k * n + i] * vectors[k * n + j]
          }
          expect(product).toBeCloseTo(i === j ? 1 : 0, 10)
          expect(sum).toBeCloseTo(matrix[i * n + j], 9)
        }
      for (let k = 1; k < n; k++) expect(values[k]).toBeLessThanOrEqual(values[k - 1])
    },
  )

  it('takes a matrix with equal eigenvalues and one of zeros', async () => {
    expect((await symmetricEigen(Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 1), 3)).values).toEqual(
      Float64Array.of(3, 3, 1),
    )
    expect((await symmetricEigen(new Float64Array(4), 2)).values).toEqual(new Float64Array(2))
  })

  it('hears the abort signal, and pauses', async () => {
    const n = 40
    const matrix = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 2 : 0))
    let pauses = 0
    const pause = () => {
      pauses++
      return Promise.resolve()
    }
    await symmetricEigen(matrix, n, { pause })
    expect(pauses).toBeGreaterThan(5)
    const signal = AbortSignal.abort()
    await expect(symmetricEigen(matrix, n, { signal })).rejects.toMatchObject({
      code: 'interrupted',
    })
  })
})
