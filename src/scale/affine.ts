import type { FittedScaler, Scaler } from '../core/contracts.js'
import { asScaled, type Frame } from '../core/frame.js'
import type { State } from '../core/state.js'

/** Offset and spread of one channel, learnt from its readings. */
export type ChannelFit = (values: Float64Array) => { offset: number; spread: number }

/**
 * The limit of scaled readings, in spreads: their squares, and sums of many of them, stay within single precision.
 */
const LARGEST = 1e9
/** A spread that is smaller than this share of the largest reading is rounding, not change. */
const LEAST_SHARE = 2 ** -50
/** Readings beyond this are brought to 1 before they are squared and summed. */
const SAFE = 1e140

/**
 * A scaler of the form (x - offset) / spread, per channel, finite for every reading. Missing readings are ignored in the fit and stay missing; infinite
 * ones count as missing in the fit.
 */
export function affineScaler(kind: string, fitChannel: ChannelFit): Scaler {
  return {
    fit(train: Frame): FittedScaler {
      const c = train.channels.length
      const offset = new Float64Array(c)
      const spread = new Float64Array(c)
      for (let j = 0; j < c; j++) {
        const fitted = fitFinite(finiteReadings(train, j), fitChannel)
        offset[j] = fitted.offset
        spread[j] = fitted.spread
      }
      return fittedAffine(kind, offset, spread)
    },
  }
}

/** The finite readings of channel `j`. */
function finiteReadings({ timeMs, values, channels: { length: c } }: Frame, j: number): Float64Array {
  const finite = new Float64Array(timeMs.length)
  let count = 0
  for (let at = j; at < values.length; at += c) if (Number.isFinite(values[at])) finite[count++] = values[at]
  return finite.subarray(0, count)
}

/** A fit whose numbers are finite, and whose spread is above 0, whatever the readings. */
function fitFinite(values: Float64Array, fitChannel: ChannelFit): ReturnType<ChannelFit> {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const unit = largest > SAFE ? largest : 1
  const { offset, spread } = fitChannel(unit === 1 ? values : values.map(value => value / unit))
  const isChange = spread > LEAST_SHARE * (largest / unit)
  return {
    offset: Number.isFinite(offset) ? offset * unit : 0,
    // A constant channel keeps its unit: it becomes 0, and a later change stays visible.
    spread: isChange ? Math.min(spread * unit, Number.MAX_VALUE) : 1,
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
        const scaled = (frame.values[i] - offset[j]) / spread[j]
        values[i] = scaled > LARGEST ? LARGEST : Math.max(scaled, -LARGEST)
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
