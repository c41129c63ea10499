// Speed of the inner loops, one thread: `npm run build && node bench/kernels.bench.mjs [simd|relaxed|reference]`.
import { createKernels } from '../dist/kernels/index.js'
import { readArguments } from '../scripts/arguments.mjs'

/** Best of many short bursts (the machine may be shared), in microseconds per call. */
function microseconds(call) {
  for (let i = 0; i < 1000; i++) call()
  let calls = 1
  const burst = () => {
    const start = performance.now()
    for (let i = 0; i < calls; i++) call()
    return performance.now() - start
  }
  while (burst() < 0.4) calls *= 2
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 300; i++) best = Math.min(best, burst())
  return (best * 1000) / calls
}

const PRODUCTS = [
  { use: 'forward, one step', m: 32, n: 128, k: 32 },
  { use: 'forward, batch of one', m: 1, n: 128, k: 32 },
  { use: 'projection, 3 channels', m: 960, n: 128, k: 3 },
  { use: 'projection, 32 units', m: 960, n: 128, k: 32 },
  { use: 'input gradient', m: 960, n: 32, k: 128 },
  { use: 'backward, one step', m: 32, n: 32, k: 128 },
  { use: 'weight gradient', m: 32, n: 128, k: 960, columns: true },
  { use: 'weight gradient, 3 channels', m: 3, n: 128, k: 960, columns: true },
  { use: 'output layer', m: 960, n: 3, k: 32 },
  { use: 'output layer, weight gradient', m: 32, n: 3, k: 960, columns: true },
  { use: 'forward, 128 units', m: 32, n: 512, k: 128 },
]
const LAYERS = [
  { batch: 32, hidden: 32 },
  { batch: 32, hidden: 16 },
  { batch: 1, hidden: 32 },
]
const STEPS = 30

const [only] = readArguments(import.meta, {}, [0, 1]).positionals
for (const build of only ? [only] : ['simd', 'relaxed']) {
  const kernels = createKernels({ bytes: 1 << 25, build })
  const filled = length => {
    const array = kernels.alloc(length)
    for (let i = 0; i < length; i++) array[i] = Math.sin(i)
    return array
  }
  for (const { use, m, n, k, columns } of PRODUCTS) {
    const [c, a, b] = [m * n, m * k, k * n].map(filled)
    const [aRow, aCol] = columns ? [1, m] : [k, 1]
    const us = microseconds(() => kernels.gemm(c, a, b, m, n, k, n, aRow, aCol, n, 0))
    const rate = (2 * m * n * k) / us / 1000
    console.log(`${build}: gemm ${m} x ${n} x ${k} (${use}): ${us.toFixed(2)} us, ${rate.toFixed(1)} GFLOP/s`)
  }
  for (const { batch, hidden } of LAYERS) {
    const size = batch * hidden
    const [h, c, tc, dh] = [1, 2, 3, 4].map(() => filled(STEPS * size))
    const [gates, xp] = [1, 2].map(() => filled(4 * STEPS * size))
    const u = filled(4 * hidden * hidden)
    kernels.scale(u, 1 / hidden, u.length)
    const scratch = filled(2 * size)
    const forward = (state, gate) =>
      kernels.lstmForward(h, c, tc, gates, xp, u, STEPS, batch, hidden, batch, 1, state, state, gate)
    const score = microseconds(() => forward(0, 0))
    const train = microseconds(() => forward(size, 4 * size))
    const both = microseconds(() => {
      forward(size, 4 * size)
      kernels.lstmBackward(gates, dh, c, tc, u, scratch, STEPS, batch, hidden, 0)
    })
    console.log(
      `${build}: LSTM T=${STEPS} B=${batch} H=${hidden}: forward ${score.toFixed(1)} us scoring, ` +
        `${train.toFixed(1)} us training; backward ${(both - train).toFixed(1)} us`,
    )
    const [u3, bias] = [u.subarray(0, 3 * hidden * hidden), filled(3 * hidden)]
    const gruForward = (state, gate) =>
      kernels.gruForward(h, gates, xp, u3, bias, STEPS, batch, hidden, batch, 1, state, gate)
    const gruScore = microseconds(() => gruForward(0, 0))
    const gruTrain = microseconds(() => gruForward(size, 4 * size))
    const gruBoth = microseconds(() => {
      gruForward(size, 4 * size)
      kernels.gruBackward(gates, dh, h, u3, scratch, STEPS, batch, hidden, 0)
    })
    console.log(
      `${build}: GRU T=${STEPS} B=${batch} H=${hidden}: forward ${gruScore.toFixed(1)} us scoring, ` +
        `${gruTrain.toFixed(1)} us training; backward ${(gruBoth - gruTrain).toFixed(1)} us`,
    )
  }
}
