// Speed of the inner loops, one thread: `node bench/kernels.bench.mjs` after `npm run build`.
const { createKernels } = await import(process.env.KERNELS ?? '../dist/kernels/index.js')

/** Best of several short runs, in microseconds per call. */
function microseconds(call) {
  for (let i = 0; i < 200; i++) call()
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 12; run++) {
    let calls = 0
    const start = performance.now()
    while (performance.now() - start < 15) {
      for (let i = 0; i < 10; i++) call()
      calls += 10
    }
    best = Math.min(best, ((performance.now() - start) * 1000) / calls)
  }
  return best
}

const PRODUCTS = [
  { name: 'forward, one step', m: 32, n: 128, k: 32 },
  { name: 'forward, batch of one', m: 1, n: 128, k: 32 },
  { name: 'projection, 3 channels', m: 960, n: 128, k: 3 },
  { name: 'projection, 32 units', m: 960, n: 128, k: 32 },
  { name: 'input gradient', m: 960, n: 32, k: 128 },
  { name: 'backward, one step', m: 32, n: 32, k: 128 },
  { name: 'weight gradient', m: 32, n: 128, k: 960, columns: true },
  { name: 'weight gradient, 3 channels', m: 3, n: 128, k: 960, columns: true },
  { name: 'output layer', m: 960, n: 3, k: 32 },
  { name: 'output layer gradient', m: 32, n: 3, k: 960, columns: true },
  { name: '128 units, one step', m: 32, n: 512, k: 128 },
  { name: '128 units, weight gradient', m: 128, n: 512, k: 960, columns: true },
]

for (const build of process.argv[2] ? [process.argv[2]] : ['simd', 'relaxed']) {
  const kernels = createKernels({ bytes: 1 << 25, build })
  const filled = length => kernels.alloc(length).map((_, i) => Math.sin(i)) && kernels.alloc(length)
  for (const { name, m, n, k, columns } of PRODUCTS) {
    const [c, a, b] = [filled(m * n), filled(m * k), filled(k * n)]
    const [aRow, aCol] = columns ? [1, m] : [k, 1]
    const us = microseconds(() => kernels.gemm(c, a, b, m, n, k, n, aRow, aCol, n, 0))
    const rate = (2 * m * n * k) / us / 1000
    console.log(`${build} gemm ${m}x${n}x${k} (${name}): ${us.toFixed(2)} us, ${rate.toFixed(1)} GFLOP/s`)
  }
  for (const [batch, hidden, steps] of [
    [32, 32, 30],
    [32, 16, 30],
    [1, 32, 30],
  ]) {
    const size = batch * hidden
    const [h, c, tc, ut] = [steps * size, steps * size, steps * size, 4 * hidden * hidden].map(filled)
    const [gates, xp, dh, scratch] = [4 * steps * size, 4 * steps * size, steps * size, 2 * size].map(filled)
    const u = filled(4 * hidden * hidden)
    xp.forEach((_, i) => {
      xp[i] = Math.sin(i)
    })
    u.forEach((_, i) => {
      u[i] = Math.cos(i) / hidden
    })
    const run = (hs, gs) =>
      kernels.lstmForward(h, c, tc, gates, xp, u, steps, batch, hidden, batch, 1, hs, hs, gs)
    const what = `T=${steps} B=${batch} H=${hidden}`
    console.log(`${build} lstmForward, scoring, ${what}: ${microseconds(() => run(0, 0)).toFixed(1)} us`)
    console.log(
      `${build} lstmForward, training, ${what}: ${microseconds(() => run(size, 4 * size)).toFixed(1)} us`,
    )
    const back = microseconds(() =>
      kernels.lstmBackward(gates, dh, c, tc, ut, scratch, steps, batch, hidden, 0),
    )
    console.log(`${build} lstmBackward, ${what}: ${back.toFixed(1)} us`)
  }
}
