// 2^y by 2^n p(y - n), n the nearest whole number: tanh and sigmoid are quotients of it, and callers divide themselves, so that
// products of gates share one division: sigmoid(x) = 1 / (1 + e^-x), tanh(x) = (e^2x - 1) / (e^2x + 1).
// NaN stays NaN: pmin and pmax then keep their first operand, and the mantissa carries it on.
import { madd } from './madd'

/** y beyond 60 changes neither quotient in float32, and the product of two powers stays finite. */
const MOST: f32 = 60
/** y + SHIFT rounds y to a whole number n and leaves n + 127 in the low bits: the exponent of 2^n, once moved up by 23. */
const SHIFT: f32 = 12582912 + 127

/** The factors that turn x into the y of e^-x and e^2x. */
export const SIGMOID: f32 = -1.4426950408889634
export const TANH: f32 = 2.8853900817779268

// @ts-ignore: decorator
@inline
export function exponentOf(x: v128, factor: f32): v128 {
  return f32x4.pmax(f32x4.pmin(f32x4.mul(x, f32x4.splat(factor)), f32x4.splat(MOST)), f32x4.splat(-MOST))
}

// @ts-ignore: decorator
@inline
export function rounded(y: v128): v128 {
  return f32x4.add(y, f32x4.splat(SHIFT))
}

/** p(y - n): minimax of degree 5 on [-1/2, 1/2] with p(0) = 1, relative error 9.2e-8. */
// @ts-ignore: decorator
@inline
export function mantissa(y: v128, n: v128): v128 {
  const f = f32x4.sub(y, f32x4.sub(n, f32x4.splat(SHIFT)))
  let p = madd(f32x4.splat(0.001326472731307149), f, f32x4.splat(0.009671512991189957))
  p = madd(p, f, f32x4.splat(0.05550733581185341))
  p = madd(p, f, f32x4.splat(0.24022242426872253))
  p = madd(p, f, f32x4.splat(0.6931470036506653))
  return madd(p, f, f32x4.splat(1))
}

// @ts-ignore: decorator
@inline
export function power(n: v128): v128 {
  return i32x4.shl(n, 23)
}
