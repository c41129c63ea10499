import { breathe, type Pauses } from '../core/pause.js'

/** Eigenvalues, largest first, and the eigenvectors that belong to them. */
export interface SymmetricEigen {
  /** `[n]` descending. */
  readonly values: Float64Array
  /** `[n * n]` row k is the unit eigenvector of `values[k]`; its sign is arbitrary. */
  readonly vectors: Float64Array
}

/** Steps of the QL iteration that an eigenvalue may take; three are usual. */
const MOST_STEPS = 60
/** Rows that are worked on between two pauses: a few ms for some hundred rows. */
const ROWS_AT_ONCE = 16

/**
 * Eigendecomposition of a symmetric matrix: Householder reduction to a tridiagonal matrix, then QL with implicit shifts.
 *
 * @param matrix `[n * n]` row-major, not touched; only the lower triangle is read. NaN or Inf in it gives NaN.
 * @throws InterruptedError `interrupted` when the signal aborts
 * Cost about 9 n^3. Source: Wilkinson & Reinsch, Handbook for Automatic Computation II (1971), contributions II/2 and II/4.
 *
 * @example
 * import { symmetricEigen } from 'telltale/stats'
 * const { values } = await symmetricEigen(Float64Array.of(2, 1, 1, 2), 2)
 * Array.from(values, value => Math.round(value)) // => [3, 1]
 */
export async function symmetricEigen(
  matrix: Float64Array,
  n: number,
  pauses: Pauses = {},
): Promise<SymmetricEigen> {
  const z = matrix.slice()
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  await tridiagonalise(z, diagonal, beside, n, pauses)
  // Rows are contiguous: rotating rows of the transpose is several times faster than rotating columns.
  const vectors = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[j * n + i] = z[i * n + j]
  await diagonalise(diagonal, beside, vectors, n, pauses)
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i])
  const sorted = new Float64Array(n * n)
  order.forEach((from, to) => {
    sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n)
  })
  return { values: Float64Array.from(order, i => diagonal[i]), vectors: sorted }
}

/** z becomes the orthogonal Q of A = Q T Q'; T has `diagonal`, and `beside[i]` links i - 1 and i. */
async function tridiagonalise(
  z: Float64Array,
  diagonal: Float64Array,
  beside: Float64Array,
  n: number,
  pauses: Pauses,
): Promise<void> {
  for (let i = n - 1; i > 0; i--) {
    if (i % ROWS_AT_ONCE === 0) await breathe(pauses)
    const row = i * n
    let scale = 0
    for (let k = 0; k < i; k++) scale += Math.abs(z[row + k])
    if (i === 1 || scale === 0) {
      beside[i] = z[row + i - 1]
      diagonal[i] = 0
      continue
    }
    let h = 0
    for (let k = 0; k < i; k++) {
      z[row + k] /= scale
      h += z[row + k] * z[row + k]
    }
    const f = z[row + i - 1]
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h)
    beside[i] = scale * g
    h -= f * g
    z[row + i - 1] = f - g
    let dot = 0
    for (let j = 0; j < i; j++) {
      z[j * n + i] = z[row + j] / h
      let sum = 0
      for (let k = 0; k <= j; k++) sum += z[j * n + k] * z[row + k]
      for (let k = j + 1; k < i; k++) sum += z[k * n + j] * z[row + k]
      beside[j] = sum / h
      dot += beside[j] * z[row + j]
    }
    const half = dot / (h + h)
    for (let j = 0; j < i; j++) {
      const u = z[row + j]
      const p = (beside[j] -= half * u)
      for (let k = 0; k <= j; k++) z[j * n + k] -= u * beside[k] + p * z[row + k]
    }
    diagonal[i] = h
  }
  diagonal[0] = 0
  beside[0] = 0
  for (let i = 0; i < n; i++) {
    if (i % ROWS_AT_ONCE === 0) await breathe(pauses)
    if (diagonal[i] !== 0) {
      for (let j = 0; j < i; j++) {
        let sum = 0
        for (let k = 0; k < i; k++) sum += z[i * n + k] * z[k * n + j]
        for (let k = 0; k < i; k++) z[k * n + j] -= sum * z[k * n + i]
      }
    }
    diagonal[i] = z[i * n + i]
    z[i * n + i] = 1
    for (let j = 0; j < i; j++) {
      z[j * n + i] = 0
      z[i * n + j] = 0
    }
  }
}

/** Rotates the tridiagonal matrix to a diagonal one, and the rows of `vectors` with it. */
async function diagonalise(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: Float64Array,
  n: number,
  pauses: Pauses,
): Promise<void> {
  beside.copyWithin(0, 1)
  beside[n - 1] = 0
  for (let l = 0; l < n; l++) {
    if (l % ROWS_AT_ONCE === 0) await breathe(pauses)
    for (let step = 0; step < MOST_STEPS; step++) {
      let m = l
      for (; m < n - 1; m++) {
        const size = Math.abs(diagonal[m]) + Math.abs(diagonal[m + 1])
        if (Math.abs(beside[m]) <= Number.EPSILON * size) break
      }
      if (m === l) break
      const half = (diagonal[l + 1] - diagonal[l]) / (2 * beside[l])
      const root = Math.hypot(half, 1)
      let g = diagonal[m] - diagonal[l] + beside[l] / (half + (half >= 0 ? root : -root))
      let sine = 1
      let cosine = 1
      let moved = 0
      let i = m - 1
      for (; i >= l; i--) {
        const f = sine * beside[i]
        const b = cosine * beside[i]
        const r = Math.hypot(f, g)
        beside[i + 1] = r
        if (r === 0) {
          diagonal[i + 1] -= moved
          beside[m] = 0
          break
        }
        sine = f / r
        cosine = g / r
        g = diagonal[i + 1] - moved
        const t = (diagonal[i] - g) * sine + 2 * cosine * b
        moved = sine * t
        diagonal[i + 1] = g + moved
        g = cosine * t - b
        rotate(vectors, i * n, (i + 1) * n, sine, cosine, n)
      }
      if (i >= l) continue
      diagonal[l] -= moved
      beside[l] = g
      beside[m] = 0
    }
  }
}

function rotate(v: Float64Array, low: number, high: number, sine: number, cosine: number, n: number): void {
  for (let k = 0; k < n; k++) {
    const f = v[high + k]
    v[high + k] = sine * v[low + k] + cosine * f
    v[low + k] = cosine * v[low + k] - sine * f
  }
}
