import { createHash } from 'node:crypto'
import type { Frame } from '../../core/frame.js'

/** SHA-256 over channel names, times and values: names the exact history a model was trained on. */
export function frameHash(frame: Frame): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(frame.channels))
  for (const array of [frame.timeMs, frame.values])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}
