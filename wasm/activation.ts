// Element-wise functions of a network, numbered as in src/kernels/activation.ts. Four floats at a time, the last n % 4 in a padded copy,
// so that the place of a number changes no bit. NaN stays NaN.
import { copy } from './elementwise'
import { exponentOf, mantissa, power, rounded, SIGMOID, TANH } from './exp2'
import { madd } from './madd'

const RELU = 1
const LEAKY_RELU = 2
const ELU = 3
const GELU = 4
const TANGENT = 5
const LOGISTIC = 6
const SOFTPLUS = 7

const LEAK: f32 = 0.01
/** 2 sqrt(2 / pi) and the cubic term of the tanh form of gelu, written as x sigmoid(TWO_ROOTS (x + CUBE x^3)). */
const TWO_ROOTS: f32 = 1.5957691216057308
const CUBE: f32 = 0.044715
/** Beyond it gelu is straight, and the products of its slope would overflow. */
const STRAIGHT: f32 = 16

const pad = memory.data(4 * 16, 16)

// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const y = exponentOf(x, -SIGMOID)
  const n = rounded(y)
  return f32x4.mul(mantissa(y, n), power(n))
}

// @ts-ignore: decorator
@inline
function tangent(x: v128): v128 {
  const y = exponentOf(x, TANH)
  const n = rounded(y)
  const m = mantissa(y, n)
  return f32x4.div(madd(m, power(n), f32x4.splat(-1)), madd(m, power(n), f32x4.splat(1)))
}

// @ts-ignore: decorator
@inline
function logistic(x: v128): v128 {
  const y = exponentOf(x, SIGMOID)
  const n = rounded(y)
  return f32x4.div(f32x4.splat(1), madd(mantissa(y, n), power(n), f32x4.splat(1)))
}

/** The e of gelu(x) = x / (1 + e). */
// @ts-ignore: decorator
@inline
function geluPower(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), f32x4.splat(CUBE))
  const y = exponentOf(f32x4.mul(f32x4.mul(x, f32x4.splat(TWO_ROOTS)), f32x4.add(cube, f32x4.splat(1))), SIGMOID)
  const n = rounded(y)
  return f32x4.mul(mantissa(y, n), power(n))
}

/** log(1 + u) for u in 0..1: twice the series of atanh(u / (2 + u)), its rest below 1e-8. */
// @ts-ignore: decorator
@inline
function logOfOneAnd(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, f32x4.splat(2)))
  const q = f32x4.mul(s, s)
  let p = madd(q, f32x4.splat(2.0 / 13), f32x4.splat(2.0 / 11))
  p = madd(p, q, f32x4.splat(2.0 / 9))
  p = madd(p, q, f32x4.splat(2.0 / 7))
  p = madd(p, q, f32x4.splat(2.0 / 5))
  p = madd(p, q, f32x4.splat(2.0 / 3))
  p = madd(p, q, f32x4.splat(2))
  return f32x4.mul(p, s)
}

function value(which: i32, x: v128): v128 {
  const zero = f32x4.splat(0)
  switch (which) {
    case RELU:
      return f32x4.max(x, zero)
    case LEAKY_RELU:
      return v128.bitselect(f32x4.mul(x, f32x4.splat(LEAK)), x, f32x4.lt(x, zero))
    case ELU:
      return v128.bitselect(f32x4.sub(exponential(x), f32x4.splat(1)), x, f32x4.lt(x, zero))
    case GELU: {
      const c = f32x4.max(x, f32x4.splat(-STRAIGHT))
      return f32x4.div(c, f32x4.add(geluPower(c), f32x4.splat(1)))
    }
    case TANGENT:
      return tangent(x)
    case LOGISTIC:
      return logistic(x)
    case SOFTPLUS:
      return f32x4.add(f32x4.max(x, zero), logOfOneAnd(exponential(f32x4.neg(f32x4.abs(x)))))
    default:
      return x
  }
}

/** Derivative at x, where the value is y. */
function slope(which: i32, x: v128, y: v128): v128 {
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  switch (which) {
    case RELU:
      return v128.and(one, f32x4.gt(x, zero))
    case LEAKY_RELU:
      return v128.bitselect(one, f32x4.splat(LEAK), f32x4.gt(x, zero))
    case ELU:
      return v128.bitselect(f32x4.add(y, one), one, f32x4.lt(x, zero))
    case GELU: {
      const c = f32x4.max(f32x4.min(x, f32x4.splat(STRAIGHT)), f32x4.splat(-STRAIGHT))
      const e = geluPower(c)
      const s = f32x4.div(one, f32x4.add(e, one))
      const inner = madd(f32x4.mul(c, c), f32x4.splat(3 * CUBE), one)
      const bend = f32x4.mul(f32x4.mul(c, f32x4.splat(TWO_ROOTS)), f32x4.mul(inner, f32x4.mul(e, s)))
      return f32x4.mul(s, f32x4.add(one, bend))
    }
    case TANGENT:
      return f32x4.sub(one, f32x4.mul(y, y))
    case LOGISTIC:
      return f32x4.mul(y, f32x4.sub(one, y))
    case SOFTPLUS:
      return logistic(x)
    default:
      return one
  }
}

export function activate(y: usize, x: usize, which: i32, n: i32): void {
  const tail = n & 3
  for (const end = x + ((n - tail) << 2); x < end; x += 16) {
    v128.store(y, value(which, v128.load(x)))
    y += 16
  }
  if (tail == 0) return
  copy(pad, x, tail)
  v128.store(pad, value(which, v128.load(pad)))
  copy(y, pad, tail)
}

export function activateBackward(dx: usize, dy: usize, x: usize, y: usize, which: i32, n: i32): void {
  const tail = n & 3
  for (const end = x + ((n - tail) << 2); x < end; x += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), slope(which, v128.load(x), v128.load(y))))
    dx += 16
    dy += 16
    y += 16
  }
  if (tail == 0) return
  copy(pad, dy, tail)
  copy(pad + 16, x, tail)
  copy(pad + 32, y, tail)
  v128.store(pad, f32x4.mul(v128.load(pad), slope(which, v128.load(pad + 16), v128.load(pad + 32))))
  copy(dx, pad, tail)
}
