import { type ChannelSource, type DerivedChannel, stateText } from '../../align/index.js'
import { channelsDiffer } from '../../core/channels.js'
import { createError } from '../../core/errors.js'
import type { Relation } from '../tables/relation.js'
import { writtenUnit } from '../tables/unit-text.js'
import { type AskedRole, type ColumnRole, columnRole, flagOf, unitOf } from './column-role.js'
import { elapsedUnit } from './elapsed.js'
import { findTime, type TimeChoice } from './find-time.js'
import { hasDevices, withMixture } from './mixture.js'
import { type ColumnProfile, MOST_VALUES, profileColumn, wordsOf } from './profile.js'
import { readAllTheSame } from './quality.js'
import { positionOf, type RoleOptions } from './role-options.js'
import type { TimeRole } from './time-role.js'

const LABEL_NAMES = ['label', 'labels', 'anomaly', 'is_anomaly', 'outlier']

/** Whether a name is that of a label rather than of a sensor. */
export const isLabelName = (name: string): boolean => LABEL_NAMES.includes(name.toLowerCase())
const MOST_STATES = 32

/** What each column of a table is for; numbers are column positions. */
export interface Roles {
  readonly time?: TimeRole
  readonly label?: { readonly column: number; readonly found: 'named' | 'guessed' }
  /** Column whose values identify the device. */
  readonly device?: number
  /** Columns that are read, in the order in which they are read. */
  readonly channels: readonly number[]
  /** Known texts of the columns of states, in the order of their codes. */
  readonly states: ReadonlyMap<number, readonly string[]>
  /** Names of the channels, in the order of the frame. */
  readonly names: readonly string[]
  /** How the channels come from the columns; absent when they are the columns. */
  readonly sources?: readonly ChannelSource[]
  /** What every column was taken for. */
  readonly columns: readonly ColumnRole[]
  /** Columns that a model does not know, by name. */
  readonly unknown: readonly string[]
}

/**
 * Decides which column is time, which is the label and which are channels. With `guessLabel` a column that is named like
 * a label becomes one; the caller asks again without it when its values turn out to be no labels.
 *
 * @param texts of columns whose texts are known from all rows, by position; of others they are those of the sample
 * Errors: `data-column-missing`, `data-no-channels`, `data-channels-differ`, `data-ambiguous-date`, `option-invalid`.
 */
export function assignRoles(
  relation: Relation,
  options: RoleOptions,
  guessLabel: boolean,
  texts?: ReadonlyMap<number, readonly string[]>,
): Roles {
  const { file, names } = relation
  const position = (column: string): number => positionOf(relation, column)
  const optional = (column: string | undefined) => (column === undefined ? -1 : position(column))
  const asked = new Map(Object.entries(options.roles ?? {}).map(([name, role]) => [position(name), role]))
  const askedOf = (role: AskedRole) => [...asked].find(([, other]) => other === role)?.[0] ?? -1
  const ignored = new Set((options.ignoreColumns ?? []).map(position))
  const chosen = options.channels?.map(position)
  const namedLabel = options.labelColumn === undefined ? askedOf('label') : position(options.labelColumn)
  const namedDevice = options.deviceColumn === undefined ? askedOf('device') : optional(options.deviceColumn)
  const taken = [...ignored, ...(chosen ?? []), ...asked.keys(), namedLabel, namedDevice]
  const profiles = names.map((_, i) => {
    const cells = relation.sample.map(row => row[i] ?? '')
    const profile = profileColumn(cells, relation.decimal)
    return { ...profile, values: texts?.get(i) ?? profile.values }
  })
  const time = findTime(relation, taken, options, profiles)
  const timeColumns = time.role?.columns ?? []
  const expected = options.expectChannels
  const mayBeLabel = (name: string, i: number) =>
    isLabelName(name) && !timeColumns.includes(i) && !taken.includes(i) && !expected?.includes(name)
  const guessed = namedLabel < 0 && guessLabel ? names.findIndex(mayBeLabel) : -1
  const label = namedLabel >= 0 ? namedLabel : guessed
  const fixed = { time, label, device: namedDevice, ignored, chosen, asked }
  const described = names.map((_, i) => describeColumn(relation, i, profiles[i]!, fixed, options))
  const columns = keepOne(withMixture(relation, withRuns(relation, described, profiles), time.role, profiles))
  const guessedDevice = columns.findIndex(
    ({ role }, i) => role === 'device' && profiles[i]!.values.length > 1,
  )
  const device = namedDevice >= 0 ? namedDevice : guessedDevice
  const channels = chooseChannels(relation, columns, profiles, { chosen, expected, derived: options.derived })
  if (channels.names.length === 0 && !expected)
    throw createError('data-no-channels', { file, reason: noChannels(columns) })
  return {
    ...(time.role && { time: time.role }),
    label: label < 0 ? undefined : { column: label, found: namedLabel >= 0 ? 'named' : 'guessed' },
    device: device < 0 ? undefined : device,
    columns,
    ...channels,
  }
}

/** A column of whole numbers that changes exactly where the cycles start again distinguishes the devices, or runs. */
function withRuns(
  relation: Relation,
  columns: readonly ColumnRole[],
  profiles: readonly ColumnProfile[],
): readonly ColumnRole[] {
  const cycle = columns.findIndex(({ role }) => role === 'cycle')
  if (cycle < 0 || hasDevices(columns, profiles)) return columns
  const rows = relation.sample.map(row => row.map(Number))
  const changes = (i: number) =>
    rows.flatMap((row, at) => (at > 0 && row[i] !== rows[at - 1]![i] ? [at] : []))
  const restarts = rows.flatMap((row, at) => (at > 0 && row[cycle]! < rows[at - 1]![cycle]! ? [at] : []))
  if (restarts.length === 0) return columns
  const device = columns.findIndex(({ role }, i) => {
    if (role !== 'channel' && role !== 'constant' && role !== 'counter') return false
    const own = changes(i)
    return own.length > 0 && own.length <= restarts.length + 12 && restarts.every(at => own.includes(at))
  })
  return columns.map((column, i) =>
    i === device
      ? { ...column, role: 'device', reason: `it changes where ${columns[cycle]!.name} starts again` }
      : column,
  )
}

/** Where no column is a sensor but some only count, those are the channels. */
function keepOne(columns: readonly ColumnRole[]): readonly ColumnRole[] {
  if (columns.some(({ role }) => SENSORS.has(role))) return columns
  return columns.map(column =>
    column.role === 'row-number' || column.role === 'cycle'
      ? { ...column, role: 'channel', reason: `${column.reason}, but no other column is a sensor` }
      : column,
  )
}

function noChannels(columns: readonly ColumnRole[]): string {
  const others = columns.filter(
    ({ role, reason }) => role !== 'time' && role !== 'ignore' && reason !== 'the label',
  )
  if (others.length === 0) return 'no column is left besides time and label'
  return `no column is a sensor: ${others
    .slice(0, 8)
    .map(({ name, role, reason }) => `${name} is taken as ${role} (${reason})`)
    .join('; ')}. --role NAME=channel overrides this`
}

interface Fixed {
  readonly time: TimeChoice
  readonly label: number
  readonly device: number
  readonly ignored: ReadonlySet<number>
  readonly chosen: readonly number[] | undefined
  readonly asked: ReadonlyMap<number, AskedRole>
}

function describeColumn(
  relation: Relation,
  i: number,
  profile: ColumnProfile,
  fixed: Fixed,
  options: RoleOptions,
): ColumnRole {
  const name = relation.names[i]!
  const given = relation.units?.[i] || relation.suffixes?.get(i) || unitOf(name)
  const unit = given && writtenUnit(given)
  const found = (): Omit<ColumnRole, 'name'> => {
    if (fixed.time.role?.columns.includes(i)) return { role: 'time', reason: fixed.time.reason }
    if (i === fixed.label) return { role: 'label', reason: 'the label' }
    if (i === fixed.device) return { role: 'device', reason: 'it identifies the device' }
    if (fixed.ignored.has(i)) return { role: 'ignore', reason: 'as asked' }
    const asked = fixed.asked.get(i)
    if (asked !== undefined) return { role: asked, reason: 'as asked' }
    if (fixed.chosen !== undefined && !fixed.chosen.includes(i))
      return { role: 'ignore', reason: 'not among the channels asked for' }
    const isWanted =
      options.expectChannels?.includes(name) || options.derived?.some(({ from }) => from === name)
    if (isWanted || fixed.chosen?.includes(i)) return asChosen(relation, i, profile)
    if (fixed.time.others.includes(i)) return { role: 'time', reason: secondTime(name) }
    if (fixed.time.role !== undefined && isClock(profile))
      return { role: 'time', reason: 'a time of day, left out beside the time' }
    if (relation.kinds[i] === 'flag') return { role: 'channel', reason: 'true or false' }
    if (relation.kinds[i] === 'time' || relation.kinds[i] === 'wall')
      return { role: 'time', reason: secondTime(name) }
    if (profile.filled === 0 && isSampledThrough(relation))
      return { role: 'text', reason: 'empty in every row of the sample' }
    const role = columnRole(name, profile)
    const bad = role.role === 'quality' ? readAllTheSame(relation, i) : undefined
    if (bad !== undefined) return { ...role, reason: `${role.reason}; ${bad}` }
    return fixed.time.role === undefined ? withElapsed(name, role) : role
  }
  const role = found()
  return { name, ...role, ...(unit && SENSORS.has(role.role) && { unit }) }
}

/** Rows from which on an empty column says something. */
const ENOUGH_EMPTY = 10

/** Whether the sample has all rows, or some from all over the file. */
function isSampledThrough({ header, sample, expectedRows }: Relation): boolean {
  const isAllOver = header !== undefined && header.compression === 'none'
  return sample.length >= ENOUGH_EMPTY && (isAllOver || expectedRows <= sample.length)
}

/** A time since the start counts the samples where nothing else does: the option that makes it the time is named. */
function withElapsed(name: string, role: Omit<ColumnRole, 'name'>): Omit<ColumnRole, 'name'> {
  const unit = role.role === 'row-number' ? elapsedUnit(wordsOf(name).join(' ')) : undefined
  if (unit === undefined) return role
  return { ...role, reason: `${role.reason}; --time-column '${name}' --time-unit ${unit} makes it the time` }
}

/** The first texts of a profile are tried as times of day. */
const isClock = ({ clocks, numbers, times, filled }: ColumnProfile) =>
  numbers === 0 && times === 0 && clocks > 0 && (clocks === filled || clocks >= MOST_VALUES)

const secondTime = (name: string) => `a second time, left out; --time-column '${name}' reads it instead`

/** A column that was asked for as a channel: numbers as they are, texts as states. */
function asChosen(relation: Relation, i: number, profile: ColumnProfile): Omit<ColumnRole, 'name'> {
  const role = columnRole('', profile)
  const isText = role.role === 'state' && relation.kinds[i] !== 'flag'
  return isText ? role : { role: 'channel', reason: 'as asked' }
}

type Channels = Pick<Roles, 'channels' | 'states' | 'names' | 'sources' | 'unknown'>

interface ChannelChoice {
  readonly chosen: readonly number[] | undefined
  readonly expected: readonly string[] | undefined
  readonly derived: readonly DerivedChannel[] | undefined
}

const SENSORS = new Set(['channel', 'counter', 'angle', 'state', 'constant'])

function chooseChannels(
  relation: Relation,
  columns: readonly ColumnRole[],
  profiles: readonly ColumnProfile[],
  choice: ChannelChoice,
): Channels {
  const { expected, derived: given } = choice
  const derived =
    given ??
    (expected === undefined ? columns.flatMap((column, i) => deriveColumn(column, profiles[i]!)) : [])
  const isSensor = (i: number) => SENSORS.has(columns[i]!.role)
  const order = choice.chosen ?? [...columns.keys()]
  const free = order.filter(
    i =>
      isSensor(i) ||
      (given ?? []).some(({ from }) => from === columns[i]!.name && columns[i]!.role !== 'ignore'),
  )
  const own = free.flatMap(i => {
    const from = derived.filter(one => one.from === columns[i]!.name)
    return from.length === 0
      ? [{ column: i, name: columns[i]!.name, derived: undefined }]
      : from.map(one => ({ column: i, name: one.channel, derived: one as DerivedChannel | undefined }))
  })
  const outputs = expected === undefined ? own : expectedOutputs(expected, own)
  const used = [...new Set(outputs.map(({ column }) => column))]
  const states = new Map(
    used.flatMap(column => {
      const state = outputs.find(output => output.column === column && output.derived?.kind === 'state')
      return state === undefined ? [] : [[column, state.derived!.values!] as const]
    }),
  )
  const isPlain = outputs.every(one => one.derived === undefined)
  return {
    channels: used,
    states,
    names: outputs.map(({ name }) => name),
    ...(!isPlain && {
      sources: outputs.map(one => ({
        raw: used.indexOf(one.column),
        ...(one.derived && { derived: one.derived }),
      })),
    }),
    unknown:
      expected === undefined
        ? []
        : [
            ...new Set(
              own.filter(({ name }) => !expected.includes(name)).map(one => relation.names[one.column]!),
            ),
          ],
  }
}

/** The channels that a column of a role becomes; none when it is one as it is. */
function deriveColumn({ name, role }: ColumnRole, profile: ColumnProfile): DerivedChannel[] {
  if (role === 'counter') return [{ channel: `${name}.rate`, from: name, kind: 'rate' }]
  if (role === 'angle')
    return (['sin', 'cos'] as const).map(kind => ({ channel: `${name}.${kind}`, from: name, kind }))
  if (role !== 'state') return []
  const flag = flagOf(profile.values)
  if (flag !== undefined) return [{ channel: name, from: name, kind: 'state', value: flag[1], values: flag }]
  const texts = [...new Map(profile.values.map(value => [stateText(value), value])).values()].slice(
    0,
    MOST_STATES,
  )
  const values = texts.map(stateText)
  return texts.map(value => ({ channel: `${name}=${value}`, from: name, kind: 'state', value, values }))
}

function expectedOutputs<T extends { readonly name: string }>(
  expected: readonly string[],
  own: readonly T[],
): T[] {
  const byName = new Map(own.map(output => [output.name, output]))
  const missing = expected.filter(name => !byName.has(name))
  if (missing.length > 0) {
    const extra = [...byName.keys()].filter(name => !expected.includes(name))
    throw channelsDiffer(missing, extra)
  }
  return expected.map(name => byName.get(name)!)
}
