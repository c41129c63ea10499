import type { KernelBuild } from '../kernels/index.js'
import { createLocalEngine, type Network, type Predictor, type TrainingEngine } from '../nn/index.js'

/** Windows of a series to pass through a network. */
export interface WindowRange {
  readonly count: number
  /** Distance between windows, samples. */
  readonly stride: number
  /** Windows that go through the network together; never changes the result. */
  readonly batchSize: number
}

/**
 * Takes the output of windows `[first, first + count)`: `[steps, count, width]`, time-major, valid until it returns.
 */
export type TakeOutput = (first: number, count: number, output: Float32Array) => void

/** Where heavy loops run: on this thread or on several. The numbers are the same, bit for bit. */
export interface Runtime {
  readonly build: KernelBuild
  /** Gives the event loop a turn. Called often; decides by itself how often it really waits. */
  pause(): Promise<void> | undefined
  engine(network: Network, series: Float32Array): Promise<TrainingEngine>
  /**
   * Passes windows through a network and hands their outputs over, in the order of the windows. Synchronous; helper threads take a part where that
   * pays.
   *
   * @param series from the first sample of the first window on, see `Predictor.predict`
   */
  predict(predictor: Predictor, series: Float32Array, windows: WindowRange, take: TakeOutput): void
}

/** Everything on the calling thread. */
export function localRuntime(build: KernelBuild, pause: Runtime['pause'] = () => undefined): Runtime {
  let room = new Float32Array(0)
  return {
    build,
    pause,
    async engine(network, series) {
      return createLocalEngine(network, series, build)
    },
    predict(predictor, series, { count, stride, batchSize }, take) {
      const { width } = predictor.network.inShape
      // A single window has buffers of its own, so that live samples of many models share the arena.
      const capacity = count === 1 ? 1 : batchSize
      const needed = Math.min(count, capacity) * predictor.outputLength
      if (room.length < needed) room = new Float32Array(needed)
      const output = room
      for (let first = 0; first < count; first += capacity) {
        const batch = Math.min(capacity, count - first)
        predictor.predict(series.subarray(first * stride * width), batch, stride, capacity, output)
        take(first, batch, output)
      }
    },
  }
}
