import { z } from 'zod'
import { createError } from '../core/errors.js'
import { kebabCase, option } from '../core/options.js'
import { checkEventOptions } from './machine.js'
import { parseMaintenance } from './maintenance.js'
import type { EventOptions, EventRules } from './options.js'

const perChannel = (value: RegExp, wanted: string, description: string) =>
  option(
    z
      .array(
        z.string().refine(text => {
          const at = text.lastIndexOf('=')
          return at > 0 && value.test(text.slice(at + 1))
        }, wanted),
      )
      .optional(),
    description,
    { value: 'LIST' },
  )
const SIZE = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** The rules of events about channels and times, alike in `train` (stored) and `detect` (which may override). */
export const channelRuleOptions = {
  directionByChannel: perChannel(
    /^(both|above|below)$/,
    'NAME=above, NAME=below or NAME=both is wanted',
    'Only readings on this side of the median of the history make a channel count, such as temp=above,flow=below.',
  ),
  minAbsoluteByChannel: perChannel(
    SIZE,
    'NAME=X is wanted, such as temp=2.5',
    'Least distance of a reading from the median of the history at which its channel counts, in its unit, such as temp=2.5.',
  ),
  minRelativeByChannel: perChannel(
    SIZE,
    'NAME=X is wanted, such as temp=0.05',
    'The same as a share of that median: temp=0.05 is 5 %.',
  ),
  maintenance: option(
    z.array(z.string().min(1)).optional(),
    'Times in which nothing becomes an event, scored all the same: Sun 02:00-04:00, Mon-Fri 23:30-00:30 Europe/Berlin or FROM..TO. Zone: --time-zone, else UTC.',
    { value: 'LIST' },
  ),
} as const

/** The rules that are plain numbers. */
const EVENT_KEYS = [
  'mergeGap',
  'minLength',
  'openCount',
  'openWithin',
  'closeBelow',
  'criticalScore',
  'coolDown',
] as const satisfies readonly (keyof EventOptions)[]
const CHANNEL_KEYS = ['directionByChannel', 'minAbsoluteByChannel', 'minRelativeByChannel'] as const

/** The options that say how scores become events. */
export type EventSettings = Pick<EventOptions, (typeof EVENT_KEYS)[number]> & {
  readonly [key in keyof typeof channelRuleOptions]?: readonly string[]
} & {
  /** Zone of times of maintenance that name none. */
  readonly timeZone?: string
}
export const EVENT_SETTING_KEYS = [...EVENT_KEYS, ...CHANNEL_KEYS, 'maintenance'] as const

/**
 * The rules by which scores become events: each as the options say, else as trained, else the plain one.
 *
 * @param channels `[C]` that rules may name
 * @throws OptionError `option-invalid` when they contradict each other, name another channel, or a time of maintenance is none
 */
export function eventRulesOf(
  options: EventSettings,
  trained: Readonly<Record<string, unknown>> = {},
  channels?: readonly string[],
): EventRules {
  const settings = { ...trained, ...definedOf(options) } as EventSettings
  // A zone given for reading another table does not move the maintenance that was stored with another one.
  const { timeZone } = options.maintenance === undefined ? (trained as EventSettings) : settings
  return checkEventOptions({
    ...definedOf(Object.fromEntries(EVENT_KEYS.map(key => [key, settings[key]]))),
    channels: channelRules(settings, channels),
    maintenance: (settings.maintenance ?? []).map(text => parseMaintenance(text, timeZone)),
  })
}

function definedOf(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function channelRules(settings: EventSettings, channels?: readonly string[]): EventOptions['channels'] {
  const rules = new Map<string, Record<string, string | number>>()
  for (const key of CHANNEL_KEYS) {
    const field = key.slice(0, -'ByChannel'.length)
    for (const text of settings[key] ?? []) {
      const at = text.lastIndexOf('=')
      const [name, value] = [text.slice(0, at), text.slice(at + 1)]
      if (channels !== undefined && !channels.includes(name))
        throw createError('option-invalid', {
          name: `--${kebabCase(key)}`,
          got: text,
          where: 'the rules of events',
          wanted: `it must name one of the channels ${channels.slice(0, 20).join(', ')}`,
        })
      rules.set(name, { ...rules.get(name), [field]: field === 'direction' ? value : Number(value) })
    }
  }
  return Object.fromEntries(rules)
}
