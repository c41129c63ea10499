import { z } from 'zod'
import { createError } from '../core/errors.js'
import { grouped, kebabCase, option } from '../core/options.js'
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
      .readonly()
      .optional(),
    description,
    { value: 'LIST' },
  )
const SIZE = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** The rules of events about channels and times, alike in `train` (stored) and `detect` (which may override). */
export const channelRuleOptions = grouped('Events', {
  directionByChannel: perChannel(
    /^(both|above|below)$/,
    'NAME=above, NAME=below or NAME=both is expected',
    'A channel counts only when its reading lies on this side of the expected value, such as temp=above,flow=below.',
  ),
  minAbsoluteByChannel: perChannel(
    SIZE,
    'NAME=X is expected, such as temp=2.5',
    'Minimum distance of a reading from its expected value at which the channel counts, in its unit, such as temp=2.5.',
  ),
  minRelativeByChannel: perChannel(
    SIZE,
    'NAME=X is expected, such as temp=0.05',
    'The same as a share of the expected value: temp=0.05 is 5 %.',
  ),
  maintenance: option(
    z.array(z.string().min(1)).readonly().optional(),
    'Times in which nothing becomes an event, scored all the same: Sun 02:00-04:00, Mon-Fri 23:30-00:30 Europe/Berlin or FROM..TO. Zone: --time-zone, else UTC.',
    { value: 'LIST' },
  ),
})

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
  /** Of the training: what scores are smoothed over. */
  readonly eventLength?: number
  /** Zone of times of maintenance that name none. */
  readonly timeZone?: string
}
export const EVENT_SETTING_KEYS = [...EVENT_KEYS, ...CHANNEL_KEYS, 'maintenance'] as const

/**
 * The rules by which scores become events: each as the settings say, else as in `base`, else the default.
 *
 * @param base rules of the training, already resolved
 * @param channels `[C]` that rules may name
 * @throws OptionError `option-invalid` when they contradict each other, name another channel, or a time of maintenance cannot be read
 */
export function resolveEventRules(
  settings: EventSettings,
  base: EventRules | undefined,
  channels: readonly string[],
): EventRules {
  const counts = EVENT_KEYS.map(key => [key, settings[key] ?? base?.[key]] as const)
  const { maintenance, timeZone, eventLength = base?.eventLength } = settings
  return checkEventOptions({
    ...Object.fromEntries(counts.filter(([, value]) => value !== undefined)),
    channels: channelRules(settings, base?.channels ?? {}, channels),
    maintenance: maintenance?.map(text => parseMaintenance(text, timeZone)) ?? base?.maintenance ?? [],
    ...(eventLength !== undefined && { eventLength }),
  })
}

type ChannelRules = EventRules['channels']

/** A list that is given takes the place of the trained one; fields of other lists stay. */
function channelRules(
  settings: EventSettings,
  base: ChannelRules,
  channels: readonly string[],
): NonNullable<EventOptions['channels']> {
  const rules = new Map<string, Record<string, string | number>>(
    Object.entries(base).map(([name, rule]) => [name, { ...rule }]),
  )
  for (const key of CHANNEL_KEYS) {
    const given = settings[key]
    if (given === undefined) continue
    const field = key.slice(0, -'ByChannel'.length)
    for (const rule of rules.values()) delete rule[field]
    for (const text of given) {
      const at = text.lastIndexOf('=')
      const [name, value] = [text.slice(0, at), text.slice(at + 1)]
      if (!channels.includes(name))
        throw createError('option-invalid', {
          name: `--${kebabCase(key)}`,
          got: text,
          where: 'the rules of events',
          wanted: `it must name one of the channels ${channels.slice(0, 20).join(', ')}`,
        })
      rules.set(name, { ...rules.get(name), [field]: field === 'direction' ? value : Number(value) })
    }
  }
  const hasEffect = ({
    direction = 'both',
    minAbsolute = 0,
    minRelative = 0,
  }: Record<string, string | number>) => direction !== 'both' || minAbsolute !== 0 || minRelative !== 0
  return Object.fromEntries([...rules].filter(([, rule]) => hasEffect(rule)))
}
