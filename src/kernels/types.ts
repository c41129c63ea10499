/**
 * The inner loops of telltale, on arrays of one arena: float32, but for `correlate`.
 *
 * Legend: T steps, B batch rows, H hidden units, P parameters; all matrices row-major.
 * Rules: output first, inputs, sizes last; no allocation, no throw; gradients accumulate (`+=`).
 * Every array passed to a kernel must come from `alloc` of the same object (or be a `subarray` of one).
 * NaN and Inf pass through as IEEE 754 says; no kernel hides them.
 *
 * For a given row the result never depends on how many other rows are computed in the same call: a batch of one gives
 * the same bits as a batch of 256.
 */
export interface Kernels {
  /** `reference` = plain TypeScript (any machine), `simd` = WASM SIMD128, `relaxed` = the same with fused multiply-add. */
  readonly build: KernelBuild

  /** A zeroed array of `length` floats, aligned to 16 bytes. Throws `limit-memory` when the arena is full. */
  alloc(length: number): Float32Array

  /**
   * C[m,n] = A B (+ C when `accumulate` is 1). A[i,p] is `a[i * aRow + p * aCol]`, B[p,j] is `b[p * ldb + j]`,
   * C[i,j] is `c[i * ldc + j]`, p in 0..k-1. Sums run over p in ascending order in one chain per element.
   */
  gemm(
    c: Float32Array,
    a: Float32Array,
    b: Float32Array,
    m: number,
    n: number,
    k: number,
    ldc: number,
    aRow: number,
    aCol: number,
    ldb: number,
    accumulate: 0 | 1,
  ): void
  /** C[m,n] = A B + bias[n] in every row: the chain starts at the bias. Contiguous C (ldc = n) and B (ldb = n). */
  affine(
    c: Float32Array,
    a: Float32Array,
    b: Float32Array,
    bias: Float32Array,
    m: number,
    n: number,
    k: number,
    aRow: number,
    aCol: number,
  ): void
  /** out[n,m] = transpose of a[m,n]. */
  transpose(out: Float32Array, a: Float32Array, m: number, n: number): void

  /**
   * LSTM over T steps from a zero state. Gate order i, f, g, o (Keras and PyTorch); sigmoid gates, tanh cell.
   * Pre-activation of step t, row b = xp[(t * xpStep + b * xpRow) * 4H ...] + h_{t-1} U, U[H,4H].
   * Step t writes h at `t * hStep`, c and tanh(c) at `t * cStep`, activated gates at `t * gStep` (all in floats; 0 = reuse one
   * buffer, as scoring does). Buffers: h [B,H], c [B,H], tc [B,H], gates [B,4H] per step.
   * With gStep 0 `gates` is scratch and `tc` may stay as it was; h and c have the same bits either way. U is not read at step 0, where h
   * is zero. WASM builds: tanh within 2.1e-7 and sigmoid within 1.75e-7 of the true value, h of one step within 3e-7; gates that
   * share a division share a NaN (i with g, o with tanh(c)).
   */
  lstmForward(
    h: Float32Array,
    c: Float32Array,
    tc: Float32Array,
    gates: Float32Array,
    xp: Float32Array,
    u: Float32Array,
    steps: number,
    batch: number,
    hidden: number,
    xpStep: number,
    xpRow: number,
    hStep: number,
    cStep: number,
    gStep: number,
  ): void
  /**
   * Gradient of `lstmForward` with full buffers (hStep = cStep = B*H, gStep = 4*B*H). `gates` [T,B,4H] is replaced in place by the
   * gradient of the pre-activations. `dh` is the gradient of the outputs: [T,B,H], or [B,H] of the last step when `lastOnly` is 1.
   * `ut` = U transposed [4H,H]; `dhc` is scratch of 2*B*H floats (its content does not matter).
   */
  lstmBackward(
    gates: Float32Array,
    dh: Float32Array,
    c: Float32Array,
    tc: Float32Array,
    ut: Float32Array,
    dhc: Float32Array,
    steps: number,
    batch: number,
    hidden: number,
    lastOnly: 0 | 1,
  ): void

  /**
   * GRU over T steps from a zero state, reset after the product. Gate order r, z, n (PyTorch); sigmoid r and z, tanh n:
   * r = s(x_r + q_r), z = s(x_z + q_z), n = tanh(x_n + r q_n), h_t = (1 - z) n + z h_{t-1}, with q = bias + h_{t-1} U, U[H,3H],
   * bias[3H], and x of step t, row b = xp[(t * xpStep + b * xpRow) * 3H ...].
   * Step t writes h [B,H] at `t * hStep` and [B,4H] of n, r, z, q_n (in this order) at `t * gStep` (in floats; 0 = reuse one buffer, as
   * scoring does; h has the same bits either way). U is not read at step 0, where h is zero.
   * WASM builds: r and z within 1.9e-7 and n within 2.1e-7 of the true value, h of one step within 3e-7; r and z share a division, and so a
   * NaN.
   */
  gruForward(
    h: Float32Array,
    gates: Float32Array,
    xp: Float32Array,
    u: Float32Array,
    bias: Float32Array,
    steps: number,
    batch: number,
    hidden: number,
    xpStep: number,
    xpRow: number,
    hStep: number,
    gStep: number,
  ): void
  /**
   * Gradient of `gruForward` with full buffers (hStep = B*H, gStep = 4*B*H). `gates` [T,B,4H] is replaced in place by the gradients of
   * x_n, x_r = q_r, x_z = q_z and q_n: columns 0..3H-1 are those of the input part (n, r, z), H..4H-1 those of q (r, z, n).
   * `dh` is the gradient of the outputs: [T,B,H], or [B,H] of the last step when `lastOnly` is 1. `ut` = U transposed [3H,H];
   * `carried` is scratch of B*H floats (its content does not matter).
   */
  gruBackward(
    gates: Float32Array,
    dh: Float32Array,
    h: Float32Array,
    ut: Float32Array,
    carried: Float32Array,
    steps: number,
    batch: number,
    hidden: number,
    lastOnly: 0 | 1,
  ): void

  /**
   * y[i] = f(x[i]), f number `which` of `ACTIVATIONS`. In place (y = x) is fine. WASM builds: within 5e-7 of the true value, slopes 1e-6, relative
   * where that is more than 1.
   */
  activate(y: Float32Array, x: Float32Array, which: number, n: number): void
  /** dx[i] = dy[i] * f'(x[i]), where y[i] = f(x[i]). */
  activateBackward(
    dx: Float32Array,
    dy: Float32Array,
    x: Float32Array,
    y: Float32Array,
    which: number,
    n: number,
  ): void

  /** out[n] = sum over t of a[t, n], t in 0..steps-1 (ascending); out may be the first of them. */
  sumSteps(out: Float32Array, a: Float32Array, steps: number, n: number): void
  /** out[n] += sum over rows of a[m, n] (ascending): gradient of a bias. */
  addColumnSums(out: Float32Array, a: Float32Array, m: number, n: number): void
  /** out[i] += a[i]. */
  add(out: Float32Array, a: Float32Array, n: number): void
  /** out[i] *= factor. */
  scale(out: Float32Array, factor: number, n: number): void
  /** Sum of a[i]^2. */
  sumSquares(a: Float32Array, n: number): number
  /** dy[i] = factor * (y[i] - x[i]); returns sum of (y[i] - x[i])^2. */
  squaredError(dy: Float32Array, y: Float32Array, x: Float32Array, factor: number, n: number): number

  /**
   * Squared errors of B windows that start at samples `first + b * stride` of the series, added to the samples they cover:
   * acc[(b * stride + t), :] += (y[t, b, :] - series[(b * stride + t), :])^2, b ascending for each sample. `series` and `acc` already
   * point to the first window's first sample.
   */
  spreadSquaredError(
    acc: Float32Array,
    y: Float32Array,
    series: Float32Array,
    steps: number,
    batch: number,
    channels: number,
    stride: number,
  ): void
  /** out[b, :] = mean over t (ascending) of (y[t, b, :] - series[(b * stride + t), :])^2. */
  windowSquaredError(
    out: Float32Array,
    y: Float32Array,
    series: Float32Array,
    steps: number,
    batch: number,
    channels: number,
    stride: number,
  ): void

  /**
   * out[i] = sum over d (ascending, in one chain) of weights[d] * x[i + d], d in 0..taps-1. The arrays are views of `alloc` as doubles; the bits are the same
   * in every build.
   */
  correlate(out: Float64Array, x: Float64Array, weights: Float64Array, n: number, taps: number): void

  /**
   * One step of Adam (Kingma & Ba 2015, algorithm 1): m, v, w updated in place from g.
   * `correction1` = 1 - beta1^step, `correction2` = 1 - beta2^step; w -= lr * (m / correction1) / (sqrt(v / correction2) + epsilon).
   */
  adam(
    w: Float32Array,
    g: Float32Array,
    m: Float32Array,
    v: Float32Array,
    lr: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
    n: number,
  ): void
}

export type KernelBuild = 'reference' | 'simd' | 'relaxed'
