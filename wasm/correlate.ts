// Correlation of a series of doubles with weights. Multiply and add are separate roundings in every build.

export function correlate(out: usize, x: usize, weights: usize, n: i32, taps: i32): void {
  const end = out + (n << 3)
  const last = weights + (taps << 3)
  while (out + 64 <= end) {
    let a = f64x2.splat(0)
    let b = f64x2.splat(0)
    let c = f64x2.splat(0)
    let d = f64x2.splat(0)
    let at = x
    for (let w = weights; w < last; w += 8) {
      const weight = v128.load64_splat(w)
      a = f64x2.add(a, f64x2.mul(weight, v128.load(at)))
      b = f64x2.add(b, f64x2.mul(weight, v128.load(at, 16)))
      c = f64x2.add(c, f64x2.mul(weight, v128.load(at, 32)))
      d = f64x2.add(d, f64x2.mul(weight, v128.load(at, 48)))
      at += 8
    }
    v128.store(out, a)
    v128.store(out, b, 16)
    v128.store(out, c, 32)
    v128.store(out, d, 48)
    out += 64
    x += 64
  }
  while (out < end) {
    let sum: f64 = 0
    let at = x
    for (let w = weights; w < last; w += 8) {
      sum += load<f64>(w) * load<f64>(at)
      at += 8
    }
    store<f64>(out, sum)
    out += 8
    x += 8
  }
}
