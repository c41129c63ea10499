import { createHash } from 'node:crypto'
import { createError } from '../core/errors.js'

const HASH = /^[0-9a-f]{64}"\n\}\n$/

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * An object as JSON text that ends with its own hash: the field `hashField` is the SHA-256 of all bytes before it, so that no byte can change unnoticed.
 *
 * Errors: `bug` for NaN and infinite numbers, which JSON would write as null.
 */
export function seal(fields: object, hashField: string): Buffer {
  const body = JSON.stringify(fields, refuseLoss, 2).slice(0, -'\n}'.length)
  return Buffer.from(`${body}${headOf(hashField)}${sha256(Buffer.from(body))}"\n}\n`)
}

/** The hash that a sealed text ends with; undefined when the text is not what was sealed. */
export function sealOf(bytes: Buffer, hashField: string): string | undefined {
  const head = headOf(hashField)
  const start = bytes.length - head.length - 64 - '"\n}\n'.length
  if (start < 0) return undefined
  const tail = bytes.subarray(start).toString('latin1')
  const stated = tail.slice(head.length, head.length + 64)
  const isWhole = tail.startsWith(head) && HASH.test(tail.slice(head.length))
  return isWhole && sha256(bytes.subarray(0, start)) === stated ? stated : undefined
}

const headOf = (hashField: string) => `,\n  "${hashField}": "`

function refuseLoss(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw createError('bug', { reason: `the field ${key} is ${value}, which JSON cannot hold` })
  }
  return value
}
