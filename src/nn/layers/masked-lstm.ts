import { ACTIVATIONS, type Kernels } from '../../kernels/index.js'

const SIGMOID = ACTIVATIONS.indexOf('sigmoid')
const TANH = ACTIVATIONS.indexOf('tanh')

/**
 * `Kernels.lstmForward` with full buffers, step by step: the state enters the gates times `mask` [B,H], the same at every step. What entered
 * is kept in `masked` [T,B,H]. The pre-activations of step t are the rows of `xp` from t * xpStep on.
 */
export function maskedLstmForward(
  k: Kernels,
  masked: Float32Array,
  mask: Float32Array,
  h: Float32Array,
  c: Float32Array,
  tanhC: Float32Array,
  gates: Float32Array,
  xp: Float32Array,
  u: Float32Array,
  steps: number,
  batch: number,
  hidden: number,
  xpStep: number,
): void {
  const size = batch * hidden
  const width = 4 * hidden
  for (let t = 0; t < steps; t++) {
    const now = t * size
    const gate = gates.subarray(4 * now, 4 * (now + size))
    gate.set(xp.subarray(t * xpStep * width, (t * xpStep + batch) * width))
    if (t > 0) k.gemm(gate, masked.subarray(now - size), u, batch, width, hidden, width, hidden, 1, width, 1)
    // All four by one function: tanh(x) = 2 sigmoid(2 x) - 1.
    eachCell(gate, batch, hidden, value => 2 * value)
    k.activate(gate, gate, SIGMOID, batch * width)
    eachCell(gate, batch, hidden, value => 2 * value - 1)
    for (let b = 0, i = now; b < batch; b++) {
      for (let at = b * width, end = at + hidden; at < end; at++, i++) {
        const before = t > 0 ? c[i - size] : 0
        c[i] = gate[at + hidden] * before + gate[at] * gate[at + 2 * hidden]
      }
    }
    k.activate(tanhC.subarray(now), c.subarray(now), TANH, size)
    for (let b = 0, i = now, m = 0; b < batch; b++) {
      for (let at = b * width + 3 * hidden, end = at + hidden; at < end; at++, i++, m++) {
        h[i] = gate[at] * tanhC[i]
        masked[i] = h[i] * mask[m]
      }
    }
  }
}

/** Applies a function to the cell gate, the third of four, of each row. */
function eachCell(gate: Float32Array, batch: number, hidden: number, f: (value: number) => number): void {
  for (let b = 0; b < batch; b++) {
    for (let at = (4 * b + 2) * hidden, end = at + hidden; at < end; at++) gate[at] = f(gate[at])
  }
}

/** `Kernels.lstmBackward` of `maskedLstmForward`: `gates` becomes the gradient of the pre-activations. */
export function maskedLstmBackward(
  k: Kernels,
  mask: Float32Array,
  gates: Float32Array,
  dh: Float32Array,
  c: Float32Array,
  tanhC: Float32Array,
  ut: Float32Array,
  dhc: Float32Array,
  steps: number,
  batch: number,
  hidden: number,
  lastOnly: 0 | 1,
): void {
  const size = batch * hidden
  const width = 4 * hidden
  const carried = dhc.subarray(0, size)
  const cell = dhc.subarray(size, 2 * size)
  dhc.fill(0, 0, 2 * size)
  for (let t = steps - 1; t >= 0; t--) {
    const now = t * size
    const gate = gates.subarray(4 * now, 4 * (now + size))
    const given = lastOnly === 0 ? now : 0
    const isGiven = lastOnly === 0 || t === steps - 1
    for (let b = 0, i = 0; b < batch; b++) {
      for (let at = b * width, end = at + hidden; at < end; at++, i++) {
        const input = gate[at]
        const forget = gate[at + hidden]
        const candidate = gate[at + 2 * hidden]
        const out = gate[at + 3 * hidden]
        const tc = tanhC[now + i]
        const before = t > 0 ? c[now - size + i] : 0
        const state = mask[i] * carried[i] + (isGiven ? dh[given + i] : 0)
        const dc = cell[i] + state * out * (1 - tc * tc)
        gate[at] = dc * candidate * input * (1 - input)
        gate[at + hidden] = dc * before * forget * (1 - forget)
        gate[at + 2 * hidden] = dc * input * (1 - candidate * candidate)
        gate[at + 3 * hidden] = state * tc * out * (1 - out)
        cell[i] = dc * forget
      }
    }
    k.gemm(carried, gate, ut, batch, hidden, width, hidden, width, 1, hidden, 0)
  }
}
