import { createError } from './errors.js'
import { type Frame, sampleCount } from './frame.js'

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
 * The frame with the channels of a model alone, where its other channels have no reading.
 *
 * @throws DataError `data-channels-differ` for a channel that is missing, or that has readings and is not known to the model
 */
export function forChannels(frame: Frame, wanted: readonly string[]): Frame {
  const missing = wanted.filter(name => !frame.channels.includes(name))
  const extra = channelsRead(frame).filter(name => !wanted.includes(name))
  if (missing.length > 0 || extra.length > 0) throw channelsDiffer(missing, extra)
  return pickChannels(frame, wanted)
}

/** The channels that have a reading. */
export function channelsRead({ values, channels }: Frame): string[] {
  const has = new Uint8Array(channels.length)
  for (let at = 0; at < values.length; at++) if (!Number.isNaN(values[at])) has[at % has.length] = 1
  return channels.filter((_, c) => has[c])
}
