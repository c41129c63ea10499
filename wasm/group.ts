// Four hidden units at a time: the last H % 4 of a row are worked through in a padded copy.

/** Room for the padded copies of one group of units: 16 groups of four. */
export const pad = memory.data(16 * 16, 16)

/** Copies the n < 4 floats of a rest. */
// @ts-ignore: decorator
@inline
export function move(to: usize, from: usize, n: i32): void {
  for (let j = 0; j < n; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)))
}

/** The state before the first step is no array (address 0) but zero. */
// @ts-ignore: decorator
@inline
export function loadOrZero(p: usize): v128 {
  return p ? v128.load(p) : f32x4.splat(0)
}
