// Writes the register tiles of the matrix product as AssemblyScript: the same loop for each tile shape, accumulators named.
// `wasm/gemm.ts` imports them as './tiles', which exists only while the compiler runs; `node scripts/wasm-tiles.mjs` prints it.
//
// V8 (TurboFan) moves every load of a basic block before its arithmetic and runs the accumulators one after the other:
// registers spill. `fence` ends the block by a branch that is never taken, so that loads and products stay together.
import { fileURLToPath } from 'node:url'
import { readArguments } from './arguments.mjs'

/**
 * Shapes: rows of a strip, vectors of four columns from the widest tile to the narrowest, and after how many rows
 * (or, with few rows, vectors) a fence stands. Measured: docs/decisions/0003-kernels.md.
 */
const STRIPS = [
  { rows: 8, widths: [1], fenceRows: { rows: 4, columns: 4 } },
  { rows: 5, widths: [2, 1], fenceRows: { rows: 1, columns: 3 } },
  { rows: 4, widths: [2, 1], fenceRows: { rows: 4, columns: 4 } },
  { rows: 3, widths: [3, 2, 1], fenceRows: { rows: 1, columns: 1 } },
  { rows: 2, widths: [4, 1], fenceVectors: 2 },
  { rows: 1, widths: [8, 2, 1], fenceVectors: 2 },
]
/** Steps of the inner dimension written out. */
const UNROLL = 4

const range = n => Array.from({ length: n }, (_, i) => i)

function tile({ rows, fenceRows, fenceVectors }, vectors, byColumns) {
  const acc = (r, v) => `c${r}_${v}`
  const lines = []
  const put = (indent, ...text) => lines.push(...text.map(line => '  '.repeat(indent) + line))
  const address = (base, row, r) => (r === 0 ? base : `${base} + ${r === 1 ? row : `${row} * ${r}`}`)
  let fences = 0

  const fence = () => put(4, `if (p == -${++fences}) break`)

  const step = u => {
    const splat = r =>
      put(
        4,
        byColumns ? `s${r} = v128.load32_splat(a0, ${4 * r})` : `s${r} = v128.load32_splat(a${r}, ${4 * u})`,
      )
    const product = (r, v) => put(4, `${acc(r, v)} = madd(s${r}, b${v}, ${acc(r, v)})`)
    const load = v => put(4, `b${v} = v128.load(q, ${16 * v})`)
    if (fenceVectors) {
      for (const r of range(rows)) splat(r)
      for (const v of range(vectors)) {
        load(v)
        for (const r of range(rows)) product(r, v)
        if ((v + 1) % fenceVectors === 0 && v + 1 < vectors) fence()
      }
    } else {
      for (const v of range(vectors)) load(v)
      for (const r of range(rows)) {
        splat(r)
        for (const v of range(vectors)) product(r, v)
        if ((r + 1) % fenceRows[byColumns ? 'columns' : 'rows'] === 0 && r + 1 < rows) fence()
      }
    }
    put(4, 'q += ldb')
    if (byColumns) put(4, 'a0 += aCol')
    else if (u === UNROLL - 1) for (const r of range(rows)) put(4, `a${r} += ${4 * UNROLL}`)
    put(4, 'if (--p == 0) break')
  }

  put(1, `while (left >= ${4 * vectors}) {`)
  for (const r of range(rows)) for (const v of range(vectors)) put(2, `let ${acc(r, v)} = f32x4.splat(0)`)
  put(2, 'if (init) {')
  for (const r of range(rows)) {
    for (const v of range(vectors)) {
      put(3, `${acc(r, v)} = v128.load(${address('init', 'initRow', r)}, ${16 * v})`)
    }
  }
  put(3, `init += ${16 * vectors}`)
  put(2, '}')
  put(2, 'let p = k')
  put(2, 'if (p > 0) {')
  for (const r of range(byColumns ? 1 : rows)) put(3, `let a${r} = ${address('a', 'aRow', r)}`)
  put(3, 'let q = b')
  for (const r of range(rows)) put(3, `let s${r}: v128`)
  for (const v of range(vectors)) put(3, `let b${v}: v128`)
  put(3, 'while (true) {')
  for (const u of range(byColumns ? 1 : UNROLL)) step(u)
  put(3, '}')
  put(2, '}')
  for (const r of range(rows)) {
    for (const v of range(vectors)) put(2, `v128.store(${address('c', 'ldc', r)}, ${acc(r, v)}, ${16 * v})`)
  }
  put(2, `c += ${16 * vectors}`, `b += ${16 * vectors}`, `left -= ${4 * vectors}`)
  put(1, '}')
  return lines.join('\n')
}

function strip(shape, byColumns) {
  const name = `${byColumns ? 'columns' : 'rows'}${shape.rows}`
  const stride = byColumns ? 'aCol' : 'aRow'
  return `
function ${name}(c: usize, ldc: usize, init: usize, initRow: usize, a: usize, ${stride}: usize, b: usize, ldb: usize, n: i32, k: i32): void {
  let left = n
${shape.widths.map(v => tile(shape, v, byColumns)).join('\n')}
}`
}

/** The text of './tiles'. */
export function tilesSource() {
  return `// C[R, n] = init + A B for R rows at once; n a multiple of 4, strides in bytes, init 0 = start at zero.
// \`rows*\`: the elements of a row of A are neighbours; \`columns*\`: the elements of a column of A are.
import { madd } from './madd'
${[false, true].flatMap(byColumns => STRIPS.map(shape => strip(shape, byColumns))).join('\n')}

/** Most rows of one strip. */
export const STRIP_ROWS = ${Math.max(...STRIPS.map(shape => shape.rows))}

${[false, true]
  .map(byColumns => {
    const name = byColumns ? 'columns' : 'rows'
    const stride = byColumns ? 'aCol' : 'aRow'
    const call = rows => `${name}${rows}(c, ldc, init, initRow, a, ${stride}, b, ldb, n, k)`
    return `export function ${name}Strip(rows: i32, c: usize, ldc: usize, init: usize, initRow: usize, a: usize, ${stride}: usize, b: usize, ldb: usize, n: i32, k: i32): void {
${STRIPS.slice(0, -1)
  .map(({ rows }) => `  if (rows == ${rows}) return ${call(rows)}`)
  .join('\n')}
  ${call(1)}
}`
  })
  .join('\n\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readArguments(import.meta)
  console.log(tilesSource())
}
