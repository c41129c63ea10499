// Simple loops: four floats at a time and the rest one by one. No fused multiply-add here, so that both give the same bits.

const FOUR = 16

export function transpose(out: usize, a: usize, m: i32, n: i32): void {
  const rowA = n << 2
  const rowOut = m << 2
  const m4 = m & ~3
  const n4 = n & ~3
  for (let i = 0; i < m4; i += 4) {
    let from = a + i * rowA
    let to = out + (i << 2)
    for (let j = 0; j < n4; j += 4) {
      const r0 = v128.load(from)
      const r1 = v128.load(from + rowA)
      const r2 = v128.load(from + rowA * 2)
      const r3 = v128.load(from + rowA * 3)
      const p0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
      const p1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
      const p2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const p3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      v128.store(to, v128.shuffle<f64>(p0, p2, 0, 2))
      v128.store(to + rowOut, v128.shuffle<f64>(p0, p2, 1, 3))
      v128.store(to + rowOut * 2, v128.shuffle<f64>(p1, p3, 0, 2))
      v128.store(to + rowOut * 3, v128.shuffle<f64>(p1, p3, 1, 3))
      from += FOUR
      to += rowOut << 2
    }
  }
  for (let i = 0; i < m; i++) {
    for (let j = i < m4 ? n4 : 0; j < n; j++) {
      store<f32>(out + j * rowOut + (i << 2), load<f32>(a + i * rowA + (j << 2)))
    }
  }
}

export function copy(out: usize, a: usize, n: i32): void {
  const end = a + (n << 2)
  while (a + FOUR <= end) {
    v128.store(out, v128.load(a))
    a += FOUR
    out += FOUR
  }
  while (a < end) {
    store<f32>(out, load<f32>(a))
    a += 4
    out += 4
  }
}

export function add(out: usize, a: usize, n: i32): void {
  const end = a + (n << 2)
  while (a + FOUR <= end) {
    v128.store(out, f32x4.add(v128.load(out), v128.load(a)))
    a += FOUR
    out += FOUR
  }
  while (a < end) {
    store<f32>(out, load<f32>(out) + load<f32>(a))
    a += 4
    out += 4
  }
}

export function scale(out: usize, factor: f32, n: i32): void {
  const end = out + (n << 2)
  const factors = f32x4.splat(factor)
  while (out + FOUR <= end) {
    v128.store(out, f32x4.mul(v128.load(out), factors))
    out += FOUR
  }
  while (out < end) {
    store<f32>(out, load<f32>(out) * factor)
    out += 4
  }
}

export function sumSteps(out: usize, a: usize, steps: i32, n: i32): void {
  if (steps > 0) copy(out, a, n)
  else memory.fill(out, 0, n << 2)
  for (let t = 1; t < steps; t++) add(out, a + ((t * n) << 2), n)
}

export function addColumnSums(out: usize, a: usize, m: i32, n: i32): void {
  for (let i = 0; i < m; i++) add(out, a + ((i * n) << 2), n)
}

// @ts-ignore: decorator
@inline
function highToDouble(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1))
}

// @ts-ignore: decorator
@inline
function addSquares(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.mul(x, x))
}

// @ts-ignore: decorator
@inline
function lanes(low: v128, high: v128): f64 {
  const both = f64x2.add(low, high)
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
}

export function sumSquares(a: usize, n: i32): f64 {
  const end = a + (n << 2)
  let low = f64x2.splat(0)
  let high = low
  while (a + FOUR <= end) {
    const x = v128.load(a)
    low = addSquares(low, f64x2.promote_low_f32x4(x))
    high = addSquares(high, highToDouble(x))
    a += FOUR
  }
  let sum = lanes(low, high)
  while (a < end) {
    const x = <f64>load<f32>(a)
    sum += x * x
    a += 4
  }
  return sum
}

export function squaredError(dy: usize, y: usize, x: usize, factor: f32, n: i32): f64 {
  const end = y + (n << 2)
  const factors = f32x4.splat(factor)
  let low = f64x2.splat(0)
  let high = low
  while (y + FOUR <= end) {
    const error = f32x4.sub(v128.load(y), v128.load(x))
    v128.store(dy, f32x4.mul(factors, error))
    low = addSquares(low, f64x2.promote_low_f32x4(error))
    high = addSquares(high, highToDouble(error))
    dy += FOUR
    y += FOUR
    x += FOUR
  }
  let sum = lanes(low, high)
  while (y < end) {
    const error = load<f32>(y) - load<f32>(x)
    store<f32>(dy, factor * error)
    sum += <f64>error * <f64>error
    dy += 4
    y += 4
    x += 4
  }
  return sum
}

export function adam(w: usize, g: usize, m: usize, v: usize, lr: f64, beta1: f64, beta2: f64, epsilon: f64, correction1: f64, correction2: f64, n: i32): void {
  const end = w + (n << 2)
  const keep1 = <f32>beta1
  const take1 = <f32>(1 - beta1)
  const keep2 = <f32>beta2
  const take2 = <f32>(1 - beta2)
  const rate = <f32>(lr / correction1)
  const unbias = <f32>(1 / correction2)
  const small = <f32>epsilon
  while (w + FOUR <= end) {
    const gradient = v128.load(g)
    const first = f32x4.add(f32x4.mul(f32x4.splat(keep1), v128.load(m)), f32x4.mul(f32x4.splat(take1), gradient))
    const second = f32x4.add(
      f32x4.mul(f32x4.splat(keep2), v128.load(v)),
      f32x4.mul(f32x4.splat(take2), f32x4.mul(gradient, gradient)),
    )
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(second, f32x4.splat(unbias))), f32x4.splat(small))
    v128.store(m, first)
    v128.store(v, second)
    v128.store(w, f32x4.sub(v128.load(w), f32x4.div(f32x4.mul(f32x4.splat(rate), first), root)))
    w += FOUR
    g += FOUR
    m += FOUR
    v += FOUR
  }
  while (w < end) {
    const gradient = load<f32>(g)
    const first = keep1 * load<f32>(m) + take1 * gradient
    const second = keep2 * load<f32>(v) + take2 * (gradient * gradient)
    store<f32>(m, first)
    store<f32>(v, second)
    store<f32>(w, load<f32>(w) - (rate * first) / (sqrt<f32>(second * unbias) + small))
    w += 4
    g += 4
    m += 4
    v += 4
  }
}
