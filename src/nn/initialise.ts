import type { Random } from '../core/random.js'

/**
 * Glorot & Bengio 2010, uniform: limit sqrt(6 / (fanIn + fanOut)). Keras' default for kernels.
 *
 * @param length of the result; default `fanIn * fanOut`, less for a kernel that is used at several places
 */
export function glorotUniform(
  random: Random,
  fanIn: number,
  fanOut: number,
  length = fanIn * fanOut,
): Float32Array {
  const limit = Math.sqrt(6 / (fanIn + fanOut))
  return Float32Array.from({ length }, () => (2 * random.uniform() - 1) * limit)
}

/**
 * Orthogonal matrix `[rows, columns]` (Saxe et al. 2014): the shorter side is orthonormal. Keras' default for recurrent kernels.
 * Gram-Schmidt on normal vectors, done twice so that float64 orthogonality holds for hundreds of vectors.
 */
export function orthogonal(random: Random, rows: number, columns: number): Float32Array {
  const count = Math.min(rows, columns)
  const length = Math.max(rows, columns)
  const vectors: Float64Array[] = []
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal())
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) {
        const projection = dot(vector, other)
        for (let i = 0; i < length; i++) vector[i] -= projection * other[i]
      }
    }
    const norm = Math.sqrt(dot(vector, vector))
    if (norm > 1e-6) vectors.push(vector.map(value => value / norm))
  }
  return Float32Array.from({ length: rows * columns }, (_, k) => {
    const row = Math.floor(k / columns)
    const column = k % columns
    return rows <= columns ? vectors[row][column] : vectors[column][row]
  })
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
