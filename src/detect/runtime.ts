import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import type { KernelBuild } from '../kernels/index.js'
import { createLocalEngine, type Network, type TrainingEngine } from '../nn/index.js'
import { networkResiduals, type ResidualOptions } from './residuals.js'

/** Hooks of a long loop. `pause` lets other work of the process in (a key press, a timer) between slices. */
export interface LoopHooks {
  onProgress?(done: number, total: number): void
  readonly signal?: AbortSignal
}

/** Where heavy loops run: on this thread or on several. The numbers are the same, bit for bit. */
export interface Runtime {
  readonly build: KernelBuild
  /** Gives the event loop a turn. Called often; decides by itself how often it really waits. */
  pause(): Promise<void> | undefined
  engine(network: Network, series: Float32Array): Promise<TrainingEngine>
  /** `[n * C]` residual of each sample, see `networkResiduals`. */
  residuals(
    network: Network,
    weights: Float32Array,
    series: Float32Array,
    options: ResidualOptions,
    hooks: LoopHooks,
  ): Promise<Float32Array>
}

/** Everything on the calling thread. */
export function localRuntime(build: KernelBuild, pause: Runtime['pause'] = () => undefined): Runtime {
  return {
    build,
    pause,
    async engine(network, series) {
      return createLocalEngine(network, series, build)
    },
    async residuals(network, weights, series, options, { onProgress, signal }) {
      const n = series.length / network.inShape.width
      const out = new Float32Array(series.length)
      const whole: Interval = { start: 0, end: n }
      for (const done of networkResiduals(network, weights, series, whole, { ...options, build }, out)) {
        if (signal?.aborted) throw createError('interrupted', { what: 'scoring' })
        onProgress?.(Math.min(n, done * options.stride), n)
        const turn = pause()
        if (turn) await turn
      }
      return out
    },
  }
}
