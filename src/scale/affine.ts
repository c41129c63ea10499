import type { FittedScaler, Scaler } from '../core/contracts.js'
import { asScaled, type Frame } from '../core/frame.js'
import type { State } from '../core/state.js'

/** Offset and spread of one channel, learnt from its readings. */
export type ChannelFit = (values: Float64Array) => { offset: number; spread: number }

/** A scaler of the form (x - offset) / spread, per channel. Missing readings are ignored in the fit and stay missing. */
export function affineScaler(kind: string, fitChannel: ChannelFit): Scaler {
  return {
    fit(train: Frame): FittedScaler {
      const c = train.channels.length
      const offset = new Float64Array(c)
      const spread = new Float64Array(c)
      for (let j = 0; j < c; j++) {
        const column = Float64Array.from({ length: train.timeMs.length }, (_, i) => train.values[i * c + j])
        const fitted = fitChannel(column.filter(value => !Number.isNaN(value)))
        offset[j] = fitted.offset
        // A constant channel keeps its unit: it becomes 0, and a later change stays visible.
        spread[j] = fitted.spread > 0 && Number.isFinite(fitted.spread) ? fitted.spread : 1
      }
      return fittedAffine(kind, offset, spread)
    },
  }
}

/** Restores a saved affine scaler. */
export function loadAffineScaler(state: State): FittedScaler {
  return fittedAffine(
    state.kind,
    Float64Array.from(state.arrays.offset.data),
    Float64Array.from(state.arrays.spread.data),
  )
}

function fittedAffine(kind: string, offset: Float64Array, spread: Float64Array): FittedScaler {
  const c = offset.length
  return {
    transform(frame) {
      const values = new Float32Array(frame.values.length)
      for (let i = 0, j = 0; i < values.length; i++) {
        values[i] = (frame.values[i] - offset[j]) / spread[j]
        if (++j === c) j = 0
      }
      return asScaled(frame, values)
    },
    inverse(frame) {
      const values = new Float64Array(frame.values.length)
      for (let i = 0; i < values.length; i++) values[i] = frame.values[i] * spread[i % c] + offset[i % c]
      return { ...frame, values }
    },
    state: () => ({
      kind,
      version: 1,
      options: {},
      arrays: { offset: { shape: [c], data: offset }, spread: { shape: [c], data: spread } },
    }),
  }
}
