// GRU over time: T steps, B rows, H units, reset after the product; per row the gates lie as n, r, z, q, each H wide. Each row is
// worked through alone, four units at a time, the last H % 4 in a padded copy: the place of a row in the batch changes no bit.
import { product } from './gemm'
import { loadOrZero, move, pad } from './group'
import { madd } from './madd'
import { exponentOf, mantissa, power, rounded, SIGMOID, TANH } from './exp2'

/** Four units of one row, first half: r and z from both parts of their pre-activations. They share a division. */
// @ts-ignore: decorator
@inline
function gateGroup(x: usize, xGate: usize, gates: usize, gate: usize): void {
  const one = f32x4.splat(1)
  const yr = exponentOf(f32x4.add(v128.load(x), v128.load(gates + gate)), SIGMOID)
  const yz = exponentOf(f32x4.add(v128.load(x + xGate), v128.load(gates + gate * 2)), SIGMOID)
  const pr = rounded(yr)
  const pz = rounded(yz)
  const dr = madd(mantissa(yr, pr), power(pr), one)
  const dz = madd(mantissa(yz, pz), power(pz), one)
  const shared = f32x4.div(one, f32x4.mul(dr, dz))
  v128.store(gates + gate, f32x4.mul(dz, shared))
  v128.store(gates + gate * 2, f32x4.mul(dr, shared))
}

/** Second half: n and h, from r, z and q. */
// @ts-ignore: decorator
@inline
function stateGroup(xn: usize, gates: usize, gate: usize, before: usize, h: usize): void {
  const y = exponentOf(madd(v128.load(gates + gate), v128.load(gates + gate * 3), v128.load(xn)), TANH)
  const p = rounded(y)
  const m = mantissa(y, p)
  const d = madd(m, power(p), f32x4.splat(1))
  const n = f32x4.div(madd(m, power(p), f32x4.splat(-1)), d)
  v128.store(gates, n)
  v128.store(h, madd(v128.load(gates + gate * 2), f32x4.sub(loadOrZero(before), n), n))
}

function resetAndUpdate(x: usize, xRow: usize, gates: usize, batch: i32, hidden: i32): void {
  const gate: usize = hidden << 2
  const tail = hidden & 3
  for (let b = 0; b < batch; b++) {
    let from = x
    let to = gates
    for (let left = hidden; left >= 4; left -= 4) {
      gateGroup(from, gate, to, gate)
      from += 16
      to += 16
    }
    if (tail) {
      for (let q = 0; q < 2; q++) move(pad + (q << 4), from + q * gate, tail)
      for (let q = 1; q < 3; q++) move(pad + 32 + (q << 4), to + q * gate, tail)
      gateGroup(pad, 16, pad + 32, 16)
      for (let q = 1; q < 3; q++) move(to + q * gate, pad + 32 + (q << 4), tail)
    }
    x += xRow
    gates += gate << 2
  }
}

function states(x: usize, xRow: usize, gates: usize, before: usize, h: usize, batch: i32, hidden: i32): void {
  const gate: usize = hidden << 2
  const tail = hidden & 3
  for (let b = 0; b < batch; b++) {
    let from = x + (gate << 1)
    let to = gates
    for (let left = hidden; left >= 4; left -= 4) {
      stateGroup(from, to, gate, before, h)
      from += 16
      to += 16
      h += 16
      if (before) before += 16
    }
    if (tail) {
      move(pad, from, tail)
      for (let q = 1; q < 4; q++) move(pad + 16 + (q << 4), to + q * gate, tail)
      if (before) move(pad + 80, before, tail)
      stateGroup(pad, pad + 16, 16, before ? pad + 80 : 0, pad + 96)
      move(to, pad + 16, tail)
      move(h, pad + 96, tail)
      h += tail << 2
      if (before) before += tail << 2
    }
    x += xRow
    gates += gate << 2
  }
}

export function gruForward(h: usize, gates: usize, xp: usize, u: usize, bias: usize, steps: i32, batch: i32, hidden: i32, xpStep: i32, xpRow: i32, hStep: i32, gStep: i32): void {
  const row: usize = hidden << 2
  const wide: usize = row * 3
  const xRow = xpRow * wide
  for (let t = 0; t < steps; t++) {
    const x = xp + t * xpStep * wide
    const ht = h + ((t * hStep) << 2)
    const gt = gates + ((t * gStep) << 2)
    const before = t > 0 ? ht - (hStep << 2) : 0
    // No inner dimension at step 0: every row is the bias.
    product(gt + row, row << 2, bias, 0, before, row, 4, u, wide, batch, hidden * 3, t > 0 ? hidden : 0)
    resetAndUpdate(x, xRow, gt, batch, hidden)
    states(x, xRow, gt, before, ht, batch, hidden)
  }
}

/** Four units: `gates` becomes the gradient of n, r, z and q before the activations, `carried` the part of dh that goes straight to h one step earlier. */
// @ts-ignore: decorator
@inline
function stateGradient(gates: usize, gate: usize, carried: usize, dh: usize, before: usize): void {
  const one = f32x4.splat(1)
  const n = v128.load(gates)
  const r = v128.load(gates + gate)
  const z = v128.load(gates + gate * 2)
  const q = v128.load(gates + gate * 3)
  let dOut = v128.load(carried)
  if (dh) dOut = f32x4.add(dOut, v128.load(dh))
  const keep = f32x4.sub(one, z)
  const dN = f32x4.mul(f32x4.mul(dOut, keep), f32x4.sub(one, f32x4.mul(n, n)))
  const dQ = f32x4.mul(dN, r)
  const dZ = f32x4.mul(dOut, f32x4.sub(loadOrZero(before), n))
  v128.store(gates, dN)
  v128.store(gates + gate, f32x4.mul(f32x4.mul(dQ, q), f32x4.sub(one, r)))
  v128.store(gates + gate * 2, f32x4.mul(dZ, f32x4.mul(z, keep)))
  v128.store(gates + gate * 3, dQ)
  v128.store(carried, f32x4.mul(dOut, z))
}

function stateGradientRow(gates: usize, carried: usize, dh: usize, before: usize, hidden: i32): void {
  const gate: usize = hidden << 2
  const tail = hidden & 3
  for (let left = hidden; left >= 4; left -= 4) {
    stateGradient(gates, gate, carried, dh, before)
    gates += 16
    carried += 16
    if (dh) dh += 16
    if (before) before += 16
  }
  if (tail) {
    for (let q = 0; q < 4; q++) move(pad + (q << 4), gates + q * gate, tail)
    move(pad + 64, carried, tail)
    if (dh) move(pad + 80, dh, tail)
    if (before) move(pad + 96, before, tail)
    stateGradient(pad, 16, pad + 64, dh ? pad + 80 : 0, before ? pad + 96 : 0)
    for (let q = 0; q < 4; q++) move(gates + q * gate, pad + (q << 4), tail)
    move(carried, pad + 64, tail)
  }
}

export function gruBackward(gates: usize, dh: usize, h: usize, ut: usize, carried: usize, steps: i32, batch: i32, hidden: i32, lastOnly: i32): void {
  const row: usize = hidden << 2
  const wide: usize = row << 2
  const size = batch * row
  memory.fill(carried, 0, size)
  for (let t = steps - 1; t >= 0; t--) {
    const at = t * size
    const gt = gates + t * batch * wide
    const dht = lastOnly ? (t == steps - 1 ? dh : 0) : dh + at
    for (let b = 0; b < batch; b++) {
      const r = b * row
      stateGradientRow(gt + b * wide, carried + r, dht ? dht + r : 0, t > 0 ? h + at - size + r : 0, hidden)
    }
    if (t > 0) product(carried, row, carried, row, gt + row, wide, 4, ut, row, batch, hidden, hidden * 3)
  }
}
