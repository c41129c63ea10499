import { createError } from './errors.js'
import { type Frame, sampleCount } from './frame.js'
import { listNames } from './list-names.js'
import { conversion, withoutUnit } from './units.js'

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

/** What to say of columns that a model does not know; nothing where there are none. */
export function leftOutNotes(columns: readonly string[]): string[] {
  return columns.length === 0
    ? []
    : [`columns that the model does not know are left out: ${listNames(columns)}`]
}

/** Pairs that are printed. */
const MOST_RENAMED = 10

/** A name without case, spaces and signs. */
const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
const plainStem = (name: string) => plain(withoutUnit(name).stem)

/** Each missing name with the only one of the others that is the same but for case, spaces, signs and unit. */
function pairsOf(missing: readonly string[], extra: readonly string[]): (readonly [string, string])[] {
  const like = (name: string, names: readonly string[]) =>
    names.filter(other => plainStem(other) === plainStem(name))
  return missing.flatMap(name => {
    const found = like(name, extra)
    const isOnly = plainStem(name) !== '' && found.length === 1 && like(name, missing).length === 1
    return isOnly ? [[name, found[0]] as const] : []
  })
}

/** The units of two names that both have one, where they differ. */
function unitsApart(name: string, other: string): readonly [own: string, other: string] | undefined {
  const [a, b] = [withoutUnit(name).unit, withoutUnit(other).unit]
  return a === undefined || b === undefined || a === b ? undefined : [a, b]
}

/**
 * The name that each missing one has among others, where they are the same but for case, spaces, signs and how the unit is written, and no other fits.
 *
 * @example
 * import { alikeNames } from './channels.js'
 * alikeNames(['flow', 'temp'], ['FLOW [l/min]', 'pressure']) // => [["flow", "FLOW [l/min]"]]
 * alikeNames(['pressure_bar'], ['Pressure [psi]']) // => []
 */
export function alikeNames(
  missing: readonly string[],
  extra: readonly string[],
): (readonly [missing: string, other: string])[] {
  return pairsOf(missing, extra).filter(
    ([name, other]) => unitsApart(name, other) === undefined && !/['=,]/.test(other + name),
  )
}

/**
 * What to do with names that are alike but for their unit, which is another one: a sentence for each.
 *
 * @example
 * import { otherUnits } from './channels.js'
 * otherUnits(['pressure_bar'], ['Pressure [psi]'])[0] // => 'Pressure [psi] is perhaps pressure_bar in another unit: convert it to bar before (x 0.0689476)'
 */
export function otherUnits(missing: readonly string[], extra: readonly string[]): string[] {
  return pairsOf(missing, extra).flatMap(([name, other]) => {
    const units = unitsApart(name, other)
    if (units === undefined) return []
    const how = conversion(units[1], units[0])
    return [
      `${other} is perhaps ${name} in another unit: convert it to ${units[0]} before${how === undefined ? '' : ` (${how})`}`,
    ]
  })
}

/** The error for data whose channels are not those of a model; at least one list is not empty. */
export function channelsDiffer(missing: readonly string[], extra: readonly string[]): Error {
  const alike = alikeNames(missing, extra).map(([name, other]) => `${other}=${name}`)
  const difference = [
    ...(missing.length > 0 ? [`missing ${listNames(missing)}`] : []),
    ...(extra.length > 0 ? [`not known to the model ${listNames(extra)}`] : []),
    ...(alike.length > 0 ? [`perhaps --rename '${alike.slice(0, MOST_RENAMED).join(',')}'`] : []),
    ...otherUnits(missing, extra).slice(0, MOST_RENAMED),
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
