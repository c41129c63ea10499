import { createHash } from 'node:crypto'
import { createError } from '../core/errors.js'
import { type Frame, sampleCount } from '../core/frame.js'

/**
 * The frame with the channels of a model in the model's order.
 *
 * @throws DataError `data-channels-differ` naming the missing and the extra ones
 */
export function alignChannels(frame: Frame, wanted: readonly string[]): Frame {
  const { channels } = frame
  const missing = wanted.filter(name => !channels.includes(name))
  const extra = channels.filter(name => !wanted.includes(name))
  if (missing.length > 0 || extra.length > 0) {
    const list = (names: readonly string[]) => (names.length > 0 ? names.join(', ') : 'none')
    throw createError('data-channels-differ', { missing: list(missing), extra: list(extra) })
  }
  const source = wanted.map(name => channels.indexOf(name))
  if (source.every((from, to) => from === to)) return frame
  const c = wanted.length
  const values = new Float64Array(frame.values.length)
  for (let i = 0; i < sampleCount(frame); i++) {
    for (let j = 0; j < c; j++) values[i * c + j] = frame.values[i * c + source[j]]
  }
  return { ...frame, channels: wanted, values }
}

/** SHA-256 over channel names, times and values: names the exact history a model was trained on. */
export function frameHash(frame: Frame): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(frame.channels))
  for (const array of [frame.timeMs, frame.values])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}
