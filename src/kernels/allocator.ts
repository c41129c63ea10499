import { createError } from '../core/errors.js'

/** The error of a memory that cannot be had. */
export function tooBig(bytes: number, limit: number | string) {
  const wanted = typeof limit === 'number' ? `${limit} bytes` : limit
  return createError('limit-memory', { what: 'the numeric core', got: `${bytes} bytes`, wanted })
}

/** Hands out zeroed, 16-byte aligned arrays of one buffer, from `begin` to `end` (bytes). Nothing is ever given back. */
export function createAllocator(buffer: ArrayBuffer, begin: number, end: number) {
  let next = begin
  function alloc(length: number): Float32Array {
    const sizeBytes = Math.ceil(length / 4) * 16
    if (sizeBytes > end - next) throw tooBig(next - begin + sizeBytes, end - begin)
    next += sizeBytes
    return new Float32Array(buffer, next - sizeBytes, length)
  }
  return { alloc }
}
