import { ACTIVATIONS, type Kernels } from '../../kernels/index.js'

const SIGMOID = ACTIVATIONS.indexOf('sigmoid')
const TANH = ACTIVATIONS.indexOf('tanh')

/**
 * `Kernels.gruForward` with full buffers, step by step: the state enters the gates times `mask` [B,H], the same at every step, and is carried
 * on as it is. What entered is kept in `masked` [T,B,H]. The input of step t are the rows of `xp` from t * xpStep on; `room` is scratch of
 * 6 * B * H floats.
 */
export function maskedGruForward(
  k: Kernels,
  masked: Float32Array,
  mask: Float32Array,
  room: Float32Array,
  h: Float32Array,
  gates: Float32Array,
  xp: Float32Array,
  u: Float32Array,
  bias: Float32Array,
  steps: number,
  batch: number,
  hidden: number,
  xpStep: number,
): void {
  const size = batch * hidden
  const width = 3 * hidden
  const q = room.subarray(0, 3 * size)
  const resetUpdate = room.subarray(3 * size, 5 * size)
  const candidate = room.subarray(5 * size, 6 * size)
  for (let t = 0; t < steps; t++) {
    const now = t * size
    const x = t * xpStep * width
    // Nothing enters the first step: its masked state is zero.
    const entering = t > 0 ? masked.subarray(now - size) : masked.fill(0, 0, size)
    k.affine(q, entering, u, bias, batch, width, hidden, hidden, 1)
    for (let b = 0, at = 0; b < batch; b++) {
      for (let i = b * width, end = i + 2 * hidden; i < end; i++, at++) resetUpdate[at] = xp[x + i] + q[i]
    }
    k.activate(resetUpdate, resetUpdate, SIGMOID, 2 * size)
    for (let b = 0, at = 0; b < batch; b++) {
      for (let i = 0, n = b * width + 2 * hidden; i < hidden; i++, n++, at++)
        candidate[at] = xp[x + n] + resetUpdate[2 * b * hidden + i] * q[n]
    }
    k.activate(candidate, candidate, TANH, size)
    for (let b = 0, at = 0; b < batch; b++) {
      for (let i = 0; i < hidden; i++, at++) {
        const kept = 4 * now + 4 * b * hidden + i
        const update = resetUpdate[(2 * b + 1) * hidden + i]
        gates[kept] = candidate[at]
        gates[kept + hidden] = resetUpdate[2 * b * hidden + i]
        gates[kept + 2 * hidden] = update
        gates[kept + 3 * hidden] = q[b * width + 2 * hidden + i]
        const before = t > 0 ? h[now - size + at] : 0
        h[now + at] = (1 - update) * candidate[at] + update * before
        masked[now + at] = h[now + at] * mask[at]
      }
    }
  }
}

/** `Kernels.gruBackward` of `maskedGruForward`: `gates` becomes the gradients of n, r, z and q_n; `room` is scratch of 2 * B * H floats. */
export function maskedGruBackward(
  k: Kernels,
  mask: Float32Array,
  room: Float32Array,
  gates: Float32Array,
  dh: Float32Array,
  h: Float32Array,
  ut: Float32Array,
  steps: number,
  batch: number,
  hidden: number,
  lastOnly: 0 | 1,
): void {
  const size = batch * hidden
  /** Gradient of the state that is carried on, and of what entered the gates. */
  const carried = room.subarray(0, size)
  const entered = room.subarray(size, 2 * size)
  room.fill(0, 0, 2 * size)
  for (let t = steps - 1; t >= 0; t--) {
    const now = t * size
    const given = lastOnly === 0 ? now : 0
    const isGiven = lastOnly === 0 || t === steps - 1
    for (let b = 0, at = 0; b < batch; b++) {
      for (let i = 4 * (now + b * hidden), end = i + hidden; i < end; i++, at++) {
        const candidate = gates[i]
        const reset = gates[i + hidden]
        const update = gates[i + 2 * hidden]
        const product = gates[i + 3 * hidden]
        const before = t > 0 ? h[now - size + at] : 0
        const state = carried[at] + mask[at] * entered[at] + (isGiven ? dh[given + at] : 0)
        const inner = state * (1 - update) * (1 - candidate * candidate)
        gates[i] = inner
        gates[i + hidden] = inner * product * reset * (1 - reset)
        gates[i + 2 * hidden] = state * (before - candidate) * update * (1 - update)
        gates[i + 3 * hidden] = inner * reset
        carried[at] = state * update
      }
    }
    // The columns r, z and q_n lie one after another.
    const gradient = gates.subarray(4 * now + hidden)
    k.gemm(entered, gradient, ut, batch, hidden, 3 * hidden, hidden, 4 * hidden, 1, hidden, 0)
  }
}
