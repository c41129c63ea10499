import type { DerivedChannel } from '../align/index.js'
import { counted } from '../core/counted.js'
import { listNames } from '../core/list-names.js'
import { shellWord } from '../core/shell-word.js'
import type { TimeUnit } from '../core/time-unit.js'
import type { ColumnRole, RoleName } from './columns/column-role.js'
import type { Compression, TableFormat } from './files/locate.js'
import type { TableForm } from './form.js'
import { createTally, type Tally, tallyText } from './tally.js'

/** What was read, how it was understood, and all that did not become a reading: nothing is dropped without being counted here. */
export interface ReadSummary {
  readonly files: {
    readonly file: string
    readonly format: TableFormat | 'query'
    readonly compression: Compression
    readonly delimiter?: string
    readonly sizeBytes: number
  }[]
  /** Rows that were read, those that were rejected left out. */
  rows: number
  /** The row before which reading stopped, for want of memory: those from here on were not looked at. */
  stoppedAt?: number
  /** Samples handed out, of all devices. */
  samples: number
  timeColumn?: string
  /** `text` for times that are written out. */
  timeUnit?: TimeUnit | 'text'
  timeZone?: string
  labelColumn?: string
  /** The label column was not named: it was detected from its name and its values. */
  labelGuessed?: boolean
  deviceColumn?: string
  readonly devices: string[]
  /** Rows outside of `from` and `to`. */
  outsideRange: number
  /** The earliest and the latest time of those, ms. */
  outsideMs: [number, number]
  /** Devices beside the one that was asked for. */
  readonly otherDevices: Set<string>
  /** Readings that the table does not have: NaN in the frame. */
  readonly missingCells: Tally
  /** Missing readings by channel, for those that have any. */
  readonly missingByChannel: Map<string, number>
  /** Cells that are no finite number, turned to missing. */
  readonly badCells: Tally
  /** Lines and rows of the files that are none of the table: comments, headers repeated, sums, half lines. */
  readonly skippedRows: Tally
  /** Files of a folder that are no part of the table, with the reason. */
  readonly skippedFiles: { readonly file: string; readonly reason: string }[]
  /** How the table writes what another one may leave open, as data that `form` of a later reading takes. */
  form: TableForm
  /** What every column was taken for, and why. */
  columns: readonly ColumnRole[]
  /** Channels that are computed from columns, as data that `derived` of a later reading takes. */
  derived: readonly DerivedChannel[]
  /** Rows that could not be read. */
  readonly rejectedRows: Tally
  /** Samples with the time of the one before. */
  readonly duplicateTimes: Tally
  /** Samples earlier than the one before. */
  readonly lateRows: Tally
  /** Readings of a clock that was put back: shown twice. */
  readonly repeatedTimes: Tally
  /** Readings that the clock skipped when it was put forward. */
  readonly skippedTimes: Tally
  /** Times that name their zone where the first one does not, or the other way round; counted where times are read with a time zone. */
  readonly mixedZones: Tally
  /** Texts of columns of states that are none of those known, by column. */
  readonly unknownStates: Map<string, Tally>
  /** Samples at which the last reading was held because no sample fell into their cadence. */
  heldSamples: number
  /** What was assumed, as sentences for the user. */
  readonly assumptions: string[]
}

export function createSummary(): ReadSummary {
  return {
    files: [],
    rows: 0,
    samples: 0,
    devices: [],
    outsideRange: 0,
    outsideMs: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    otherDevices: new Set(),
    missingCells: createTally(),
    missingByChannel: new Map(),
    badCells: createTally(),
    skippedRows: createTally(),
    skippedFiles: [],
    form: {},
    columns: [],
    derived: [],
    rejectedRows: createTally(),
    duplicateTimes: createTally(),
    lateRows: createTally(),
    repeatedTimes: createTally(),
    skippedTimes: createTally(),
    mixedZones: createTally(),
    unknownStates: new Map(),
    heldSamples: 0,
    assumptions: [],
  }
}

const talliedIn = (isOfSeveral: boolean) => (tally: Tally, one: string, many: string) =>
  tally.count === 0 ? [] : [tallyText(tally, one, many, isOfSeveral)]

/** What is said of cells that are no numbers and count as missing. @param isOfSeveral whether places name their file */
export function badCellNotes(badCells: Tally, isOfSeveral = false): string[] {
  return talliedIn(isOfSeveral)(
    badCells,
    'unreadable cell is taken as missing',
    'unreadable cells are taken as missing',
  )
}

/** What is said of texts of states that the training did not have, by their columns. */
export function unknownStateNotes(
  unknown: ReadonlyMap<string, Tally>,
  derived: readonly DerivedChannel[],
  isOfSeveral = false,
): string[] {
  return [...unknown].flatMap(([column, tally]) => {
    const { values = [] } = derived.find(({ from }) => from === column) ?? {}
    const what = `none of the known states (${listNames(values, 6)}), so 0 in all channels of the column`
    return talliedIn(isOfSeveral)(
      tally,
      `reading of ${column} is ${what}`,
      `readings of ${column} are ${what}`,
    )
  })
}

/** A summary as sentences for the user: what was assumed, and what was counted with its first place. */
export function summaryNotes(summary: ReadSummary): string[] {
  const isOfSeveral = summary.files.length > 1
  const tallied = talliedIn(isOfSeveral)
  return [
    ...tallied(
      summary.duplicateTimes,
      'sample has the time of the one before',
      'samples have the time of the one before',
    ),
    ...summary.assumptions,
    ...(summary.labelGuessed ? [`${summary.labelColumn} is taken as the label, not as a channel`] : []),
    ...columnNotes(summary),
    ...tallied(
      summary.skippedRows,
      'line is none of the table and was left out',
      'lines are none of the table and were left out',
    ),
    ...(summary.skippedFiles.length === 0 ? [] : [skippedFilesNote(summary.skippedFiles)]),
    ...tallied(summary.rejectedRows, 'row was rejected', 'rows were rejected'),
    ...badCellNotes(summary.badCells, isOfSeveral),
    ...tallied(summary.missingCells, 'reading is missing', 'readings are missing'),
    ...unknownStateNotes(summary.unknownStates, summary.derived, isOfSeveral),
    ...tallied(summary.lateRows, 'row came late', 'rows came late'),
    ...tallied(
      summary.repeatedTimes,
      'time was shown twice by a clock put back: the order of the rows decides which it is',
      'times were shown twice by a clock put back: the order of the rows decides which they are',
    ),
    ...tallied(
      summary.skippedTimes,
      'time was skipped by a clock put forward: taken an hour later',
      'times were skipped by a clock put forward: taken an hour later',
    ),
    ...tallied(
      summary.mixedZones,
      'time names a zone and the first does not, or the other way round: what names none is taken in the time zone given',
      'times name a zone and the first does not, or the other way round: what names none is taken in the time zone given',
    ),
    ...(summary.stoppedAt === undefined
      ? []
      : [`reading stopped before row ${summary.stoppedAt}: more does not fit into memory`]),
    ...(summary.heldSamples === 0
      ? []
      : [
          `${counted(summary.heldSamples, 'sample')} of the cadence had no reading near: the last one was held`,
        ]),
  ]
}

/**
 * What every column is used as, in one sentence: with the sentences of `summaryNotes` about columns that are no channels and computed ones, each column
 * is named once, long lists are cut.
 */
export function roleNote({
  columns,
  derived,
  timeColumn,
  labelColumn,
  deviceColumn,
  form,
}: ReadSummary): string {
  const computed = new Set(derived.map(({ from }) => from))
  const ofRole = (word: string, ...roles: readonly RoleName[]) => {
    const names = columns
      .filter(({ name, role }) => roles.includes(role) && !computed.has(name))
      .map(({ name }) => name)
    return names.length === 0
      ? []
      : [`${names.length} ${word}${names.length === 1 ? '' : 's'} ${listNames(names, 12)}`]
  }
  const named = (word: string, name: string | undefined) => (name === undefined ? [] : [`${word} ${name}`])
  const ignored = columns
    .filter(({ name, role }) => role === 'ignore' && name !== form.sensorColumn)
    .map(({ name }) => name)
  const units =
    form.sensorColumn === undefined
      ? columns.filter(({ unit }) => unit !== undefined).length
      : Object.keys(form.units ?? {}).length
  return `columns: ${[
    ...named('time', timeColumn),
    ...named('label', labelColumn),
    ...named('device', deviceColumn),
    ...(form.sensorColumn === undefined
      ? [
          ...ofRole('channel', 'channel', 'counter', 'angle', 'state'),
          ...ofRole('constant channel', 'constant'),
        ]
      : [`names of channels ${form.sensorColumn}`, `their readings ${form.valueColumn}`]),
    ...(ignored.length === 0 ? [] : [`left out ${listNames(ignored, 12)}`]),
    ...(units === 0 ? [] : [`units known of ${units}`]),
  ].join('; ')}`
}

const LEFT_OUT = new Set(['row-number', 'calendar', 'cycle', 'quality', 'text', 'label', 'device', 'time'])

/** What is no sensor by itself, and what is computed: one sentence each. */
function columnNotes({ columns, derived, timeColumn, labelColumn, deviceColumn }: ReadSummary): string[] {
  const inUse = new Set([labelColumn, deviceColumn])
  const times = new Set((timeColumn ?? '').split(','))
  const left = columns.filter(
    ({ name, role }) => LEFT_OUT.has(role) && !inUse.has(name) && !times.has(name) && name !== timeColumn,
  )
  const listed = left.slice(0, 12).map(({ name, role, reason }) => `${name} (${role}: ${reason})`)
  const more = left.length > 12 ? ` and ${left.length - 12} more` : ''
  const froms = [...new Set(derived.map(({ from }) => from))]
  const changed = froms.slice(0, 12).map(
    from =>
      `${from} as ${derived
        .filter(one => one.from === from)
        .slice(0, 4)
        .map(({ channel }) => channel)
        .join(', ')}`,
  )
  return [
    ...(left.length === 0 ? [] : [`no channels: ${listed.join('; ')}${more}; ${roleAdvice(left)}`]),
    ...(froms.length === 0
      ? []
      : [
          `computed channels: ${changed.join('; ')}${froms.length > 12 ? ` and of ${froms.length - 12} more columns` : ''}`,
        ]),
  ]
}

/** The option that makes a channel of what was left out: that of the first that is not surely none. */
function roleAdvice(left: ReadSummary['columns']): string {
  const likely = left.find(({ role }) => role === 'label') ?? (left.length === 1 ? left[0] : undefined)
  return likely === undefined || likely.role === 'time'
    ? '--role NAME=channel overrides this'
    : `--role ${shellWord(likely.name)}=channel overrides this`
}

function skippedFilesNote(files: ReadSummary['skippedFiles']): string {
  const [first] = files
  return `${files.length} ${files.length === 1 ? 'file of the folder is' : 'files of the folder are'} no part of the table, such as ${first!.file}: ${first!.reason}`
}
