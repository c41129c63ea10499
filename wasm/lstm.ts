// LSTM over time: T steps, B rows, H units; gate order i, f, g, o. Each row is worked through alone, four units at a time, the
// last H % 4 in a padded copy: the place of a row in the batch changes no bit.
import { product } from './gemm'
import { madd } from './madd'
import { clamped, denominator, numerator } from './tanh'

/** Padded copies of one group of units. */
const pad = memory.data(16 * 16, 16)

// @ts-ignore: decorator
@inline
function move(to: usize, from: usize, n: i32): void {
  for (let j = 0; j < n; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)))
}

// @ts-ignore: decorator
@inline
function loadOrZero(p: usize): v128 {
  return p ? v128.load(p) : f32x4.splat(0)
}

/**
 * Four units of one row: pre-activations at `pre`, `pre + preGate`, ... -> h, c and, when `gates` is not 0, the activated gates and tanh(c).
 * i g and o tanh(c) cost one division each: with sigmoid(x) = (N + D) / 2D of tanh(x / 2), i g = (Ni + Di) Ng * (0.5 / (Di Dg)).
 */
// @ts-ignore: decorator
@inline
function cell(pre: usize, preGate: usize, before: usize, h: usize, c: usize, tc: usize, gates: usize, gate: usize): void {
  const half = f32x4.splat(0.5)
  const yi = clamped(f32x4.mul(v128.load(pre), half))
  const yf = clamped(f32x4.mul(v128.load(pre + preGate), half))
  const yg = clamped(v128.load(pre + preGate * 2))
  const yo = clamped(f32x4.mul(v128.load(pre + preGate * 3), half))
  const zi = f32x4.mul(yi, yi)
  const zf = f32x4.mul(yf, yf)
  const zg = f32x4.mul(yg, yg)
  const zo = f32x4.mul(yo, yo)

  let k = numerator(4)
  let l = numerator(3)
  let ni = madd(k, zi, l)
  let nf = madd(k, zf, l)
  let ng = madd(k, zg, l)
  let no = madd(k, zo, l)
  k = numerator(2)
  ni = madd(ni, zi, k)
  nf = madd(nf, zf, k)
  ng = madd(ng, zg, k)
  no = madd(no, zo, k)
  k = numerator(1)
  ni = madd(ni, zi, k)
  nf = madd(nf, zf, k)
  ng = madd(ng, zg, k)
  no = madd(no, zo, k)
  k = numerator(0)
  ni = f32x4.mul(madd(ni, zi, k), yi)
  nf = f32x4.mul(madd(nf, zf, k), yf)
  ng = f32x4.mul(madd(ng, zg, k), yg)
  no = f32x4.mul(madd(no, zo, k), yo)

  k = denominator(4)
  l = denominator(3)
  let di = madd(k, zi, l)
  let df = madd(k, zf, l)
  let dg = madd(k, zg, l)
  let dO = madd(k, zo, l)
  k = denominator(2)
  di = madd(di, zi, k)
  df = madd(df, zf, k)
  dg = madd(dg, zg, k)
  dO = madd(dO, zo, k)
  k = denominator(1)
  di = madd(di, zi, k)
  df = madd(df, zf, k)
  dg = madd(dg, zg, k)
  dO = madd(dO, zo, k)
  k = denominator(0)
  di = madd(di, zi, k)
  df = madd(df, zf, k)
  dg = madd(dg, zg, k)
  dO = madd(dO, zo, k)

  ni = f32x4.add(ni, di)
  nf = f32x4.add(nf, df)
  no = f32x4.add(no, dO)
  const f = f32x4.div(nf, f32x4.add(df, df))
  const ig = f32x4.div(half, f32x4.mul(di, dg))
  const state = madd(f, loadOrZero(before), f32x4.mul(f32x4.mul(ni, ng), ig))
  v128.store(c, state)

  const y = clamped(state)
  const z = f32x4.mul(y, y)
  let n = madd(numerator(4), z, numerator(3))
  let d = madd(denominator(4), z, denominator(3))
  n = madd(n, z, numerator(2))
  d = madd(d, z, denominator(2))
  n = madd(n, z, numerator(1))
  d = madd(d, z, denominator(1))
  n = f32x4.mul(madd(n, z, numerator(0)), y)
  d = madd(d, z, denominator(0))
  const oc = f32x4.div(half, f32x4.mul(dO, d))
  v128.store(h, f32x4.mul(f32x4.mul(no, n), oc))

  if (gates) {
    v128.store(gates, f32x4.mul(f32x4.mul(ni, dg), ig))
    v128.store(gates + gate, f)
    ng = f32x4.mul(f32x4.mul(ng, di), ig)
    v128.store(gates + gate * 2, f32x4.add(ng, ng))
    v128.store(gates + gate * 3, f32x4.mul(f32x4.mul(no, d), oc))
    n = f32x4.mul(f32x4.mul(n, dO), oc)
    v128.store(tc, f32x4.add(n, n))
  }
}

function cellRow(pre: usize, before: usize, h: usize, c: usize, tc: usize, gates: usize, hidden: i32): void {
  const gate: usize = hidden << 2
  const tail = hidden & 3
  for (let left = hidden; left >= 4; left -= 4) {
    cell(pre, gate, before, h, c, tc, gates, gate)
    pre += 16
    if (before) before += 16
    h += 16
    c += 16
    tc += 16
    if (gates) gates += 16
  }
  if (tail) {
    for (let q = 0; q < 4; q++) move(pad + (q << 4), pre + q * gate, tail)
    if (before) move(pad + 64, before, tail)
    cell(pad, 16, before ? pad + 64 : 0, pad + 80, pad + 96, pad + 112, gates ? pad + 128 : 0, 16)
    move(h, pad + 80, tail)
    move(c, pad + 96, tail)
    if (gates) {
      move(tc, pad + 112, tail)
      for (let q = 0; q < 4; q++) move(gates + q * gate, pad + 128 + (q << 4), tail)
    }
  }
}

export function lstmForward(h: usize, c: usize, tc: usize, gates: usize, xp: usize, u: usize, steps: i32, batch: i32, hidden: i32, xpStep: i32, xpRow: i32, hStep: i32, cStep: i32, gStep: i32): void {
  const row: usize = hidden << 2
  const wide: usize = row << 2
  for (let t = 0; t < steps; t++) {
    const x = xp + t * xpStep * wide
    const ht = h + ((t * hStep) << 2)
    const ct = c + ((t * cStep) << 2)
    const tct = tc + ((t * cStep) << 2)
    const gt = gates + ((t * gStep) << 2)
    let pre = x
    let preRow = xpRow * wide
    if (t > 0) {
      product(gt, wide, x, preRow, ht - (hStep << 2), row, 4, u, wide, batch, hidden << 2, hidden)
      pre = gt
      preRow = wide
    }
    for (let b = 0; b < batch; b++) {
      const at = b * row
      const before = t > 0 ? ct - (cStep << 2) + at : 0
      cellRow(pre + b * preRow, before, ht + at, ct + at, tct + at, gStep ? gt + b * wide : 0, hidden)
    }
  }
}

/** Four units: `gates` becomes the gradient of the pre-activations, `carriedC` that of the state one step earlier. */
// @ts-ignore: decorator
@inline
function cellGradient(gates: usize, gate: usize, carriedH: usize, carriedC: usize, dh: usize, before: usize, tc: usize): void {
  const one = f32x4.splat(1)
  const i = v128.load(gates)
  const f = v128.load(gates + gate)
  const g = v128.load(gates + gate * 2)
  const o = v128.load(gates + gate * 3)
  const tanhC = v128.load(tc)
  let dOut = v128.load(carriedH)
  if (dh) dOut = f32x4.add(dOut, v128.load(dh))
  const dCell = madd(f32x4.mul(dOut, o), f32x4.sub(one, f32x4.mul(tanhC, tanhC)), v128.load(carriedC))
  const dI = f32x4.mul(dCell, g)
  const dF = f32x4.mul(dCell, loadOrZero(before))
  const dG = f32x4.mul(dCell, i)
  const dO = f32x4.mul(dOut, tanhC)
  v128.store(carriedC, f32x4.mul(dCell, f))
  v128.store(gates, f32x4.mul(dI, f32x4.mul(i, f32x4.sub(one, i))))
  v128.store(gates + gate, f32x4.mul(dF, f32x4.mul(f, f32x4.sub(one, f))))
  v128.store(gates + gate * 2, f32x4.mul(dG, f32x4.sub(one, f32x4.mul(g, g))))
  v128.store(gates + gate * 3, f32x4.mul(dO, f32x4.mul(o, f32x4.sub(one, o))))
}

function cellGradientRow(gates: usize, carriedH: usize, carriedC: usize, dh: usize, before: usize, tc: usize, hidden: i32): void {
  const gate: usize = hidden << 2
  const tail = hidden & 3
  for (let left = hidden; left >= 4; left -= 4) {
    cellGradient(gates, gate, carriedH, carriedC, dh, before, tc)
    gates += 16
    carriedH += 16
    carriedC += 16
    tc += 16
    if (dh) dh += 16
    if (before) before += 16
  }
  if (tail) {
    for (let q = 0; q < 4; q++) move(pad + (q << 4), gates + q * gate, tail)
    move(pad + 64, carriedH, tail)
    move(pad + 80, carriedC, tail)
    if (dh) move(pad + 96, dh, tail)
    if (before) move(pad + 112, before, tail)
    move(pad + 128, tc, tail)
    cellGradient(pad, 16, pad + 64, pad + 80, dh ? pad + 96 : 0, before ? pad + 112 : 0, pad + 128)
    for (let q = 0; q < 4; q++) move(gates + q * gate, pad + (q << 4), tail)
    move(carriedC, pad + 80, tail)
  }
}

export function lstmBackward(gates: usize, dh: usize, c: usize, tc: usize, ut: usize, dhc: usize, steps: i32, batch: i32, hidden: i32, lastOnly: i32): void {
  const row: usize = hidden << 2
  const wide: usize = row << 2
  const size = batch * row
  const carriedC = dhc + size
  memory.fill(dhc, 0, size << 1)
  for (let t = steps - 1; t >= 0; t--) {
    const at = t * size
    const gt = gates + t * batch * wide
    const dht = lastOnly ? (t == steps - 1 ? dh : 0) : dh + at
    for (let b = 0; b < batch; b++) {
      const r = b * row
      cellGradientRow(gt + b * wide, dhc + r, carriedC + r, dht ? dht + r : 0, t > 0 ? c + at - size + r : 0, tc + at + r, hidden)
    }
    if (t > 0) product(dhc, row, 0, 0, gt, wide, 4, ut, row, batch, hidden, hidden << 2)
  }
}
