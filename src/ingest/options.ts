import { z } from 'zod'
import { AGGREGATES, DUPLICATE_POLICIES, LATE_POLICIES, type ResampleOptions } from '../align/index.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/milliseconds.js'
import { grouped, option } from '../core/options.js'
import { type ParseTimeOptions, parseTime } from '../core/parse-time.js'
import type { DateOrder } from '../core/time-text.js'
import { TIME_UNITS } from '../core/time-unit.js'
import { ASKED_ROLES, type AskedRole } from './columns/column-role.js'
import type { ReadTableOptions } from './read-options.js'

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const ROLE = new RegExp(`^.+=(?:${ASKED_ROLES.join('|')})$`)
const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

const column = (description: string) => option(z.string().min(1).optional(), description, { value: 'NAME' })
const columns = (description: string) =>
  option(z.array(z.string().min(1)).min(1).optional(), description, { value: 'NAMES' })
/** A length of time as an option: 500ms, 10s, 5m, 1h or 1d. */
export const duration = () =>
  z.string().regex(DURATION, 'a time such as 500ms, 10s, 5m, 1h or 1d is expected')
const instant = () => z.string().min(1)

/** How a table is read: the options that every command with a table shares, beside the time and label column and the range of rows. */
export const readOptions = z.object(
  grouped('Table', {
    sql: option(
      z.string().min(1).optional(),
      "One SELECT to read instead of DATA, such as select * from 'data/*.parquet'. It can only read, and only below --sql-roots.",
      { value: 'QUERY', path: 'query' },
    ),
    sqlRoots: option(
      z.array(z.string().min(1)).min(1).optional(),
      'Folders whose files --sql may read. Default: the current folder.',
      { value: 'FOLDERS' },
    ),
    queryTimeout: option(
      duration().default('5m'),
      'The longest time that --sql or --where may compute before the next rows.',
      { value: 'TIME' },
    ),
    sheet: option(
      z.string().min(1).optional(),
      'Sheet of an Excel workbook to read. Default: the first that holds data.',
      { value: 'NAME' },
    ),
    channels: columns('Columns to take as channels, in this order. Default: all that are nothing else.'),
    excludeChannels: columns('Columns to leave out.'),
    rename: option(
      z.array(z.string().regex(/^[^=]+=[^=]+$/, 'OLD=NEW is expected, such as t1=temperature')).optional(),
      'Columns to rename, such as t1=temperature; all other options speak of the new names.',
      { value: 'LIST' },
    ),
    where: option(
      z.string().min(1).optional(),
      "Rows to keep: a condition of SQL over the columns, such as speed > 0 and mode = 'on'.",
      { value: 'CONDITION' },
    ),
    role: option(
      z
        .array(z.string().regex(ROLE, `NAME=ROLE is expected, with a role of ${ASKED_ROLES.join(', ')}`))
        .min(1)
        .optional(),
      `What columns are, such as parts_total=counter: ${ASKED_ROLES.join(', ')}. Default: found from names and values.`,
      { value: 'LIST' },
    ),
    from: option(instant().optional(), 'First time to keep.', { value: 'TIME' }),
    to: option(instant().optional(), 'Time to keep everything before.', { value: 'TIME' }),
    timeFormat: option(
      z.string().min(1).optional(),
      'Format of times, as of strptime, where it does not follow from their form: %d.%m.%Y %H:%M:%S.',
      { value: 'FORMAT' },
    ),
    timeZone: option(
      z.string().min(1).optional(),
      'Time zone of times that name none, such as Europe/Berlin or +01:00; its daylight saving is undone. Times are shown in it, and the daily or weekly cycle of a model follows the zone of its training. Default: UTC.',
      { value: 'ZONE' },
    ),
    timeUnit: option(
      z.enum(TIME_UNITS).optional(),
      'Unit of times that are numbers. Default: by their size.',
    ),
    decimal: option(
      z.enum(['.', ',']).optional(),
      'Decimal separator of delimited text. Default: detected automatically.',
      {
        value: 'CHARACTER',
      },
    ),
    sensorColumn: column(
      'Column that names the channel, in a table with one row per reading; several with a comma between are joined. Default: detected automatically.',
    ),
    valueColumn: column(
      'Column that holds the readings, in a table with one row per reading. Default: detected automatically.',
    ),
    groupBy: column('Column that identifies the device.'),
    device: option(z.string().min(1).optional(), 'The device to read, when there are several.', {
      value: 'NAME',
    }),
    badCells: option(
      z.enum(['error', 'missing']).default('error'),
      'Cells that are no number: error = refuse; missing = take them for missing readings and say how many.',
    ),
    badRows: option(
      z.enum(['error', 'skip']).default('error'),
      'Rows that cannot be read: error = refuse; skip = leave them out and say how many.',
    ),
    duplicateTimes: option(
      z.enum(DUPLICATE_POLICIES).default('keep'),
      'Samples of the same time: keep them all, only the first, the last or their mean, or error = refuse.',
    ),
    lateRows: option(
      z.enum(LATE_POLICIES).default('error'),
      'Rows that are earlier than the one before: error = refuse, drop them, or sort.',
    ),
    cadence: option(
      duration().optional(),
      'Steady time between samples to bring the table to, such as 10s. Default: as it is.',
      { value: 'TIME' },
    ),
    aggregate: option(
      z.enum(AGGREGATES).default('mean'),
      'How the readings within one --cadence become one.',
    ),
    tolerance: option(
      duration().optional(),
      'How long the last reading of each channel is held where one --cadence has none. Default: not at all, the gap stays.',
      { value: 'TIME' },
    ),
  }),
)
export type ReadOptions = z.output<typeof readOptions>

/** The options of a command line as `readTable` takes them. Errors: `option-invalid` for an unknown time zone. */
export function readRequest(options: ReadOptions): ReadTableOptions {
  const { timeFormat, timeZone, timeUnit, decimal, sensorColumn, valueColumn, where, device, sheet } = options
  const { badCells, badRows, duplicateTimes, lateRows, from, to, cadence, aggregate, tolerance } = options
  const times = timesOf(options)
  const msOf = (text: string | undefined, name: string) =>
    text === undefined ? undefined : parseTime(text, { ...times, name })
  return {
    ...{ timeFormat, timeZone, timeUnit, decimal, sensorColumn, valueColumn, where, device, sheet },
    ...{ badCells, badRows, duplicateTimes, lateRows },
    queryTimeoutMs: durationMs(options.queryTimeout),
    channels: options.channels,
    roles: options.role && Object.fromEntries(options.role.map(pair => splitLast(pair))),
    ignoreColumns: options.excludeChannels,
    deviceColumn: options.groupBy,
    rename:
      options.rename && Object.fromEntries(options.rename.map(pair => pair.split('=') as [string, string])),
    between:
      from === undefined && to === undefined
        ? undefined
        : { fromMs: msOf(from, '--from'), toMs: msOf(to, '--to') },
    resample: resamplingOf({ cadence, aggregate, tolerance }),
  }
}

/** How samples are brought to a cadence; undefined = they stay as they came. */
export function resamplingOf({
  cadence,
  aggregate,
  tolerance,
}: Partial<Pick<ReadOptions, 'cadence' | 'aggregate' | 'tolerance'>>): ResampleOptions | undefined {
  if (cadence === undefined) return undefined
  return {
    cadenceMs: durationMs(cadence),
    aggregate,
    toleranceMs: tolerance === undefined ? 0 : durationMs(tolerance),
  }
}

/** How times in options are read: as those of the table. */
export function timesOf({
  timeZone,
  timeFormat,
}: Pick<ReadOptions, 'timeZone' | 'timeFormat'>): ParseTimeOptions {
  const order = timeFormat === undefined ? undefined : orderOfFormat(timeFormat)
  return { ...(timeZone && { timeZone }), ...(timeFormat && { timeFormat }), ...(order && { order }) }
}

/** Ms of a text that `duration` accepts. */
export function durationMs(text: string): number {
  const [, amount, unit] = DURATION.exec(text)!
  return Number(amount) * UNIT_MS[unit!]!
}

/** Whether a format of strptime has the day or the month first. */
function orderOfFormat(format: string): DateOrder | undefined {
  const [day, month, year] = [format.search(/%d/), format.search(/%[mbB]/), format.search(/%[yY]/)]
  if (year >= 0 && year < day && year < month) return 'ymd'
  return day < 0 || month < 0 ? undefined : day < month ? 'dmy' : 'mdy'
}

/** Names may hold `=` themselves. */
function splitLast(pair: string): [string, AskedRole] {
  const at = pair.lastIndexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1) as AskedRole]
}
