// Windows of a series and their squared errors. Time-major: y[t, b, channels].

// @ts-ignore: decorator
@inline
function square4(y: usize, x: usize): v128 {
  const error = f32x4.sub(v128.load(y), v128.load(x))
  return f32x4.mul(error, error)
}

// @ts-ignore: decorator
@inline
function square1(y: usize, x: usize): f32 {
  const error = load<f32>(y) - load<f32>(x)
  return error * error
}

function addSquaredErrors(acc: usize, y: usize, x: usize, n: i32): void {
  const end = y + (n << 2)
  while (y + 16 <= end) {
    v128.store(acc, f32x4.add(v128.load(acc), square4(y, x)))
    acc += 16
    y += 16
    x += 16
  }
  while (y < end) {
    store<f32>(acc, load<f32>(acc) + square1(y, x))
    acc += 4
    y += 4
    x += 4
  }
}

/** For one sample, t descending is b ascending. With stride 1 the windows of a step lie side by side: one long row. */
export function spreadSquaredError(acc: usize, y: usize, series: usize, steps: i32, batch: i32, channels: i32, stride: i32): void {
  const row = channels << 2
  const rows = stride == 1 ? 1 : batch
  const n = stride == 1 ? batch * channels : channels
  for (let t = steps - 1; t >= 0; t--) {
    for (let b = 0; b < rows; b++) {
      const at = (b * stride + t) * row
      addSquaredErrors(acc + at, y + (t * batch + b) * row, series + at, n)
    }
  }
}

function meanSquaredErrors(out: usize, y: usize, x: usize, steps: i32, yStep: usize, xStep: usize, n: i32): void {
  const end = out + (n << 2)
  while (out + 16 <= end) {
    let sum = f32x4.splat(0)
    for (let t = 0; t < steps; t++) sum = f32x4.add(sum, square4(y + t * yStep, x + t * xStep))
    v128.store(out, f32x4.div(sum, f32x4.splat(<f32>steps)))
    out += 16
    y += 16
    x += 16
  }
  while (out < end) {
    let sum: f32 = 0
    for (let t = 0; t < steps; t++) sum += square1(y + t * yStep, x + t * xStep)
    store<f32>(out, sum / <f32>steps)
    out += 4
    y += 4
    x += 4
  }
}

export function windowSquaredError(out: usize, y: usize, series: usize, steps: i32, batch: i32, channels: i32, stride: i32): void {
  const row = channels << 2
  const rows = stride == 1 ? 1 : batch
  const n = stride == 1 ? batch * channels : channels
  for (let b = 0; b < rows; b++) {
    meanSquaredErrors(out + b * row, y + b * row, series + b * stride * row, steps, batch * row, row, n)
  }
}
