import { z } from 'zod'
import { createError } from '../core/errors.js'
import type { ModelInfo } from '../model/index.js'

/** A channel as it is named in a sentence. */
export interface NamedChannel {
  readonly label: string
  readonly unit?: string
}

/**
 * Units of channels: given as `NAME=UNIT`, else from names such as `temp [°C]`, which are shown without it.
 *
 * @throws OptionError `option-invalid` for an entry without a unit or of an unknown channel
 * @example
 * import { namedChannels } from './units.js'
 * namedChannels(['temp [°C]', 'flow'], ['flow=m³/h'])[0] // => { "label": "temp", "unit": "°C" }
 */
export function namedChannels(channels: readonly string[], given: readonly string[] = []): NamedChannel[] {
  const units = new Map<string, string>()
  for (const entry of given) {
    const at = entry.lastIndexOf('=')
    const name = entry.slice(0, at)
    const refuse = (wanted: string) =>
      createError('option-invalid', { name: '--unit', got: entry, where: 'the command', wanted })
    if (at <= 0 || at === entry.length - 1) throw refuse('it must be NAME=UNIT, such as temp=°C')
    const known = channels.find(channel => channel === name || fromHeader(channel).label === name)
    if (known === undefined) throw refuse(`the channel must be one of ${channels.join(', ')}`)
    units.set(known, entry.slice(at + 1))
  }
  return channels.map(channel => {
    const named = fromHeader(channel)
    const unit = units.get(channel) ?? named.unit
    return unit === undefined ? named : { ...named, unit }
  })
}

/**
 * The channels of a model as they are named in sentences, with units that are given, else those that its history showed, else those in their names.
 *
 * @param info of the model
 * @param given `NAME=UNIT`, as `namedChannels` takes them
 * @throws OptionError as `namedChannels`
 * @example
 * import { modelChannels } from './units.js'
 * modelChannels({ channels: ['temp'], options: { form: { units: { temp: '°C' } } } }) // => [{ "label": "temp", "unit": "°C" }]
 */
export function modelChannels(
  { channels, options }: Pick<ModelInfo, 'channels' | 'options'>,
  given: readonly string[] = [],
): NamedChannel[] {
  const { data } = KEPT_UNITS.safeParse(options.form)
  return namedChannels(channels, given).map((named, c) => {
    const unit = named.unit ?? data?.units[channels[c]!]
    return unit === undefined ? named : { ...named, unit }
  })
}

/** Of the form of its history, as a model keeps it. */
const KEPT_UNITS = z.object({ units: z.record(z.string(), z.string()) })

function fromHeader(channel: string): NamedChannel {
  const found = /^(.*\S)\s*\[([^\][]+)\]$/.exec(channel)
  return found ? { label: found[1], unit: found[2].trim() } : { label: channel }
}
