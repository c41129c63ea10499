// tanh(y) = N / D with N = y P(y^2), D = Q(y^2): minimax on [-8, 8], degree 9 over 8, clamped there (1 - tanh(8) = 2.3e-7).
// Callers divide themselves, so that products of gates share one division. NaN stays NaN: pmin and pmax keep their first operand then.

// Scaled together so that rounding the coefficients to float32 costs least.
const P: StaticArray<f32> = [1.7035176753997803, 0.22892241179943085, 0.0060716536827385426, 3.7091867852723226e-5, 2.5658950519868995e-8]
const Q: StaticArray<f32> = [1.7035177946090698, 0.7967614531517029, 0.04452336207032204, 0.0005790640881594194, 1.440136202290887e-6]

// @ts-ignore: decorator
@inline
export function clamped(y: v128): v128 {
  return f32x4.pmax(f32x4.pmin(y, f32x4.splat(8)), f32x4.splat(-8))
}

// @ts-ignore: decorator
@inline
export function numerator(i: usize): v128 {
  return v128.load32_splat(changetype<usize>(P) + (i << 2))
}

// @ts-ignore: decorator
@inline
export function denominator(i: usize): v128 {
  return v128.load32_splat(changetype<usize>(Q) + (i << 2))
}
