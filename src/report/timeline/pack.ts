import { mad, median } from '../../stats/index.js'
import type { Packed } from './packed-series.js'

/** Numbers in a page at full float32 precision. */
export function packFloats(values: Float32Array): Packed {
  return { type: 'f4', base64: base64Of(values) }
}

/** Numbers in a page at full precision. */
export function packDoubles(values: Float64Array): Packed {
  return { type: 'f8', base64: base64Of(values) }
}

/** Usual values are measured in at most this many. */
const MOST_MEASURED = 10_000

/**
 * Numbers in a page as 16 bits each: distances from the median in units of the spread, in half precision, so that neither a large offset nor a wild outlier
 * costs detail. The error is at most 0.05 % of the distance from the median; beyond 65504 spreads the largest distance is kept. NaN stays.
 */
export function packHalves(values: Float32Array): Packed {
  const step = Math.max(1, Math.floor(values.length / MOST_MEASURED))
  const sample = values.filter((value, i) => i % step === 0 && Number.isFinite(value))
  const offset = sample.length > 0 ? median(sample) : 0
  const size = sample.length > 0 ? mad(sample) : 0
  // Where most readings are equal the spread is that of the rest.
  const far =
    size > 0 ? size : sample.reduce((most, value) => Math.max(most, Math.abs(value - offset)), 0) / 64
  const scale = far > 0 && Number.isFinite(far) ? far : 1
  const halves = Uint16Array.from(values, value => halfBits((value - offset) / scale))
  return { type: 'f2', base64: base64Of(halves), offset, scale }
}

function base64Of(values: Float64Array | Float32Array | Uint16Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}

const LARGEST_HALF = 0x7bff
const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The bits of the nearest IEEE 754 half; what is larger than the largest becomes that. */
export function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  float[0] = value
  const sign = (bits[0] >>> 16) & 0x8000
  const exponent = ((bits[0] >>> 23) & 0xff) - 112
  const fraction = bits[0] & 0x7fffff
  if (exponent >= 31) return sign | LARGEST_HALF
  if (exponent <= 0) {
    // Below the smallest normal half: multiples of 2^-24.
    return sign | Math.round(Math.abs(value) * 2 ** 24)
  }
  // A carry of the rounding moves into the exponent, as it should.
  return sign | Math.min(LARGEST_HALF, ((exponent << 10) | (fraction >>> 13)) + ((fraction >>> 12) & 1))
}
