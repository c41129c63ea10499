// LSTM over time: T steps, B rows, H units; gate order i, f, g, o. Each row is worked through alone, four units at a time, the
// last H % 4 in a padded copy: the place of a row in the batch changes no bit.
import { product } from './gemm'
import { loadOrZero, move, pad } from './group'
import { madd } from './madd'
import { exponentOf, mantissa, power, rounded, SIGMOID, TANH } from './exp2'

/**
 * Four units of one row, first half: pre-activations -> c and, when kept, i, f and g. The gate o is left as D = 1 + e^-x.
 * i g = (1 / Di) (Ng / Dg) costs one division, so does o tanh(c) in the second half; f has the third.
 */
// @ts-ignore: decorator
@inline
function stateGroup(pre: usize, preGate: usize, before: usize, c: usize, gates: usize, gate: usize, keep: bool): void {
  const one = f32x4.splat(1)
  const yi = exponentOf(v128.load(pre), SIGMOID)
  const yf = exponentOf(v128.load(pre + preGate), SIGMOID)
  const yg = exponentOf(v128.load(pre + preGate * 2), TANH)
  const yo = exponentOf(v128.load(pre + preGate * 3), SIGMOID)
  const pi = rounded(yi)
  const pf = rounded(yf)
  const pg = rounded(yg)
  const po = rounded(yo)
  const mg = mantissa(yg, pg)
  const di = madd(mantissa(yi, pi), power(pi), one)
  const df = madd(mantissa(yf, pf), power(pf), one)
  const dg = madd(mg, power(pg), one)
  const ng = madd(mg, power(pg), f32x4.splat(-1))
  const shared = f32x4.div(one, f32x4.mul(di, dg))
  const f = f32x4.div(one, df)
  v128.store(gates + gate * 3, madd(mantissa(yo, po), power(po), one))
  v128.store(c, madd(f, loadOrZero(before), f32x4.mul(ng, shared)))
  if (keep) {
    v128.store(gates, f32x4.mul(dg, shared))
    v128.store(gates + gate, f)
    v128.store(gates + gate * 2, f32x4.mul(f32x4.mul(ng, di), shared))
  }
}

/** Second half: c and the D of gate o -> h and, when kept, o and tanh(c). */
// @ts-ignore: decorator
@inline
function outputGroup(c: usize, o: usize, h: usize, tc: usize, keep: bool): void {
  const y = exponentOf(v128.load(c), TANH)
  const p = rounded(y)
  const m = mantissa(y, p)
  const d = madd(m, power(p), f32x4.splat(1))
  const n = madd(m, power(p), f32x4.splat(-1))
  const dO = v128.load(o)
  const shared = f32x4.div(f32x4.splat(1), f32x4.mul(dO, d))
  v128.store(h, f32x4.mul(n, shared))
  if (keep) {
    v128.store(o, f32x4.mul(d, shared))
    v128.store(tc, f32x4.mul(f32x4.mul(n, dO), shared))
  }
}

function states(pre: usize, preRow: usize, before: usize, c: usize, gates: usize, batch: i32, hidden: i32, keep: bool): void {
  const gate: usize = hidden << 2
  const tail = hidden & 3
  for (let b = 0; b < batch; b++) {
    let from = pre
    let to = gates
    for (let left = hidden; left >= 4; left -= 4) {
      stateGroup(from, gate, before, c, to, gate, keep)
      from += 16
      to += 16
      c += 16
      if (before) before += 16
    }
    if (tail) {
      for (let q = 0; q < 4; q++) move(pad + (q << 4), from + q * gate, tail)
      if (before) move(pad + 64, before, tail)
      stateGroup(pad, 16, before ? pad + 64 : 0, pad + 80, pad + 96, 16, true)
      move(c, pad + 80, tail)
      for (let q = 0; q < 4; q++) move(to + q * gate, pad + 96 + (q << 4), tail)
      c += tail << 2
      if (before) before += tail << 2
    }
    pre += preRow
    gates += gate << 2
  }
}

function outputs(c: usize, gates: usize, h: usize, tc: usize, batch: i32, hidden: i32, keep: bool): void {
  const gate: usize = hidden << 2
  const tail = hidden & 3
  for (let b = 0; b < batch; b++) {
    let o = gates + gate * 3
    for (let left = hidden; left >= 4; left -= 4) {
      outputGroup(c, o, h, tc, keep)
      c += 16
      o += 16
      h += 16
      tc += 16
    }
    if (tail) {
      move(pad, c, tail)
      move(pad + 16, o, tail)
      outputGroup(pad, pad + 16, pad + 32, pad + 48, true)
      move(h, pad + 32, tail)
      if (keep) {
        move(o, pad + 16, tail)
        move(tc, pad + 48, tail)
      }
      c += tail << 2
      h += tail << 2
      tc += tail << 2
    }
    gates += gate << 2
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
    const keep = gStep != 0
    states(pre, preRow, t > 0 ? ct - (cStep << 2) : 0, ct, gt, batch, hidden, keep)
    outputs(ct, gt, ht, tct, batch, hidden, keep)
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
