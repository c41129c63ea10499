import { createError } from '../core/errors.js'
import type { Decimal, DerivedChannel } from '../ingest/index.js'
import type { MessageTimes } from './message-time.js'

/** How fields are read: as the table of the training was. */
export interface MessageForm {
  readonly times: MessageTimes
  readonly decimal: Decimal
  /** The known texts of columns whose readings are texts, as `stateText` has them. */
  readonly states: ReadonlyMap<string, ReadonlySet<string>>
  /** Channels that are computed from fields: messages hold these fields. */
  readonly computed?: ReadonlyMap<string, ComputedField>
}

/** What a channel is computed from. */
export type ComputedField = Pick<DerivedChannel, 'from' | 'kind' | 'value'>

/** Where a message says what. A path names a field, with dots for nested ones; `{name}` in a text stands for a part of the topic or a field. */
export interface Mapping {
  readonly time?: string
  /** The time of a message that has no field `time`. */
  readonly otherTime?: string
  readonly device?: string
  /** With `value`: the message is one reading, and this field names its channel. */
  readonly channel?: string
  readonly value?: string
  /** The object that holds the channels; default the message itself. */
  readonly channels?: string
  /** Channels whose field has another name: path by channel. */
  readonly renamed: ReadonlyMap<string, string>
  readonly form: MessageForm
}

const AS_WRITTEN: MessageForm = { times: {}, decimal: '.', states: new Map() }

const ROLES = ['time', 'device', 'channel', 'value', 'channels'] as const

/**
 * Reads `--map`: `time=ts,device=meta.id,temperature=values.t1`.
 *
 * @param defaults what is known of the training, used where the map says nothing
 * @throws OptionError `option-invalid`
 */
export function parseMapping(
  entries: readonly string[],
  defaults: Pick<Mapping, 'time' | 'otherTime' | 'device' | 'channel' | 'value'> &
    Partial<Pick<Mapping, 'renamed'>> = {},
  form: MessageForm = AS_WRITTEN,
): Mapping {
  const roles: Partial<Record<(typeof ROLES)[number], string>> = {}
  const renamed = new Map(defaults.renamed)
  for (const entry of entries) {
    const [, name, path] = /^([^=]+)=(.+)$/.exec(entry) ?? []
    if (name === undefined)
      throw createError('option-invalid', {
        name: '--map',
        got: entry,
        where: 'the command line or configuration',
        wanted: 'it must be NAME=FIELD, such as time=ts',
      })
    const role = ROLES.find(role => role === name)
    if (role) roles[role] = path
    else renamed.set(name, path)
  }
  // A field that is named is the only one.
  const otherTime = roles.time === undefined ? defaults.otherTime : undefined
  return { ...defaults, ...roles, otherTime, renamed, form }
}
