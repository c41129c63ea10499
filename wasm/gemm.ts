// The matrix product: rows in strips, columns in register tiles (`tiles.ts`), one chain of roundings per element whatever
// its place. Strides in bytes here.
import { columnsStrip, rowsStrip, STRIP_ROWS } from './tiles'

/** Rows of B per pass; the chain of each element continues through C, so the length of a pass changes no bit. */
const PASS = 256

/** The last n % 4 columns of B, padded to 4, and a strip of C beside it. */
const panel = memory.data(PASS * 16, 16)
const corner = memory.data(STRIP_ROWS * 16, 16)

/** Rows of the next strip, so that tiles of 5, 4 and 3 rows cover what is left. */
// @ts-ignore: decorator
@inline
function stripRows(left: i32, n: i32): i32 {
  if (n <= 4 && left >= 8) return 8
  if (left <= 4) return left
  if (left == 6) return 3
  if (left == 7 || left == 8 || left == 11 || left == 12) return 4
  return 5
}

function strip(rows: i32, c: usize, ldc: usize, init: usize, initRow: usize, a: usize, aRow: usize, aCol: usize, b: usize, ldb: usize, n: i32, k: i32): void {
  if (aCol == 4) rowsStrip(rows, c, ldc, init, initRow, a, aRow, b, ldb, n, k)
  else columnsStrip(rows, c, ldc, init, initRow, a, aCol, b, ldb, n, k)
}

// @ts-ignore: decorator
@inline
function copyFloats(to: usize, from: usize, n: i32): void {
  for (let j = 0; j < n; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)))
}

/** C[m, n] = init + A B, where init is 0 (start at zero) or the first row of a matrix with row stride `initRow`. */
export function product(c: usize, ldc: usize, init: usize, initRow: usize, a: usize, aRow: usize, aCol: usize, b: usize, ldb: usize, m: i32, n: i32, k: i32): void {
  const tail = n & 3
  const body = n - tail
  const byRow = aCol != 4 && aRow != 4
  let done = 0
  do {
    const pass = min(k - done, PASS)
    if (tail) for (let p = 0; p < pass; p++) copyFloats(panel + (p << 4), b + p * ldb + (body << 2), tail)
    let rows = 0
    for (let i = 0; i < m; i += rows) {
      rows = byRow ? 1 : stripRows(m - i, n)
      const ci = c + i * ldc
      const ai = a + i * aRow
      const from = init ? init + i * initRow : 0
      if (body) strip(rows, ci, ldc, from, initRow, ai, aRow, aCol, b, ldb, body, pass)
      if (tail) {
        if (init) for (let r = 0; r < rows; r++) copyFloats(corner + (r << 4), from + r * initRow + (body << 2), tail)
        strip(rows, corner, 16, init ? corner : 0, 16, ai, aRow, aCol, panel, 16, 4, pass)
        for (let r = 0; r < rows; r++) copyFloats(ci + r * ldc + (body << 2), corner + (r << 4), tail)
      }
    }
    init = c
    initRow = ldc
    a += pass * aCol
    b += pass * ldb
    done += pass
  } while (done < k)
}

export function gemm(c: usize, a: usize, b: usize, m: i32, n: i32, k: i32, ldc: i32, aRow: i32, aCol: i32, ldb: i32, accumulate: i32): void {
  product(c, ldc << 2, accumulate ? c : 0, ldc << 2, a, aRow << 2, aCol << 2, b, ldb << 2, m, n, k)
}

export function affine(c: usize, a: usize, b: usize, bias: usize, m: i32, n: i32, k: i32, aRow: i32, aCol: i32): void {
  product(c, n << 2, bias, 0, a, aRow << 2, aCol << 2, b, n << 2, m, n, k)
}
