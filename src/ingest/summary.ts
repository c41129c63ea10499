import type { TimeUnit } from './columns/time-unit.js'
import type { Compression, TableFormat } from './files/locate.js'
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
  /** Nobody named the label column: its name and its values gave it away. */
  labelGuessed?: boolean
  deviceColumn?: string
  readonly devices: string[]
  /** Rows outside of `from` and `to`. */
  outsideRange: number
  /** Readings that the table does not have: NaN in the frame. */
  readonly missingCells: Tally
  /** Missing readings by channel, for those that have any. */
  readonly missingByChannel: Map<string, number>
  /** Cells that are no finite number, turned to missing. */
  readonly badCells: Tally
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
    missingCells: createTally(),
    missingByChannel: new Map(),
    badCells: createTally(),
    rejectedRows: createTally(),
    duplicateTimes: createTally(),
    lateRows: createTally(),
    repeatedTimes: createTally(),
    skippedTimes: createTally(),
    mixedZones: createTally(),
    heldSamples: 0,
    assumptions: [],
  }
}

/** A summary as sentences for the user: what was assumed, and what was counted with its first place. */
export function summaryNotes(summary: ReadSummary): string[] {
  const isOfSeveral = summary.files.length > 1
  const counted = (tally: Tally, one: string, many: string) =>
    tally.count === 0 ? [] : [tallyText(tally, one, many, isOfSeveral)]
  return [
    ...counted(
      summary.duplicateTimes,
      'sample has the time of the one before',
      'samples have the time of the one before',
    ),
    ...summary.assumptions,
    ...(summary.labelGuessed ? [`${summary.labelColumn} is taken as the label, not as a channel`] : []),
    ...counted(summary.rejectedRows, 'row was rejected', 'rows were rejected'),
    ...counted(
      summary.badCells,
      'unreadable cell is taken as missing',
      'unreadable cells are taken as missing',
    ),
    ...counted(summary.missingCells, 'reading is missing', 'readings are missing'),
    ...counted(summary.lateRows, 'row came late', 'rows came late'),
    ...counted(
      summary.repeatedTimes,
      'time was shown twice by a clock put back: the order of the rows decides which it is',
      'times were shown twice by a clock put back: the order of the rows decides which they are',
    ),
    ...counted(
      summary.skippedTimes,
      'time was skipped by a clock put forward: taken an hour later',
      'times were skipped by a clock put forward: taken an hour later',
    ),
    ...counted(
      summary.mixedZones,
      'time names a zone and the first does not, or the other way round: what names none is taken in the time zone given',
      'times name a zone and the first does not, or the other way round: what names none is taken in the time zone given',
    ),
    ...(summary.stoppedAt === undefined
      ? []
      : [`reading stopped before row ${summary.stoppedAt}: more does not fit into memory`]),
    ...(summary.heldSamples === 0
      ? []
      : [`${summary.heldSamples} samples of the cadence had no reading near: the last one was held`]),
  ]
}
