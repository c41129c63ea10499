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

/** Names for a message, the first twenty of them. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return names.length <= 20
    ? names.join(', ')
    : `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`
}

/** What to say of columns that a model does not know; nothing where there are none. */
export function leftOutNotes(columns: readonly string[]): string[] {
  return columns.length === 0
    ? []
    : [`columns that the model does not know are left out: ${listNames(columns)}`]
}

/** The error for data whose channels are not those of a model; at least one list is not empty. */
export function channelsDiffer(missing: readonly string[], extra: readonly string[]): Error {
  const difference = [
    ...(missing.length > 0 ? [`missing ${listNames(missing)}`] : []),
    ...(extra.length > 0 ? [`not known to the model ${listNames(extra)}`] : []),
  ].join('; ')
  return createError('data-channels-differ', { difference })
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
