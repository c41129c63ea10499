import type { Packed } from '../src/report/timeline/packed-series.js'

/** The values of packed data. Cost O(n). */
export function unpack(packed: Packed): Float32Array | Float64Array {
  const text = atob(packed.base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i)
  if (packed.type === 'f8') return new Float64Array(bytes.buffer)
  if (packed.type === 'f4') return new Float32Array(bytes.buffer)
  const halves = new Uint16Array(bytes.buffer)
  const { offset = 0, scale = 1 } = packed
  const values = new Float32Array(halves.length)
  for (let i = 0; i < values.length; i++) values[i] = offset + scale * halfValue(halves[i])
  return values
}

/** The number that 16 bits of IEEE 754 half precision stand for. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
