import { createError } from '../core/errors.js'

/** Hands out zeroed, 16-byte aligned arrays of one buffer, from `begin` to `end` (bytes). Nothing is ever given back. */
export function createArena(buffer: ArrayBuffer, begin: number, end: number) {
  let next = begin
  function alloc(length: number): Float32Array {
    const sizeBytes = Math.ceil(length / 4) * 16
    if (sizeBytes > end - next) {
      throw createError('limit-memory', {
        what: 'the numeric core',
        got: `${next - begin + sizeBytes} bytes`,
        wanted: `${end - begin} bytes`,
      })
    }
    next += sizeBytes
    return new Float32Array(buffer, next - sizeBytes, length)
  }
  return { alloc }
}
