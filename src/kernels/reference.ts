import { activate, activateBackward } from './activation.js'
import { createAllocator, tooBig } from './allocator.js'
import type { Kernels } from './types.js'

/**
 * The specification of every kernel: obvious loops, sums in float64, rounded to float32 where they are stored.
 *
 * @param options.bytes size of the arena that `alloc` hands out
 */
export function createReferenceKernels(options: { bytes: number }): Kernels {
  let buffer: ArrayBuffer
  try {
    buffer = new ArrayBuffer(options.bytes)
  } catch {
    throw tooBig(options.bytes, 'what the engine gives to one array')
  }
  return { build: 'reference', ...createAllocator(buffer, 0, options.bytes), ...loops }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const loops: Omit<Kernels, 'build' | 'alloc'> = {
  gemm(c, a, b, m, n, k, ldc, aRow, aCol, ldb, accumulate) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = accumulate ? c[i * ldc + j] : 0
        for (let p = 0; p < k; p++) sum += a[i * aRow + p * aCol] * b[p * ldb + j]
        c[i * ldc + j] = sum
      }
    }
  },

  affine(c, a, b, bias, m, n, k, aRow, aCol) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = bias[j]
        for (let p = 0; p < k; p++) sum += a[i * aRow + p * aCol] * b[p * n + j]
        c[i * n + j] = sum
      }
    }
  },

  transpose(out, a, m, n) {
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j]
  },

  lstmForward(h, c, tc, gates, xp, u, steps, batch, hidden, xpStep, xpRow, hStep, cStep, gStep) {
    const wide = 4 * hidden
    for (let t = 0; t < steps; t++) {
      for (let b = 0; b < batch; b++) {
        const x0 = (t * xpStep + b * xpRow) * wide
        const g0 = t * gStep + b * wide
        const hPrevious = (t - 1) * hStep + b * hidden
        for (let j = 0; j < wide; j++) {
          let sum = xp[x0 + j]
          if (t > 0) for (let p = 0; p < hidden; p++) sum += h[hPrevious + p] * u[p * wide + j]
          gates[g0 + j] = j >= 2 * hidden && j < 3 * hidden ? Math.tanh(sum) : sigmoid(sum)
        }
        for (let j = 0; j < hidden; j++) {
          const i = gates[g0 + j]
          const f = gates[g0 + hidden + j]
          const g = gates[g0 + 2 * hidden + j]
          const o = gates[g0 + 3 * hidden + j]
          const at = t * cStep + b * hidden + j
          const before = t > 0 ? c[at - cStep] : 0
          c[at] = f * before + i * g
          tc[at] = Math.tanh(c[at])
          h[t * hStep + b * hidden + j] = o * tc[at]
        }
      }
    }
  },

  lstmBackward(gates, dh, c, tc, ut, dhc, steps, batch, hidden, lastOnly) {
    const wide = 4 * hidden
    const size = batch * hidden
    const carriedH = dhc.subarray(0, size).fill(0)
    const carriedC = dhc.subarray(size, 2 * size).fill(0)
    for (let t = steps - 1; t >= 0; t--) {
      for (let b = 0; b < batch; b++) {
        const g0 = (t * batch + b) * wide
        for (let j = 0; j < hidden; j++) {
          const row = b * hidden + j
          const at = t * size + row
          const i = gates[g0 + j]
          const f = gates[g0 + hidden + j]
          const g = gates[g0 + 2 * hidden + j]
          const o = gates[g0 + 3 * hidden + j]
          let dOut = carriedH[row]
          if (!lastOnly) dOut += dh[at]
          else if (t === steps - 1) dOut += dh[row]
          const dCell = carriedC[row] + dOut * o * (1 - tc[at] * tc[at])
          const before = t > 0 ? c[at - size] : 0
          gates[g0 + j] = dCell * g * i * (1 - i)
          gates[g0 + hidden + j] = dCell * before * f * (1 - f)
          gates[g0 + 2 * hidden + j] = dCell * i * (1 - g * g)
          gates[g0 + 3 * hidden + j] = dOut * tc[at] * o * (1 - o)
          carriedC[row] = dCell * f
        }
        for (let j = 0; j < hidden; j++) {
          let sum = 0
          for (let p = 0; p < wide; p++) sum += gates[g0 + p] * ut[p * hidden + j]
          carriedH[b * hidden + j] = sum
        }
      }
    }
  },

  gruForward(h, gates, xp, u, bias, steps, batch, hidden, xpStep, xpRow, hStep, gStep) {
    const wide = 3 * hidden
    for (let t = 0; t < steps; t++) {
      for (let b = 0; b < batch; b++) {
        const x0 = (t * xpStep + b * xpRow) * wide
        const n0 = t * gStep + b * 4 * hidden
        const [r0, z0, q0] = [n0 + hidden, n0 + 2 * hidden, n0 + 3 * hidden]
        const h0 = t * hStep + b * hidden
        for (let j = 0; j < wide; j++) {
          let sum = bias[j]
          if (t > 0) for (let p = 0; p < hidden; p++) sum += h[h0 - hStep + p] * u[p * wide + j]
          gates[r0 + j] = j < 2 * hidden ? sigmoid(xp[x0 + j] + sum) : sum
        }
        for (let j = 0; j < hidden; j++) {
          const n = Math.tanh(xp[x0 + 2 * hidden + j] + gates[r0 + j] * gates[q0 + j])
          const z = gates[z0 + j]
          const before = t > 0 ? h[h0 - hStep + j] : 0
          gates[n0 + j] = n
          h[h0 + j] = (1 - z) * n + z * before
        }
      }
    }
  },

  gruBackward(gates, dh, h, ut, carried, steps, batch, hidden, lastOnly) {
    const size = batch * hidden
    carried.fill(0, 0, size)
    for (let t = steps - 1; t >= 0; t--) {
      for (let b = 0; b < batch; b++) {
        const n0 = (t * batch + b) * 4 * hidden
        const [r0, z0, q0] = [n0 + hidden, n0 + 2 * hidden, n0 + 3 * hidden]
        for (let j = 0; j < hidden; j++) {
          const row = b * hidden + j
          const at = t * size + row
          const [n, r, z, q] = [gates[n0 + j], gates[r0 + j], gates[z0 + j], gates[q0 + j]]
          let dOut = carried[row]
          if (!lastOnly) dOut += dh[at]
          else if (t === steps - 1) dOut += dh[row]
          const before = t > 0 ? h[at - size] : 0
          const dN = dOut * (1 - z) * (1 - n * n)
          gates[n0 + j] = dN
          gates[r0 + j] = dN * q * r * (1 - r)
          gates[z0 + j] = dOut * (before - n) * z * (1 - z)
          gates[q0 + j] = dN * r
          carried[row] = dOut * z
        }
        for (let j = 0; j < hidden; j++) {
          let sum = carried[b * hidden + j]
          for (let p = 0; p < 3 * hidden; p++) sum += gates[r0 + p] * ut[p * hidden + j]
          carried[b * hidden + j] = sum
        }
      }
    }
  },

  activate,
  activateBackward,

  sumSteps(out, a, steps, n) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let t = 0; t < steps; t++) sum += a[t * n + j]
      out[j] = sum
    }
  },

  addColumnSums(out, a, m, n) {
    for (let j = 0; j < n; j++) {
      let sum = out[j]
      for (let i = 0; i < m; i++) sum += a[i * n + j]
      out[j] = sum
    }
  },

  add(out, a, n) {
    for (let i = 0; i < n; i++) out[i] += a[i]
  },

  scale(out, factor, n) {
    for (let i = 0; i < n; i++) out[i] *= factor
  },

  sumSquares(a, n) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += a[i] * a[i]
    return sum
  },

  squaredError(dy, y, x, factor, n) {
    let sum = 0
    for (let i = 0; i < n; i++) {
      const error = y[i] - x[i]
      dy[i] = factor * error
      sum += error * error
    }
    return sum
  },

  spreadSquaredError(acc, y, series, steps, batch, channels, stride) {
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t < steps; t++) {
        for (let j = 0; j < channels; j++) {
          const at = (b * stride + t) * channels + j
          const error = y[(t * batch + b) * channels + j] - series[at]
          acc[at] += error * error
        }
      }
    }
  },

  windowSquaredError(out, y, series, steps, batch, channels, stride) {
    for (let b = 0; b < batch; b++) {
      for (let j = 0; j < channels; j++) {
        let sum = 0
        for (let t = 0; t < steps; t++) {
          const error = y[(t * batch + b) * channels + j] - series[(b * stride + t) * channels + j]
          sum += error * error
        }
        out[b * channels + j] = sum / steps
      }
    }
  },

  correlate(out, x, weights, n, taps) {
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let d = 0; d < taps; d++) sum += weights[d] * x[i + d]
      out[i] = sum
    }
  },

  adam(w, g, m, v, lr, beta1, beta2, epsilon, correction1, correction2, n) {
    for (let i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i]
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i]
      w[i] -= (lr * (m[i] / correction1)) / (Math.sqrt(v[i] / correction2) + epsilon)
    }
  },
}
