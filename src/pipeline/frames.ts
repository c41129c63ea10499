import { createHash } from 'node:crypto'
import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'

/**
 * The frame with the channels of a model in the model's order.
 *
 * @throws DataError `data-channels-differ` naming the missing and the extra ones
 */
export function alignChannels(frame: Frame, wanted: readonly string[]): Frame {
  const { channels } = frame
  const missing = wanted.filter(name => !channels.includes(name))
  const extra = channels.filter(name => !wanted.includes(name))
  if (missing.length > 0 || extra.length > 0) throw channelsDiffer(missing, extra)
  return pickChannels(frame, wanted)
}

/** Some channels of a frame, in a given order; the frame itself when they are all of them in its own. Cost O(N C). */
export function pickChannels(frame: Frame, names: readonly string[]): Frame {
  const { channels } = frame
  if (names.length === channels.length && names.every((name, c) => name === channels[c])) return frame
  const from = names.map(name => channels.indexOf(name))
  const values = new Float64Array(sampleCount(frame) * names.length)
  for (let i = 0, at = 0; i < sampleCount(frame); i++)
    for (const c of from) values[at++] = frame.values[i * channels.length + c]
  return { ...frame, channels: names, values }
}

/** The error for data whose channels are not those of a model. */
export function channelsDiffer(missing: readonly string[], extra: readonly string[]): Error {
  const list = (names: readonly string[]) => (names.length > 0 ? names.join(', ') : 'none')
  return createError('data-channels-differ', { missing: list(missing), extra: list(extra) })
}

/**
 * The segments of a frame, one after another, with samples of missing readings between neighbours, so that no window spans two of them; and
 * where they lie in it. A single segment that is the whole frame is given back as it is.
 *
 * @param between samples between neighbours: more than events are merged over, when no event may span two segments either
 */
export function separated(
  frame: Frame,
  segments: readonly Interval[],
  between = 1,
): { readonly frame: Frame; readonly segments: readonly Interval[] } {
  const total = sampleCount(frame)
  if (segments.length === 1 && segments[0].start === 0 && segments[0].end === total)
    return { frame, segments }
  const c = frame.channels.length
  const n = segments.reduce((sum, { start, end }) => sum + end - start, between * (segments.length - 1))
  const timeMs = new Float64Array(n)
  const values = new (frame.values instanceof Float32Array ? Float32Array : Float64Array)(n * c).fill(
    Number.NaN,
  )
  let at = 0
  const placed = segments.map(({ start, end }) => {
    timeMs.set(frame.timeMs.subarray(start, end), at)
    values.set(frame.values.subarray(start * c, end * c), at * c)
    const place = { start: at, end: at + end - start }
    timeMs.fill(frame.timeMs[end - 1], place.end, place.end + between)
    at = place.end + between
    return place
  })
  return { frame: { ...frame, timeMs, values }, segments: placed }
}

/** SHA-256 over channel names, times and values: names the exact history a model was trained on. */
export function frameHash(frame: Frame): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(frame.channels))
  for (const array of [frame.timeMs, frame.values])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}
