import { createError } from '../core/errors.js'
import { createAllocator, tooBig } from './allocator.js'
import { RELAXED_BASE64 } from './generated/relaxed.js'
import { SIMD_BASE64 } from './generated/simd.js'
import type { KernelBuild, Kernels } from './types.js'

type WasmBuild = Exclude<KernelBuild, 'reference'>
type Loop = (...args: number[]) => number
type Exports = Record<Exclude<keyof Kernels, 'build' | 'alloc'> | 'arenaStart', Loop>

/** What is used of WebAssembly; neither the ES library nor the Node types declare it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer
}
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean
  Memory: new (size: { initial: number; maximum: number }) => WasmMemory
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: object }
}

const PAGE = 65536
const MAX_PAGES = 65536
/** Room for the static data of the module, before the arena. */
const STATIC_BYTES = PAGE
const MOST_BYTES = MAX_PAGES * PAGE - STATIC_BYTES

const TEXT: Record<WasmBuild, string> = { simd: SIMD_BASE64, relaxed: RELAXED_BASE64 }
const compiled = new Map<WasmBuild, object>()

function bytesOf(build: WasmBuild): Uint8Array {
  return Uint8Array.from(atob(TEXT[build]), letter => letter.charCodeAt(0))
}

/** Node 20 has relaxed SIMD behind a flag of V8; later versions and browsers need nothing. The only door to Node in tiers 0-2. */
function allowRelaxed(): void {
  try {
    globalThis.process?.getBuiltinModule?.('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd')
  } catch {
    // An unknown flag: the engine knows relaxed SIMD without it, or not at all.
  }
}

/** Whether this machine can run a build. */
export function supports(build: KernelBuild): boolean {
  if (build === 'reference') return true
  if (compiled.has(build)) return true
  if (typeof WebAssembly === 'undefined') return false
  const bytes = bytesOf(build)
  if (WebAssembly.validate(bytes)) return true
  if (build === 'simd') return false
  allowRelaxed()
  return WebAssembly.validate(bytes)
}

function moduleOf(build: WasmBuild): object {
  let module = compiled.get(build)
  if (!module) {
    if (!supports(build)) throw createError('bug', { reason: `the ${build} kernels cannot run here` })
    module = new WebAssembly.Module(bytesOf(build))
    compiled.set(build, module)
  }
  return module
}

/** The WASM twin of the reference, on a memory of its own. */
export function createWasmKernels(build: WasmBuild, bytes: number): Kernels {
  const initial = Math.ceil((STATIC_BYTES + bytes) / PAGE)
  if (initial > MAX_PAGES) throw tooBig(bytes, MOST_BYTES)
  let memory: WasmMemory
  try {
    memory = new WebAssembly.Memory({ initial, maximum: initial })
  } catch {
    throw tooBig(bytes, MOST_BYTES)
  }
  const instance = new WebAssembly.Instance(moduleOf(build), { env: { memory } })
  const run = instance.exports as Exports
  const start = run.arenaStart()
  const { alloc } = createAllocator(memory.buffer, start, start + bytes)
  return {
    build,
    alloc,
    gemm: (c, a, b, m, n, k, ldc, aRow, aCol, ldb, accumulate) => {
      run.gemm(c.byteOffset, a.byteOffset, b.byteOffset, m, n, k, ldc, aRow, aCol, ldb, accumulate)
    },
    affine: (c, a, b, bias, m, n, k, aRow, aCol) => {
      run.affine(c.byteOffset, a.byteOffset, b.byteOffset, bias.byteOffset, m, n, k, aRow, aCol)
    },
    transpose: (out, a, m, n) => {
      run.transpose(out.byteOffset, a.byteOffset, m, n)
    },
    lstmForward: (h, c, tc, gates, xp, u, steps, batch, hidden, xpStep, xpRow, hStep, cStep, gStep) => {
      run.lstmForward(
        h.byteOffset,
        c.byteOffset,
        tc.byteOffset,
        gates.byteOffset,
        xp.byteOffset,
        u.byteOffset,
        steps,
        batch,
        hidden,
        xpStep,
        xpRow,
        hStep,
        cStep,
        gStep,
      )
    },
    lstmBackward: (gates, dh, c, tc, ut, dhc, steps, batch, hidden, lastOnly) => {
      run.lstmBackward(
        gates.byteOffset,
        dh.byteOffset,
        c.byteOffset,
        tc.byteOffset,
        ut.byteOffset,
        dhc.byteOffset,
        steps,
        batch,
        hidden,
        lastOnly,
      )
    },
    gruForward: (h, gates, xp, u, bias, steps, batch, hidden, xpStep, xpRow, hStep, gStep) => {
      run.gruForward(
        h.byteOffset,
        gates.byteOffset,
        xp.byteOffset,
        u.byteOffset,
        bias.byteOffset,
        steps,
        batch,
        hidden,
        xpStep,
        xpRow,
        hStep,
        gStep,
      )
    },
    gruBackward: (gates, dh, h, ut, carried, steps, batch, hidden, lastOnly) => {
      run.gruBackward(
        gates.byteOffset,
        dh.byteOffset,
        h.byteOffset,
        ut.byteOffset,
        carried.byteOffset,
        steps,
        batch,
        hidden,
        lastOnly,
      )
    },
    activate: (y, x, which, n) => {
      run.activate(y.byteOffset, x.byteOffset, which, n)
    },
    activateBackward: (dx, dy, x, y, which, n) => {
      run.activateBackward(dx.byteOffset, dy.byteOffset, x.byteOffset, y.byteOffset, which, n)
    },
    sumSteps: (out, a, steps, n) => {
      run.sumSteps(out.byteOffset, a.byteOffset, steps, n)
    },
    addColumnSums: (out, a, m, n) => {
      run.addColumnSums(out.byteOffset, a.byteOffset, m, n)
    },
    add: (out, a, n) => {
      run.add(out.byteOffset, a.byteOffset, n)
    },
    scale: (out, factor, n) => {
      run.scale(out.byteOffset, factor, n)
    },
    sumSquares: (a, n) => run.sumSquares(a.byteOffset, n),
    squaredError: (dy, y, x, factor, n) =>
      run.squaredError(dy.byteOffset, y.byteOffset, x.byteOffset, factor, n),
    spreadSquaredError: (acc, y, series, steps, batch, channels, stride) => {
      run.spreadSquaredError(acc.byteOffset, y.byteOffset, series.byteOffset, steps, batch, channels, stride)
    },
    windowSquaredError: (out, y, series, steps, batch, channels, stride) => {
      run.windowSquaredError(out.byteOffset, y.byteOffset, series.byteOffset, steps, batch, channels, stride)
    },
    correlate: (out, x, weights, n, taps) => {
      run.correlate(out.byteOffset, x.byteOffset, weights.byteOffset, n, taps)
    },
    adam: (w, g, m, v, lr, beta1, beta2, epsilon, correction1, correction2, n) => {
      run.adam(
        w.byteOffset,
        g.byteOffset,
        m.byteOffset,
        v.byteOffset,
        lr,
        beta1,
        beta2,
        epsilon,
        correction1,
        correction2,
        n,
      )
    },
  }
}
