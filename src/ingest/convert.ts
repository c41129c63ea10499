import { type DeviceSamples, type Part, pickSamples } from '../align/index.js'
import { createTimeReader, firstUnusable } from './columns/times.js'
import { RowFault } from './failures.js'
import type { ReadTableOptions } from './read-options.js'
import { explainRow, missingReading } from './rows/diagnose.js'
import type { RawRows, RowRange, ScanContext } from './rows/scan-context.js'
import { countPlace } from './tally.js'

export type Converter = (raw: RawRows, wanted: RowRange) => Promise<DeviceSamples>

/** Turns stored rows into samples: times to ms, rows that are not wanted left out, the rest checked. `first`: number of the first row among all files. */
export function createConverter(context: ScanContext, options: ReadTableOptions, first: number): Converter {
  const { relation, roles, summary } = context
  const { file, names } = relation
  const timeName = roles.time && names[roles.time.column]!
  const times = roles.time && createTimeReader(roles.time, timeName!, options, summary)
  const isHistoric = roles.time?.isHistoric || roles.time?.isAnyYear || options.timeUnit !== undefined
  const check = createReadingCheck(context, first)
  if (isHistoric && roles.time?.isHistoric && options.timeUnit === undefined)
    summary.assumptions.push(`all times of ${timeName} are outside of 1970 to 2100`)
  return async (raw, wanted) => {
    const row = first === 0 ? raw.row : raw.row.map(row => first + row)
    const timeMs = times ? times.read(raw.time!, i => ({ file, row: raw.row[i]! })) : row
    const problem = times?.problem()
    if (problem !== undefined) throw new RowFault(first + raw.row[0]!, problem)
    const labels = raw.label && Uint8Array.from(raw.label)
    const samples: DeviceSamples = { timeMs, values: raw.values, labels, row, device: raw.device }
    const areTimes = times === undefined || firstUnusable(timeMs, isHistoric) < 0
    const kept = needsLook(raw, wanted, options, areTimes)
      ? await wantedRows(context, options, samples, raw, wanted)
      : samples
    // A time that could not be read is a fault or has been left out by now.
    const outside = areTimes ? -1 : firstUnusable(kept.timeMs, isHistoric)
    if (outside >= 0) {
      const reason = yearReason(kept.timeMs[outside]!)
      if (context.tolerance.badRows === 'error') throw new RowFault(kept.row[outside]!, reason)
      return leaveOut(context, kept, time => firstUnusable(Float64Array.of(time), isHistoric) === 0, reason)
    }
    if (!raw.isFinite) await check(kept, raw)
    return kept
  }
}

function yearReason(ms: number): string {
  const year =
    Math.abs(ms) <= 8.64e15 ? `in the year ${new Date(ms).getUTCFullYear()}` : 'outside of the calendar'
  return `the time is ${year}, but not all times of the column are outside of 1970 to 2100; --time-format or --time-unit says how they are written`
}

function leaveOut(
  { relation, summary }: ScanContext,
  samples: DeviceSamples,
  isBad: (time: number) => boolean,
  reason: string,
): DeviceSamples {
  const positions: number[] = []
  samples.timeMs.forEach((time, i) => {
    if (!isBad(time)) positions.push(i)
    else countPlace(summary.rejectedRows, () => ({ file: relation.file, row: samples.row[i]!, reason }))
  })
  return {
    ...pickSamples(samples, positions),
    device: samples.device && positions.map(i => samples.device![i]!),
  }
}

function needsLook(
  raw: RawRows,
  wanted: RowRange,
  { device, between }: ReadTableOptions,
  areTimes: boolean,
): boolean {
  return (
    raw.row[0]! < wanted.start ||
    raw.row.at(-1)! >= wanted.end ||
    device !== undefined ||
    between !== undefined ||
    (raw.label !== undefined && !areLabels(raw.label)) ||
    !areTimes
  )
}

/** The samples that were asked for. Errors: those of a row that must not be left out. */
async function wantedRows(
  context: ScanContext,
  options: ReadTableOptions,
  samples: DeviceSamples,
  raw: RawRows,
  wanted: RowRange,
): Promise<DeviceSamples> {
  const positions: number[] = []
  for (let i = 0; i < raw.row.length; i++) {
    const verdict = checkRow(context, options, samples, raw, i, wanted)
    if (verdict === 'fault') throw await explainRow(context, raw.row[i]!)
    if (verdict === 'keep') positions.push(i)
  }
  if (positions.length === raw.row.length) return samples
  return { ...pickSamples(samples, positions), device: raw.device && positions.map(i => raw.device![i]!) }
}

/** What becomes of a row; a fault is a row that must not be left out. */
function checkRow(
  { relation: { file, names }, roles, tolerance, summary }: ScanContext,
  { device, between = {} }: ReadTableOptions,
  samples: DeviceSamples,
  raw: RawRows,
  i: number,
  wanted: RowRange,
): 'keep' | 'leave' | 'fault' {
  const row = raw.row[i]!
  if (row < wanted.start || row >= wanted.end) return 'leave'
  const own = raw.device?.[i] ?? ''
  if (device !== undefined && own !== device) {
    if (own !== '') summary.otherDevices.add(own)
    return 'leave'
  }
  const time = samples.timeMs[i]!
  const badTime = roles.time && Number.isNaN(time)
  const badLabel = raw.label && raw.label[i] !== 0 && raw.label[i] !== 1
  if (badTime || badLabel) {
    if (tolerance.badRows === 'error') return 'fault'
    const column = (badTime ? roles.time : roles.label)!.column
    countPlace(summary.rejectedRows, () => ({
      file,
      row,
      column: names[column]!,
      ...raw.describe?.(row, column),
      reason: `it is no ${badTime ? 'time' : 'label'}`,
    }))
    return 'leave'
  }
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = between
  if (roles.time && (time < fromMs || time >= toMs)) {
    summary.outsideRange++
    const [first, last] = summary.outsideMs
    summary.outsideMs = [Math.min(first, time), Math.max(last, time)]
    return 'leave'
  }
  return 'keep'
}

/** Checks readings that are not finite: an error or missing, counted. */
function createReadingCheck(context: ScanContext, first: number) {
  const { relation, roles, tolerance, summary } = context
  const { file, names } = relation
  const width = roles.channels.length
  return async ({ timeMs, values, row }: Part, raw: RawRows): Promise<void> => {
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!
      if (Number.isFinite(value)) continue
      const isMissing = Number.isNaN(value)
      const itsRow = row[Math.floor(at / width)]! - first
      const position = roles.channels[at % width]!
      const column = names[position]!
      const time = timeMs[Math.floor(at / width)]!
      if (isMissing ? tolerance.missing === 'error' : tolerance.badCells === 'error') {
        const isOfLong = isMissing && relation.readings !== undefined
        throw isOfLong
          ? await missingReading(relation, itsRow, column, time)
          : await explainRow(context, itsRow)
      }
      // A row of a long table has no number that a person knows.
      const where = relation.readings === undefined ? { row: itsRow } : { time: new Date(time).toISOString() }
      const place = () => ({ file, ...where, column, ...raw.describe?.(itsRow, position) })
      if (isMissing) {
        countPlace(summary.missingCells, () => ({ ...place(), got: undefined }))
        summary.missingByChannel.set(column, (summary.missingByChannel.get(column) ?? 0) + 1)
      } else {
        values[at] = Number.NaN
        countPlace(summary.badCells, place)
      }
    }
  }
}

function areLabels(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0 && values[i] !== 1) return false
  return true
}
